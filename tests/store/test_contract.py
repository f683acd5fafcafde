"""What every store promises."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.errors import PollNotStored, SourceMoved, StoreError
from aggregator.model import (
    Asks,
    Changes,
    Enclosure,
    Image,
    PollAnswered,
    Provider,
    Sighting,
    SourceState,
    Tally,
)
from aggregator.store import (
    count_articles,
    count_reach,
    list_due_sources,
    read_article_batches,
    read_former_sources,
    read_known,
    read_note,
    read_past_polls,
    read_remembered_sources,
    read_source_counts,
    read_source_state,
    read_source_states,
    readdress_source,
    remove_articles_before,
    retire_source,
    save_polls,
    write_note,
)
from tests.builders import DAILY, NOW, article, fill, inserting, source, state


def test_an_article_comes_back_as_it_was_stored(store):
    """Every field survives, times to the microsecond."""
    full = article(
        excerpt="x", stated_at=NOW, original_url="https://o", web_url="https://w", amp_url="https://m", cdn_amp_url="https://c",
        type="video", featured_content="<iframe>", images=(Image(url="https://i", width=1, height=2, title="t", attribution="a", is_cached=True),),
        enclosures=(Enclosure(url="https://e", mime_type="audio/mpeg", length_bytes=5),), authors=("A", "B"), language="en-us",
        quality_parts={"base": 30, "weight": -2}, origins={"title": "entry"}, credit="Wire", is_backlog=True,
        provider=Provider(domain="d.example", name="D", family="f", weight=-5, amp_pattern="{scheme}://{host}/amp{path}"),
    )  # fmt: skip
    fill(store, full)
    assert store.article("id-1") == full
    assert store.article("id-2") is None


def test_a_new_source_is_due_at_once_and_then_at_its_time(store):
    """Due times are in the store."""
    store.sync_sources([DAILY], now=NOW)
    assert list_due_sources(store, NOW) == ("daily",)
    store.save_poll(state(etag='W/"x"', failures=2), (), lambda _: Changes())
    assert list_due_sources(store, NOW) == ()
    assert list_due_sources(store, NOW + timedelta(hours=1)) == ("daily",)
    assert read_source_state(store, "daily") == state(etag='W/"x"', failures=2)


def test_a_state_comes_back_as_it_was_stored(store):
    """What tells when to poll survives: posts, and what the publisher asks for."""
    store.sync_sources([DAILY], now=NOW)
    asks = Asks(ttl=timedelta(hours=1), period=timedelta(minutes=20), fresh=timedelta(seconds=0.5), skip_hours=(0, 7), skip_days=(6,))  # fmt: skip
    full = state(
        posts=((1_969_000, 3), (1_969_001, 1)),
        asks=asks,
        throttles=2,
        paused_until_at=NOW,
        full_bytes=9,
        tallies=(Tally(day=1, polls=2), Tally(day=2, saved_bytes=5)),
    )
    store.save_poll(full, (), lambda _: Changes())
    assert read_source_state(store, "daily") == full
    assert read_source_states(store) == {"daily": full}


def test_what_is_decided_may_be_the_state(store):
    """A decision that brings a state of its own has it stored instead of the given one."""
    store.sync_sources([DAILY], now=NOW)
    decided = state(etag="decided")
    store.save_poll(state(etag="given"), [article()], lambda _: Changes(state=decided))
    assert read_source_state(store, "daily") == decided


def test_a_source_that_is_gone_is_never_due(store):
    """No next poll means never."""
    store.sync_sources([DAILY], now=NOW)
    store.save_poll(state(next_poll_at=None, outcome="gone"), (), lambda _: Changes())
    assert list_due_sources(store, NOW + timedelta(days=999)) == ()


def test_the_configuration_decides_what_is_polled(store):
    """Removed and disabled sources are not due; back again, they are due at once."""
    store.sync_sources([DAILY], now=NOW)
    store.save_poll(state(etag="e"), (), lambda _: Changes())
    store.sync_sources([], now=NOW)
    assert list_due_sources(store, NOW + timedelta(days=1)) == ()
    store.sync_sources([DAILY], now=NOW)
    assert list_due_sources(store, NOW) == ("daily",)
    assert read_source_state(store, "daily").etag == "e"
    store.sync_sources([replace(DAILY, enabled=False)], now=NOW)
    assert list_due_sources(store, NOW + timedelta(days=1)) == ()
    assert read_remembered_sources(store)["daily"].topics == ("ai",)


@pytest.mark.parametrize(
    ("failures", "headers", "asked_as", "is_due"),
    [
        (3, {"Cookie": "new"}, "as before", True),
        (3, {"Cookie": "old"}, "with more time", True),
        (3, {"Cookie": "old"}, "as before", False),
        (3, {"Cookie": "new"}, None, False),
        (0, {"Cookie": "new"}, "with more time", False),
    ],
)
def test_a_source_that_fails_is_due_once_it_is_asked_otherwise(store, failures, headers, asked_as, is_due):
    """Other headers or limits may mend it; what is well waits for its time, and reading commands change nothing."""
    store.sync_sources([replace(DAILY, headers={"Cookie": "old"})], now=NOW, asked_as="as before")
    store.save_poll(state(failures=failures), (), lambda _: Changes())
    changed = replace(DAILY, headers=headers)
    store.sync_sources([changed], now=NOW, asked_as=asked_as)
    assert list_due_sources(store, NOW) == (("daily",) if is_due else ())
    assert read_remembered_sources(store) == {"daily": DAILY}
    store.save_poll(state(failures=failures), (), lambda _: Changes())
    store.sync_sources([changed], now=NOW)
    store.sync_sources([changed], now=NOW, asked_as=asked_as)
    assert list_due_sources(store, NOW) == ()


def test_sources_that_are_known_are_written_once(store):
    """A configuration that says nothing new waits for no writer."""
    sources = [DAILY, source("b", headers={"Cookie": "a"}, enabled=False)]
    store.sync_sources(sources, now=NOW, asked_as="so")
    before = read_source_states(store)
    with store.writing():  # nobody else can write meanwhile
        store.sync_sources(sources, now=NOW + timedelta(hours=1), asked_as="so")
    assert read_source_states(store) == before
    store.sync_sources([DAILY], now=NOW)
    assert set(read_former_sources(store)) == {"b"}
    assert set(read_remembered_sources(store)) == {"b", "daily"}


def test_a_source_of_an_older_version_waits_for_its_time(store):
    """How it was asked is not known, so that nothing is taken for a change."""
    store.sync_sources([DAILY], now=NOW)
    store.save_poll(state(failures=1), (), lambda _: Changes())
    store.sync_sources([DAILY], now=NOW, asked_as="now")
    assert list_due_sources(store, NOW) == ()


def test_a_new_address_forgets_the_validators_of_the_old(store):
    """ETag and failures belong to an address; the source is due."""
    store.sync_sources([DAILY], now=NOW)
    before = state(etag="e", failures=3, first_polled_at=NOW, throttles=1, asks=Asks(ttl=timedelta(days=9)))
    store.save_poll(before, (), lambda _: Changes())
    store.sync_sources([replace(DAILY, url="https://new.example/feed")], now=NOW)
    moved = read_source_state(store, "daily")
    assert (moved.throttles, moved.asks) == (0, Asks())
    assert (moved.etag, moved.failures, moved.next_poll_at, moved.first_polled_at) == (None, 0, NOW, NOW)


def test_a_poll_that_fails_leaves_nothing(store):
    """An exception while deciding undoes the state, too."""
    store.sync_sources([DAILY], now=NOW)
    before = read_source_state(store, "daily")
    with pytest.raises(ZeroDivisionError):
        store.save_poll(state(), [article()], lambda _: 1 / 0)
    assert read_source_state(store, "daily") == before
    assert count_articles(store) == 0


def test_one_bad_poll_of_a_batch_undoes_only_itself(store):
    """A savepoint each: the neighbours of a bad poll are stored."""
    others = [replace(DAILY, id=name, url=f"https://{name}.example/") for name in ("a", "b", "c")]
    store.sync_sources(others, now=NOW)
    done = save_polls(
        store,
        [
            (state("a"), [article(1, source_id="a")], inserting(article(1, source_id="a"))),
            (state("b"), [article(2)], lambda _: 1 / 0),
            (state("c"), [article(3, source_id="c")], inserting(article(3, source_id="c"))),
        ],
    )
    assert isinstance(done[1], PollNotStored)
    assert isinstance(done[1].__cause__, ZeroDivisionError)
    assert count_articles(store) == 2
    assert [read_source_state(store, name).outcome for name in "abc"] == ["updated", None, "updated"]


def test_a_poll_of_an_address_that_is_no_more_is_not_stored(store):
    """Whether it brings something or not, alone or in a batch; those of others are, and what began since."""
    others = [replace(DAILY, id=name, url=f"https://{name}.example/") for name in "abc"]
    store.sync_sources(others, now=NOW)
    began = {one.source_id: one for one in (read_source_state(store, name) for name in "abc")}
    for name in "ab":
        moved = replace(DAILY, id=name, url=f"https://{name}.example/new")
        readdress_source(store, moved, now=NOW + timedelta(minutes=1))

    def end(name, state=None):
        ended = {
            "outcome": "updated",
            "polled_at": NOW,
            "body_hash": name,
            "answer": PollAnswered(status=200),
        }
        return replace(state or began[name], seen=b"", **ended)

    done = save_polls(
        store,
        [
            (end("a"), [article(1, source_id="a")], inserting(article(1, source_id="a"))),
            (end("b"), (), inserting()),
            (end("c"), (), inserting()),
        ],
    )
    assert [type(one) for one in done] == [SourceMoved, SourceMoved, Changes]
    assert str(done[0]) == (
        "a: it is at https://a.example/new now: what https://a.example/ answered is not stored"
    )
    with pytest.raises(SourceMoved):
        store.save_poll(end("a"), (), inserting())
    assert count_articles(store) == 0
    states = [read_source_state(store, name) for name in "abc"]
    assert [one.outcome for one in states] == [None, None, "updated"]
    assert [one.next_poll_at for one in states[:2]] == [NOW + timedelta(minutes=1)] * 2
    assert [len(read_past_polls(store, name)) for name in "abc"] == [0, 0, 1]
    assert save_polls(store, [(end("a", states[0]), (), inserting())]) == (Changes(),)


def test_a_poll_that_fails_while_it_is_written_undoes_what_it_wrote(store):
    """Its first article is in when the database refuses the second; neither stays."""
    store.sync_sources([DAILY, replace(DAILY, id="b", url="https://b.example/")], now=NOW)
    refused = inserting(article(2, source_id="b"), article(3, source_id="b", quality=None))
    done = save_polls(
        store, [(state("b"), [article(2)], refused), (state(), [article(1)], inserting(article(1)))]
    )
    assert isinstance(done[0], StoreError)
    assert str(done[0]).startswith("b: the poll was not stored: IntegrityError")
    assert [a.id for a in store.articles_since(NOW - timedelta(days=9))] == ["id-1"]
    assert read_known(store, "b", [article(2)]).urls == {}
    assert read_source_state(store, "b").outcome is None


def test_a_decision_is_told_what_is_known(store):
    """Sightings by entry id, addresses, titles of the provider, and who carries what."""
    fill(store, article(1), article(2))
    seen = article(
        9, id="other", entry_id="guid-1", canonical_url="https://daily.example/2", title="title 2!"
    )
    known = read_known(store, "daily", [seen])
    assert {s.article_id for s in known.sightings} == {"id-1", "id-2"}
    assert known.urls == {"https://daily.example/2": "id-2"}
    assert [a.id for a in known.titles["daily.example", "title 2"]] == ["id-2"]
    assert set(known.articles) == {"id-1", "id-2"}
    assert known.carriers == {"id-1": ("daily",), "id-2": ("daily",)}
    assert read_known(store, "another", [seen]).sightings == ()


def test_what_is_pruned_stays_known(store):
    """Pruning removes articles and keeps their ids."""
    fill(
        store,
        article(1, first_seen_at=NOW - timedelta(days=100), published_at=NOW - timedelta(days=100)),
        article(2),
    )
    assert remove_articles_before(store, NOW - timedelta(days=90)) == 1
    known = read_known(store, "daily", [article(1)])
    assert (known.urls, set(known.articles)) == ({"https://daily.example/1": "id-1"}, set())
    assert known.sightings[0].article_id == "id-1"


def test_articles_by_time_topic_and_quality(store):
    """Newest first; the topic's own, good enough, and no backlog."""
    fill(
        store, article(1), article(2, topics=("ai",)), article(3, quality=60), article(4, is_backlog=True),
        article(5, published_at=NOW - timedelta(days=30), first_seen_at=NOW - timedelta(days=30)),
    )  # fmt: skip
    assert [a.id for a in store.articles_since(NOW - timedelta(days=1))] == ["id-1", "id-2", "id-3", "id-4"]
    assert [a.id for a in store.newest_articles(topic_id="ml", limit=9, min_quality=70)] == ["id-1", "id-5"]
    assert [a.id for a in store.newest_articles(topic_id=None, limit=2, min_quality=70)] == ["id-1", "id-2"]
    assert [a.id for batch in read_article_batches(store, size=2) for a in batch] == [
        f"id-{n}" for n in range(1, 6)
    ]


