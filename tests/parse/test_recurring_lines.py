"""What a source writes before or after most of its texts, and what it never does."""

from datetime import UTC, datetime

import pytest

from aggregator.model import Source
from aggregator.parse import ParseJob, forget_entries, read_news

URL = "https://refrain.example/feed"
SOURCE = Source(id="source", url=URL)
NOW = datetime(2020, 6, 1, 12, tzinfo=UTC)
WORDS = [
    "bridge",
    "road",
    "tower",
    "river",
    "tunnel",
    "harbour",
    "market",
    "school",
    "church",
    "garden",
    "station",
    "palace",
]
TAIL = "<p>Visit our shop in the old town.</p>"
HEAD = "<p>From the desk of the editors:</p>"


def item(number, html):
    """Return an item with a title and an address of its own."""
    said = html.replace("<", "&lt;")
    return (
        f"<item><title>The {WORDS[number]}</title><link>https://refrain.example/{number}</link>"
        f"<description>{said}</description></item>"
    )


def text(number):
    """Return a text of its own."""
    return f"This is what there is to say of the {WORDS[number]}, and no more."


def feed(*items):
    """Return a document."""
    head = "<title>Refrain</title><link>https://refrain.example/</link>"
    return f"<rss version='2.0'><channel>{head}{''.join(items)}</channel></rss>".encode()


def excerpts(body):
    """Return the excerpts of a document read by itself."""
    return [article.excerpt for article in read(body).articles]


def read(body, seen=b""):
    """Read a document of the source."""
    return read_news(ParseJob(body=body, source=SOURCE, now=NOW, url=URL, seen=seen))


@pytest.mark.parametrize(
    "write",
    [
        lambda number: f"<p>{text(number)}</p>{TAIL}",
        lambda number: f"{HEAD}<p>{text(number)}</p>",
        lambda number: f"{HEAD}<p>{text(number)}</p>{TAIL}<p>Join us on the square.</p>",
        lambda number: f"{text(number)} Visit our shop in the old town.",
        lambda number: f"<p>{text(number)}</p><hr><a href='/{number}'>To the page of the editors</a>",
    ],
)
def test_what_recurs_is_left_out(write):
    """A line or a sentence before or after most texts is no part of them."""
    assert excerpts(feed(*(item(n, write(n)) for n in range(6)))) == [text(n) for n in range(6)]


def test_what_stands_once_in_a_while_stays():
    """Where fewer than most texts end alike, or few are there, nothing is learned."""
    few = [item(n, f"<p>{text(n)}</p>{TAIL}") for n in range(3)]
    assert all("shop" in said for said in excerpts(feed(*few)))
    mixed = [item(n, f"<p>{text(n)}</p>{TAIL if n < 5 else ''}") for n in range(12)]
    assert sum("shop" in said for said in excerpts(feed(*mixed))) == 5


def test_what_recurs_within_texts_stays():
    """A sentence in the middle of texts is theirs."""
    middle = "Visit our shop in the old town."
    items = [
        item(n, f"Of the {WORDS[n]}. And of more. {middle} So much of {WORDS[n]}. {WORDS[n]}!")
        for n in range(6)
    ]
    assert all(middle in said for said in excerpts(feed(*items)))


def test_a_text_that_is_always_the_same_stays():
    """A whole text that recurs is neither head nor tail of anything, of one sentence or of several."""
    assert excerpts(feed(*(item(n, TAIL) for n in range(6)))) == ["Visit our shop in the old town."] * 6
    several = "This release mends many faults. You should upgrade as soon as possible."
    assert excerpts(feed(*(item(n, several) for n in range(6)))) == [several] * 6


def test_a_tail_without_a_text_is_none():
    """What most entries have after their text says nothing where it stands alone."""
    items = [item(n, f"<p>{text(n)}</p>{TAIL}") for n in range(5)]
    assert excerpts(feed(*items, item(5, TAIL)))[-1] is None


def test_what_was_learned_is_kept():
    """An excerpt does not change with the share of entries that have the same line."""
    seen = read(feed(*(item(n, f"<p>{text(n)}</p>{TAIL}") for n in range(5)))).seen
    others = [item(n, f"<p>{text(n)}</p>") for n in range(5, 11)]
    reading = read(feed(item(0, f"<p>{text(0)}</p>{TAIL}"), *others), seen)
    assert reading.articles[0].excerpt == text(0)
    assert read(feed(item(0, f"<p>{text(0)}</p>{TAIL}")), forget_entries(reading.seen)).articles[
        0
    ].excerpt == text(0)


def test_reading_a_part_teaches_what_reading_all_does():
    """Entries that are left out count, and where something is learned none is left out."""
    items = [item(n, f"<p>{text(n)}</p>{TAIL}") for n in range(6)]
    before = read(feed(*items[:3]))
    assert all("shop" in article.excerpt for article in before.articles)
    learning = read(feed(*items[:4]), before.seen)
    assert [article.excerpt for article in learning.articles] == [text(n) for n in range(4)]
    later = read(feed(*items[:5]), learning.seen)
    assert [article.excerpt for article in later.articles] == [text(4)]
    assert read(feed(*items[:5]), later.seen).articles == ()


def test_what_was_learned_outlives_the_entries():
    """Where all entries are to be read again, only what was learned is remembered."""
    items = [item(n, f"<p>{text(n)}</p>{TAIL}") for n in range(6)]
    seen = read(feed(*items)).seen
    learned = forget_entries(seen)
    assert len(read(feed(*items), learned).articles) == len(items)
    assert [article.excerpt for article in read(feed(items[0]), learned).articles] == [text(0)]
    assert forget_entries(b"") == forget_entries(b"x" * 50) == b""


def test_a_source_that_says_one_thing_twice_learns_too():
    """What recurs is remembered also where no entry is left out, since some cannot be told apart."""
    items = [item(n, f"<p>{text(n)}</p>{TAIL}") for n in range(5)]
    seen = read(feed(*items, items[0])).seen
    assert seen == forget_entries(seen)
    assert read(feed(items[0]), seen).articles[0].excerpt == text(0)
