"""What is left out of a document that was read before, and what never is."""

import random
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.errors import ParseError
from aggregator.model import DocumentProblem, Known, Source
from aggregator.parse import ParseJob, is_made_alike, list_entries, read_news, resolve_articles
from aggregator.parse.documents.document import parse_document
from aggregator.parse.normalisation import normalise_feed
from aggregator.text import title_key
from tests.parse.edits import URL, edit_document, read_documents
from tests.profiles import repeat

DOCUMENTS = read_documents(Path(__file__).parent / "cases")
SOURCE = Source(id="source", url=URL)
NOW = datetime(2020, 6, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)


def item(number, title=None, guid=None, link=None, date="2020-05-30T10:00:00Z"):
    """Return an item."""
    said = title or f"Title {number}"
    page = link or f"https://delta.example/{number}"
    return (
        f"<item><title>{said}</title><link>{page}</link><guid isPermaLink='false'>{guid or number}</guid>"
        f"<pubDate>{date}</pubDate><description>Text {number}</description></item>"
    )


def channel(*items, title="Delta", language="en", site="https://delta.example/"):
    """Return a channel."""
    head = f"<title>{title}</title><link>{site}</link><language>{language}</language>"
    return f"<rss version='2.0'><channel>{head}{''.join(items)}</channel></rss>".encode()


def read(body, seen=b"", now=NOW, source=SOURCE, url=URL):
    """Read a document of the source."""
    return read_news(ParseJob(body=body, source=source, now=now, url=url, seen=seen))


def titles(reading):
    """Return the titles of the articles that were read."""
    return [article.title for article in reading.articles]


BEFORE = [item(number) for number in range(5)]


def test_what_was_seen_and_is_not_whole_is_nothing_seen():
    """Of a memory that broke off nothing is believed, unless it ends with an entry."""
    body = channel(*BEFORE)
    seen = read(body).seen
    left_out = {len(BEFORE) - len(read(body, seen[:end]).articles) for end in range(len(seen) + 1)}
    assert left_out == set(range(len(BEFORE) + 1))
    assert read(body, seen + b"x").articles == read(body).articles


def test_what_was_not_read_before_is_read_whole():
    """Without anything seen, a reading is parsing and normalising."""
    body = channel(*BEFORE)
    made = normalise_feed(parse_document(body, url=URL).feed, source=SOURCE, now=NOW)
    reading = read(body)
    assert (reading.articles, reading.problems) == (made.articles, tuple(map(DocumentProblem, made.problems)))


def test_only_new_and_changed_entries_are_read_again():
    """Of a document that was read before only what differs is read, and it becomes what it did."""
    seen = read(channel(*BEFORE)).seen
    changed = channel(item(9), *BEFORE[:2], item(2, title="Corrected"), *BEFORE[3:])
    reading = read(changed, seen, LATER)
    assert titles(reading) == ["Title 9", "Corrected"]
    assert list(reading.articles) == [a for a in read(changed, now=LATER).articles if a in reading.articles]
    assert titles(read(changed, reading.seen)) == []


def test_what_vanished_and_returns_is_read_again():
    """An entry counts as seen only as long as it stands in the document."""
    seen = read(channel(*BEFORE)).seen
    without = read(channel(*BEFORE[1:]), seen)
    assert titles(without) == []
    assert titles(read(channel(*BEFORE), without.seen)) == ["Title 0"]


def test_many_new_entries_make_a_whole_reading():
    """Where so much is new that the source may be another, nothing is left out."""
    seen = read(channel(*BEFORE)).seen
    assert len(read(channel(*(item(number) for number in range(10, 14)), *BEFORE), seen).articles) == 4
    assert len(read(channel(*(item(number) for number in range(10, 15)), *BEFORE), seen).articles) == 10


@pytest.mark.parametrize(
    "again",
    [
        item(9, guid="1"),
        item(9, link="https://delta.example/1"),
        item(9, link="https://delta.example/1?utm_source=rss"),
        item(9, title="Title 1"),
        item(9, title="&lt;b&gt;Title&lt;/b&gt; 1"),
    ],
)
def test_what_occurs_twice_makes_a_whole_reading(again):
    """Where a new entry has the id, link or title of another, the rules for that see both."""
    seen = read(channel(*BEFORE)).seen
    body = channel(again, *BEFORE)
    assert read(body, seen) == read(body)
    assert len(read(body, seen).articles) == 6