def test_a_changed_article_loses_its_old_topics(store):
    """Topics are written with their article."""
    fill(store, article(1))
    store.update_articles([article(1, topics=("ai",))])
    assert store.newest_articles(topic_id="ml", limit=9, min_quality=0) == ()


def test_removing_a_source(store):
    """Its articles stay, or only those that others carry, too."""
    fill(store, article(1), article(2))
    store.sync_sources([DAILY, replace(DAILY, id="b", url="https://b.example/")], now=NOW)
    shared = Sighting(source_id="b", article_id="id-2")
    store.save_poll(state("b"), [article(2)], lambda _: Changes(sightings=(shared,)))
    assert retire_source(store, "daily", with_articles=False) == 0
    assert count_articles(store) == 2
    assert retire_source(store, "daily", with_articles=True) == 1
    assert [a.id for a in store.articles_since(NOW - timedelta(days=9))] == ["id-2"]
    assert read_known(store, "daily", [article(1)]).urls == {}


def test_counts_of_a_source(store):
    """How many, how often, how new."""
    fill(store, *(article(n, published_at=NOW - timedelta(days=n)) for n in range(1, 29)))
    counts = read_source_counts(store, NOW)["daily"]
    assert (counts.articles, counts.articles_per_day, counts.newest_at) == (28, 1.0, NOW - timedelta(days=1))


