"""How often a document says that it wants to be asked."""

from datetime import timedelta

import pytest

from aggregator.model import Asks
from aggregator.parse.documents.document import parse_document

URL = "https://feeds.example/feed.xml"
SY = "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'"
ITEM = "<item><title>T</title><ttl>9</ttl></item>"


def asks_of(head, namespaces=SY):
    document = f"<rss version='2.0' {namespaces}><channel><title>T</title>{head}{ITEM}</channel></rss>"
    return parse_document(document.encode(), url=URL).feed.asks


@pytest.mark.parametrize(
    ("head", "asks"),
    [
        ("", Asks()),
        ("<ttl>90</ttl>", Asks(ttl=timedelta(minutes=90))),
        ("<ttl> 60.0 </ttl>", Asks(ttl=timedelta(hours=1))),
        ("<ttl>0</ttl>", Asks()),
        ("<ttl>-5</ttl>", Asks()),
        ("<ttl>often</ttl>", Asks()),
        ("<ttl>99999999999999999999</ttl>", Asks()),
        ("<ttl>999999999</ttl>", Asks()),
        ("<sy:updatePeriod>daily</sy:updatePeriod>", Asks(period=timedelta(days=1))),
        (
            "<sy:updatePeriod>\thourly\n</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
            Asks(period=timedelta(minutes=15)),
        ),
        ("<sy:updateFrequency>2</sy:updateFrequency>", Asks(period=timedelta(hours=12))),
        ("<sy:updatePeriod>now and then</sy:updatePeriod>", Asks()),
        (
            "<sy:updatePeriod>weekly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
            Asks(period=timedelta(days=7)),
        ),
        (
            "<skipHours><hour>0</hour><hour>23</hour><hour>24</hour><hour>7</hour><hour>99</hour></skipHours>",
            Asks(skip_hours=(0, 7, 23)),
        ),
        (
            "<skipDays>\n<day>Sunday</day>\n<day>Monday</day><day>Someday</day></skipDays>",
            Asks(skip_days=(0, 6)),
        ),
    ],
)
def test_what_a_document_asks_for(head, asks):
    """ttl, sy:updatePeriod, skipHours and skipDays are read; what makes no sense asks for nothing."""
    assert asks_of(head) == asks


def test_an_entry_asks_for_nothing():
    """Only what stands before the entries is the feed's own wish."""
    assert asks_of("") == Asks()


def test_a_json_feed_asks_for_nothing():
    """Its format has no word for it."""
    assert parse_document(b'{"items": [], "title": "T", "ttl": 60}', url=URL).feed.asks == Asks()
