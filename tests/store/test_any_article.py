"""Whatever an article, a sighting or a state holds comes back as it was stored."""

from dataclasses import fields
from datetime import UTC

from hypothesis import example, given, settings
from hypothesis import strategies as st

from aggregator.model import Article, Changes, Enclosure, Image, Provider, Sighting, SourceState, Wishes
from aggregator.store import open_store, read_known, read_source_state
from aggregator.text import clean_text
from tests.builders import DAILY, NOW, article, inserting
from tests.profiles import FIXTURES_SHARED

TEXT = st.text(max_size=40).map(clean_text)
# Not an alphabet of text(): that merges them into its characters, where they are too rare to be tried.
ODD = st.sampled_from(["\0", "\x1b", "\x1b0000", "0000", "\ud800", "\udfff"])
OPAQUE = st.lists(ODD | st.characters(), max_size=12).map("".join)
TIMES = st.datetimes(timezones=st.just(UTC))
NUMBERS = st.integers(0, 2**31 - 1)
IMAGES = st.builds(
    Image,
    url=TEXT,
    width=st.none() | NUMBERS,
    height=st.none() | NUMBERS,
    title=st.none() | TEXT,
    attribution=st.none() | TEXT,
    is_cached=st.booleans(),
)
ENCLOSURES = st.builds(
    Enclosure, url=TEXT, mime_type=st.none() | TEXT, length_bytes=st.none() | st.integers(0, 2**63)
)
PROVIDERS = st.builds(
    Provider,
    domain=TEXT,
    name=TEXT,
    family=st.none() | TEXT,
    weight=st.integers(-50, 50),
    images=st.lists(IMAGES, max_size=2).map(tuple),
    amp_pattern=st.none() | TEXT,
    is_reuse_granted=st.booleans(),
)
WISHES = st.builds(
    Wishes,
    excerpt_chars=st.none() | NUMBERS,
    picture=st.sampled_from(["none", "standard", "large"]),
    may_embed=st.booleans(),
    may_archive=st.booleans(),
    may_index=st.booleans(),
    unavailable_at=st.none() | TIMES,
    statements=st.lists(st.tuples(TEXT, TEXT), max_size=2).map(tuple),
)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
FIELDS = {
    "id": st.just("id-1"),
    "source_id": st.just("daily"),
    "provider": PROVIDERS,
    "title": TEXT,
    "published_at": TIMES,
    "first_seen_at": TIMES,
    "updated_at": TIMES,
    "entry_id": st.none() | OPAQUE,
    "canonical_url": st.none() | TEXT,
    "stated_at": st.none() | TIMES,
    "excerpt": st.none() | TEXT,
    "original_url": st.none() | TEXT,
    "web_url": st.none() | TEXT,
    "amp_url": st.none() | TEXT,
    "cdn_amp_url": st.none() | TEXT,
    "type": st.sampled_from(["article", "video"]),
    "featured_content": st.none() | TEXT,
    "images": st.lists(IMAGES, max_size=3).map(tuple),
    "enclosures": st.lists(ENCLOSURES, max_size=3).map(tuple),
    "authors": TEXTS,
    "language": st.none() | TEXT,
    "topics": TEXTS,
    "quality": st.integers(-100, 200),
    "quality_parts": st.dictionaries(TEXT, st.integers(-100, 100), max_size=3),
    "origins": st.dictionaries(TEXT, TEXT, max_size=3),
    "credit": st.none() | TEXT,
    "is_backlog": st.booleans(),
    "amp_link": st.none() | TEXT,
    "wishes": WISHES,
    "is_quarantined": st.booleans(),
    "enriched_at": st.none() | TIMES,
    "amp_checked_at": st.none() | TIMES,
    "judge_again_at": st.none() | TIMES,
    "imported": st.none() | st.dictionaries(TEXT, TEXT, max_size=3),
    "release_at": st.none() | TIMES,
    "withdrawn_at": st.none() | TIMES,
}
ARTICLES = st.builds(Article, **FIELDS)
SHARED_STORE = settings(suppress_health_check=FIXTURES_SHARED)


def test_any_article_has_every_field_that_is_stored():
    """A new field is tried with any value, too; heat and corrections are found anew each time."""
    assert {field.name for field in fields(Article)} - {"heat", "corrections"} == FIELDS.keys()


@given(ARTICLES)
@SHARED_STORE
def test_any_article_survives(store, odd):
    """Every field of the record, empty, zero or full, in texts of any script."""
    store.update_articles([odd])
    assert store.article("id-1") == odd


@given(OPAQUE, OPAQUE)
@example("a\0b", "ab")
@example("\0", "\x1b0000")
@example("\ud800", "\ufffd")
@SHARED_STORE
def test_entry_ids_are_told_apart_exactly(store, entry_id, other):
    """An id is found again by itself and by no other, whatever characters are in it."""
    seen = Sighting(source_id="daily", article_id="id-1", entry_id=entry_id, stated_at=NOW, digest="d")
    store.save_poll(SourceState(source_id="daily"), [article()], lambda _: Changes(sightings=(seen,)))
    found = read_known(store, "daily", [article(2, entry_id=entry_id)]).sightings
    assert found == ((seen,) if entry_id else ())
    if other != entry_id:
        assert read_known(store, "daily", [article(2, entry_id=other)]).sightings == ()


@given(OPAQUE, OPAQUE, OPAQUE)
@example('W/"\0"', "\x1b0000", "\ud800")
@SHARED_STORE
def test_validators_come_back_exactly_as_received(store, etag, last_modified, error):
    """What a server sent is sent back to the letter."""
    store.sync_sources([DAILY], now=NOW)
    kept = SourceState(source_id="daily", etag=etag, last_modified=last_modified, error=error)
    store.save_poll(kept, (), lambda _: Changes())
    assert read_source_state(store, "daily") == kept


def test_a_store_that_is_opened_again_holds_the_same(url):
    """What was stored is in the database, not in the process."""
    kept = article(entry_id="a\0b", enclosures=(Enclosure(url="https://e.example/", length_bytes=0),))
    with open_store(url) as store:
        store.sync_sources([DAILY], now=NOW)
        store.save_poll(SourceState(source_id="daily"), [kept], inserting(kept))
    with open_store(url) as store:
        assert store.article("id-1") == kept