@pytest.mark.parametrize(
    ("hours_apart", "polled_since", "rate"),
    [
        pytest.param(1, timedelta(0), 4.0, id="four within hours are four a day, not a hundred"),
        pytest.param(12, timedelta(0), 2.0, id="four within two days"),
        pytest.param(1, timedelta(days=8), 0.5, id="four in eight days of polling"),
        pytest.param(1, timedelta(days=90), 4 / 14, id="four in the last fourteen days"),
    ],
)
def test_the_rate_of_a_young_source_is_over_its_own_time(store, hours_apart, polled_since, rate):
    """What a source published is spread over the time that is known of it."""
    store.sync_sources([DAILY], now=NOW)
    some = [article(n, published_at=NOW - n * timedelta(hours=hours_apart)) for n in range(1, 5)]
    store.save_poll(state(first_polled_at=NOW - polled_since), some, inserting(*some))
    assert read_source_counts(store, NOW)["daily"].articles_per_day == pytest.approx(rate)


def test_a_source_without_articles_has_no_rate(store):
    """None stored, none a day, none the newest."""
    store.sync_sources([DAILY], now=NOW)
    counts = read_source_counts(store, NOW)["daily"]
    assert (counts.articles, counts.articles_per_day, counts.newest_at) == (0, 0.0, None)


