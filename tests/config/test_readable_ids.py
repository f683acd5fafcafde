"""Ids that people can read, made of what is known of a feed."""

import pytest

from aggregator.config import make_readable_id


@pytest.mark.parametrize(
    ("url", "site_url", "title", "expected"),
    [
        ("http://feeds.bbci.co.uk/news/rss.xml", "https://www.bbc.co.uk/news", "BBC News", "bbc"),
        (
            "http://feeds.bbci.co.uk/news/technology/rss.xml",
            "https://www.bbc.co.uk/news/technology",
            "BBC News",
            "bbc-technology",
        ),
        ("https://rss.nytimes.com/services/xml/rss/nyt/US.xml", None, None, "nytimes-us"),
        ("https://feeds.feedburner.com/Hackers", "https://thehackernews.com", None, "thehackernews"),
        (
            "https://www.reddit.com/r/Robotics/.rss",
            "https://www.reddit.com/r/Robotics/",
            "R",
            "reddit-robotics",
        ),
        (
            "https://www.youtube.com/feeds/videos.xml?channel_id=UCbfYPyITQ-7l4upoX8nvctg",
            "https://www.youtube.com/channel/UCbfYPyITQ-7l4upoX8nvctg",
            "Two Minute Papers",
            "two-minute-papers",
        ),
        ("https://paper.substack.com/feed", "https://paper.substack.com/", "A Paper", "paper"),
        ("https://blog.google/rss/", "https://blog.google/", "The Keyword", "blog-google"),
        ("https://xn--mller-kva.de/feed", None, None, "muller"),
        ("https://müller.de/feed", "https://müller.de/", None, "muller"),
        ("https://www.theverge.com/rss/index.xml", "https://www.theverge.com/", None, "theverge"),
        ("http://127.0.0.1:8000/feed", "http://localhost/", "The Daily — News", "the-daily-news"),
        ("http://localhost/feed", "not an address", None, "localhost-feed"),
        ("https://news.mit.edu/rss/feed", "https://news.mit.edu/2026/1127/", "MIT News", "mit"),
    ],
)
def test_an_id_says_who_publishes(url, site_url, title, expected):
    """It is the publisher's name, with what tells the feed from others of the same publisher."""
    assert make_readable_id(url, site_url=site_url, title=title, taken=()) == expected


def test_each_source_gets_an_id_of_its_own():
    """Where the plain one is taken, the title helps, and a number at last."""
    taken: list[str] = []
    for _ in range(4):
        taken.append(
            make_readable_id(
                "https://daily.example.org/rss", site_url=None, title="The Daily Post", taken=taken
            )
        )
    assert taken == ["example", "example-the-daily-post", "example-2", "example-3"]


@pytest.mark.parametrize(
    "url", ["https://пример.рф/rss", "https://[::1]/feed", "https://10.0.0.1:81/?a=b", "//"]
)
def test_every_address_gets_an_id(url):
    """Also where nothing in it can be read as a name."""
    name = make_readable_id(url, taken=())
    assert name.isascii()
    assert name[0].isalnum()