def test_another_address_makes_a_whole_reading():
    """What an entry says may depend on where its document stands."""
    body = channel(*BEFORE, site="/")
    seen = read(body).seen
    assert titles(read(body, seen)) == []
    assert len(read(body, seen, url="https://moved.example/feed").articles) == 5


@pytest.mark.parametrize("other", [{"language": "de"}, {"url": "https://delta.example/"}, {"id": "other"}])
def test_another_source_makes_a_whole_reading(other):
    """What an entry says depends on whose it is."""
    seen = read(channel(*BEFORE)).seen
    assert len(read(channel(*BEFORE), seen, source=replace(SOURCE, **other)).articles) == 5


@pytest.mark.parametrize("around", [{"title": "Renamed"}, {"language": "de"}])
def test_another_head_makes_a_whole_reading(around):
    """What an entry says depends on what the feed says of itself."""
    seen = read(channel(*BEFORE)).seen
    assert len(read(channel(*BEFORE, **around), seen).articles) == 5


def test_another_context_makes_a_whole_reading():
    """Where the operator changed the rules, every entry that still stands there is looked at by them."""
    body = channel(*BEFORE)
    seen = read_news(ParseJob(body=body, source=SOURCE, now=NOW, url=URL, context="rules")).seen
    by = {"source": SOURCE, "now": NOW, "url": URL, "seen": seen}
    assert [
        len(read_news(ParseJob(body=body, context=one, **by)).articles) for one in ("rules", "other")
    ] == [0, 5]


def test_dates_in_the_future_are_looked_at_again():
    """An entry whose date did not count yet is read again until it does."""
    body = channel(item(9, date="2020-06-01T14:00:00Z"), *BEFORE)
    first = read(body)
    assert first.articles[0].stated_at is None
    later = read(body, first.seen, LATER)
    assert [article.stated_at for article in later.articles] == [NOW + timedelta(hours=2)]
    assert titles(read(body, later.seen, LATER)) == []


@pytest.mark.parametrize("seen", [b"\x00", b"\x01", b"\x01" + bytes(16), bytes(100)])
def test_what_was_remembered_by_others_is_not_used(seen):
    """Something that is not what this version remembers leaves nothing out."""
    assert len(read(channel(*BEFORE), seen).articles) == 5


def _resolve(articles, known, now):
    return resolve_articles(articles, known, now=now)


def _known(changes):
    titled = defaultdict(tuple)
    for article in changes.inserted:
        titled[article.provider.domain, title_key(article.title)] += (article,)
    return Known(
        sightings=changes.sightings,
        urls=changes.urls,
        titles=titled,
        articles={article.id: article for article in changes.inserted},
    )


@settings(max_examples=repeat(30, large=10_000), derandomize=True, database=None)
@given(st.sampled_from(DOCUMENTS), st.integers(0, 2**32))
def test_readings_change_what_whole_readings_change(document, seed):
    """Of two random edits of a document, reading the second after the first changes what a whole reading does."""
    chance = random.Random(seed)
    first = edit_document(document, chance)
    second = edit_document(first, chance)
    try:
        before = read(first)
        whole = read(second, now=LATER)
    except ParseError:
        return
    known = _known(_resolve(before.articles, Known(), NOW))
    part = read(second, before.seen, LATER)
    assert [article for article in whole.articles if article in part.articles] == list(part.articles)
    assert _resolve(part.articles, known, LATER) == _resolve(whole.articles, known, LATER)


def test_a_document_is_made_alike_whatever_rules_read_it():
    """Other rules have all entries read again; only what stands around entries is how they are made."""
    seen = read(channel(*BEFORE)).seen
    ruled = read_news(
        ParseJob(body=channel(*BEFORE[1:]), source=SOURCE, now=NOW, url=URL, seen=seen, context="other rules")
    )
    assert len(ruled.articles) == 4
    assert is_made_alike(seen, ruled.seen)
    assert not is_made_alike(seen, read(channel(*BEFORE, title="Another feed")).seen)
    assert not is_made_alike(seen, read(channel()).seen)
    assert not is_made_alike(b"", seen)


def test_what_an_earlier_version_saw_is_read():
    """Its entries are known and count as made alike; that its one digest says the same is not believed."""
    body = channel(*BEFORE)
    seen = read(body).seen
    before = b"\x03" + b"one digest of all"[:16] + seen[17:]
    assert list_entries(before) == list_entries(seen)
    reading = read(body, before)
    assert len(reading.articles) == len(BEFORE)
    assert reading.seen == seen
    assert is_made_alike(before, reading.seen)
    assert not is_made_alike(b"\x02" + before[1:], reading.seen)