def test_notes_are_kept(store):
    """The last word under a key counts."""
    assert read_note(store, "k") is None
    write_note(store, "k", "1")
    write_note(store, "k", "2")
    assert read_note(store, "k") == "2"


def test_a_poll_of_ten_thousand_entries_is_stored(store):
    """Statements keep within the database's limits."""
    many = [article(n) for n in range(10_000)]
    fill(store, *many)
    assert len(read_known(store, "daily", many).articles) == 10_000


def test_an_unknown_source_is_an_error(store):
    """The error says what to do."""
    with pytest.raises(StoreError, match="sources list"):
        read_source_state(store, "nobody")


@pytest.mark.parametrize("number", [1, 2, 30, 501, 700])
def test_every_article_of_a_large_poll_is_known_again(store, number):
    """However many are asked for at once, all that is stored of them is found, and no more."""
    store.sync_sources([DAILY], now=NOW)
    many = [article(n) for n in range(number)]
    store.save_poll(SourceState(source_id="daily"), many, inserting(*many))
    known = read_known(store, "daily", [*many, article(number + 1)])
    assert known.articles == {a.id: a for a in many}
    assert {s.article_id for s in known.sightings} == {a.id for a in many}


def test_what_reaches_the_feeds_is_counted_by_source(store):
    """Articles on topic within the window, the published ones, and what is lacking; not quarantined ones, nor backlog."""
    plain = {"topics": ("ai",), "quality_parts": {"relevance": 14, "weight": 0}}
    fill(
        store,
        article(1, **plain, quality=70, excerpt="x" * 80, stated_at=NOW),
        article(2, **plain, quality=69, excerpt="x" * 79, stated_at=None),
        article(3, **{**plain, "quality_parts": {"relevance": 8, "weight": 0}}, quality=60, excerpt=None),
        article(4, topics=(), quality=40),
        article(5, **plain, is_backlog=True),
        article(6, **plain, published_at=NOW - timedelta(days=9), first_seen_at=NOW - timedelta(days=9)),
        article(7, **plain, quality=90, published_at=NOW - timedelta(days=900), first_seen_at=NOW),
    )
    asked = {"backlog": timedelta(days=7), "long_excerpt": 80, "in_title": 14}
    reached = count_reach(store, NOW - timedelta(days=7), **asked, is_neutral=False)["daily"]
    assert (reached.on_topic, reached.published) == (3, 1)
    assert (reached.without["excerpt"], reached.without["title"]) == (2, 1)
    assert count_reach(store, NOW - timedelta(days=7), **asked, is_neutral=True)["daily"].on_topic == 4
