"""A record as it stands in its file."""

SAMPLE = """---
category: news
title: "IBM pushes for limits on \\"exports\\""
excerpt: "IBM’s call, in a word: – 🙂"
publishedDateTime: 2020-09-14T01:03:00Z
originalUrl: "https://daily.example/a?b=1&c=2"
webUrl: "https://daily.example/a"
ampWebUrl: "https://daily.example/amp/a"
cdnAmpWebUrl: "https://daily-example.cdn.ampproject.org/c/s/daily.example/amp/a"
type: article
quality: 69
heat: -1
published: false

provider:
  name: The Daily
  domain: daily.example
  images:
    - url: "https://site.example/assets/images/organizations/daily.example-50x50.jpg"
      width: 50
      height: 50

topics:
  - Computer Vision
  - "A #1"

images:
  - url: "https://daily.example/a.jpg"
    width: 1200
    height: 675
    isCached: true

related:
  - title: "Portland becomes first"
    publishedDateTime: 2020-09-14T19:17:00Z
    webUrl: "https://other.example/b"
    type: article
    provider:
      name: "Reuters: World"
      domain: other.example
    quality: 78
    images:
      - url: "https://other.example/b.jpg"
        width: 10
        height: 20

secured: "AAAA;BBBB=="
---

"""
