"""The record's JSON form."""

import json
from datetime import timedelta

from aggregator.model import Image
from aggregator.publish.record_json import name_record_file, render_record_json
from tests.builders import HOSTILE, NAMES, NOON, example_article, rich_article


def _record(one):
    return render_record_json(one, topic_names=NAMES, locale="en-us")


def test_a_full_record_has_every_key_in_order():
    """Keys stand in the form's order, with the article's values."""
    record = _record(rich_article(heat=77, cdn_amp_url="https://www-zdnet-com.cdn.example/c/s/x"))
    expected = {
        "path": "2020-09-14-ibm-pushes-for-limits-0.md",
        "title": "IBM pushes for limits 0",
        "excerpt": "IBM has called for limits on facial recognition.",
        "sourceUrl": None,
        "webUrl": "https://www.zdnet.com/article/0/",
        "originalUrl": "https://www.zdnet.com/article/0/?from=feed",
        "featuredContent": None,
        "highlight": None,
        "heat": 77,
        "tags": None,
        "images": [
            {
                "url": "https://images.example.org/1.jpg",
                "width": 1200,
                "height": 675,
                "title": "A camera",
                "attribution": "A. Person",
                "isCached": False,
            }
        ],
        "content": "",
        "type": "article",
        "ampWebUrl": "https://www.zdnet.com/google-amp/article/0/",
        "cdnAmpWebUrl": "https://www-zdnet-com.cdn.example/c/s/x",
        "publishedDateTime": "2020-09-14T12:00:00Z",
        "updatedDateTime": "2020-09-14T12:00:00Z",
        "provider": {
            "name": "ZDNet",
            "domain": "zdnet.com",
            "images": [
                {
                    "url": "https://img.example.org/zdnet.com-50x50.jpg",
                    "width": 50,
                    "height": 50,
                    "title": None,
                    "attribution": None,
                    "isCached": False,
                }
            ],
            "publishers": None,
            "authors": ["Jane Doe", "Joe Bloggs"],
        },
        "locale": "en-us",
        "categories": ["news"],
        "topics": ["Computer Vision", "AI"],
    }
    assert record == expected
    assert list(record) == list(expected)


def test_a_bare_record_has_nulls():
    """Every key stands there without a value too."""
    record = _record(example_article(excerpt=None, web_url=None, original_url=None, topics=("unknown",)))
    assert list(record) == list(_record(rich_article()))
    absent = ("excerpt", "webUrl", "originalUrl", "images", "ampWebUrl", "cdnAmpWebUrl", "topics")
    assert [record[key] for key in absent] == [None] * len(absent)
    assert record["provider"]["authors"] is None


def test_a_video_has_an_embed_and_no_web_address():
    """``webUrl`` is left out where the type is ``video``."""
    record = _record(
        example_article(type="video", featured_content='<iframe src="https://v.example/1"></iframe>')
    )
    assert (record["type"], record["webUrl"]) == ("video", None)
    assert record["featuredContent"] == '<iframe src="https://v.example/1"></iframe>'


def test_no_credentials_are_published():
    """Addresses lose their user name and password."""
    secret = "https://user:secret@www.zdnet.com/x"  # it must not come out
    record = _record(
        example_article(web_url=secret, original_url=secret, amp_url=secret, images=(Image(url=secret),))
    )
    assert "secret" not in json.dumps(record)
    assert record["originalUrl"] == "https://www.zdnet.com/x"


def test_the_file_name_has_the_utc_day():
    """The day is that of the publication in UTC."""
    assert name_record_file(example_article(published_at=NOON + timedelta(hours=13))).startswith(
        "2020-09-15-"
    )


def test_hostile_text_is_clean():
    """What may not be in a record is gone, so that the record can be written as UTF-8."""
    record = _record(example_article(title=HOSTILE, excerpt=HOSTILE))
    assert record["title"] == record["excerpt"] == "]]><script>alert(1)</script>&amp; </p>\"'"
    json.dumps(record, ensure_ascii=False).encode()
