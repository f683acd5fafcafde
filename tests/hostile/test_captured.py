"""Sources that are somebody else's all of a sudden: what is new is quarantined, and the operator decides."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from aggregator.store import (
    accept_article,
    accept_source,
    count_quarantined,
    read_quarantined,
    reject_article,
    reject_source,
)
from tests.hostile.feeds import STARTED_AT, channel, entry, news

SPAM = range(900, 910)


def spam(**changes):
    """Return a feed of somebody else: other links, another name."""
    return news(SPAM, **{"site": "casino.example", "title": "Win Now", **changes})


@pytest.fixture
def settled(rig):
    """A rig whose hostile source was itself for four rounds, with three new entries each."""
    for number in range(203, 215, 3):
        rig.server.serve("/feed", channel(*own(range(200, number))))
        rig.round("/feed")
    return rig


def own(numbers, **changes):
    """Return items of the source as it was, one every ten hours."""
    return [entry(n, at=STARTED_AT - timedelta(hours=10 * (212 - n)), **changes) for n in numbers]


def turn(rig, body, **changes):
    """Let the source send ``body`` from now on, and poll it."""
    rig.server.serve("/feed", body)
    return rig.round("/feed", **changes)


def stories(n, *, start=950, **changes):
    """Return ``n`` items of stories that were never seen, a minute apart."""
    return [
        entry(number, at=STARTED_AT + timedelta(minutes=number - start), **changes)
        for number in range(start, start + n)
    ]


def test_a_feed_replaced_by_another_is_quarantined(settled):
    """The new entries are stored and not published, the old stay, and log and state say why."""
    before = settled.published()
    with capture_logs() as logs:
        reported = turn(settled, spam())
    assert (reported.outcome, reported.poll.new, reported.poll.quarantined) == ("updated", 10, 10)
    assert settled.published() == before
    assert count_quarantined(settled.store) == {"hostile": 10}
    state = settled.state()
    assert state.quarantined_at == settled.now
    assert state.quarantined_because == (
        "its new entries link to 'casino.example', not to 'news.example'; it calls itself 'Win Now', not 'The News'"
    )
    (line,) = [line for line in logs if line["event"] == "quarantined"]
    assert (line["source"], line["because"], line["log_level"]) == (
        "hostile",
        state.quarantined_because,
        "warning",
    )


def test_what_comes_while_a_source_is_quarantined_is_quarantined_too(settled):
    """One entry a time does not slip in, and the operator is not told again."""
    turn(settled, spam())
    quarantined_at = settled.state().quarantined_at
    with capture_logs() as logs:
        reported = turn(settled, news([*SPAM, 950], site="casino.example"))
    assert (reported.poll.new, reported.poll.quarantined) == (1, 1)
    assert not [line for line in logs if line["event"] == "quarantined"]
    assert settled.state().quarantined_at == quarantined_at


def test_a_captured_source_edits_nothing(settled):
    """Old entries with new words and links stand as they stood."""
    rewritten = own(range(203, 212), title="Win a thousand coins")
    reported = turn(settled, channel(*rewritten, *stories(5, site="casino.example")))
    assert (reported.poll.quarantined, reported.poll.edited) == (5, 0)


def test_an_accepted_source_is_published_and_its_edits_come_in(settled):
    """What was quarantined is published, what was edited meanwhile is taken up, and nothing is quarantined any more."""
    body = channel(
        *own([208], title="A corrected title"), *stories(5, site="moved.example"), site="moved.example"
    )
    assert turn(settled, body).poll.quarantined == 5
    assert accept_source(settled.store, "hostile", now=settled.now) == 5
    assert "A corrected title" not in settled.published()
    reported = turn(settled, body, may_edit=True)
    assert (reported.outcome, reported.poll.new, reported.poll.edited) == ("updated", 0, 1)
    assert len(settled.published()) == 3 + 12 + 5
    assert "A corrected title" in settled.published()
    more = channel(*stories(5, site="moved.example"), *stories(4, start=970, site="moved.example"))
    assert turn(settled, more).poll.quarantined == 0
    assert settled.state().quarantined_because is None


def test_a_rejected_source_stays_quarantined_and_loses_what_was_quarantined(settled):
    """What was rejected never comes back; what is new is quarantined again; the old articles stay."""
    turn(settled, spam())
    before = settled.published()
    assert reject_source(settled.store, "hostile") == 10
    assert read_quarantined(settled.store) == ()
    reported = turn(settled, news([*SPAM, 960], site="casino.example"))
    assert (reported.poll.new, reported.poll.quarantined) == (1, 1)
    assert settled.published() == before


def test_single_articles_can_be_decided(settled):
    """One is let in and one removed; the rest waits, and the source stays quarantined."""
    turn(settled, spam())
    first, second, *rest = read_quarantined(settled.store)
    assert (
        accept_article(settled.store, first.id, now=settled.now),
        reject_article(settled.store, second.id),
    ) == (1, 1)
    assert [article.id for article in read_quarantined(settled.store)] == [article.id for article in rest]
    assert first.title in settled.published()
    assert settled.store.article(second.id) is None
    assert accept_article(settled.store, second.id, now=settled.now) == 0
    assert settled.state().quarantined_at is not None


def test_what_a_healthy_source_shows_too_is_not_quarantined(settled):
    """An article that the good source carries as well is none of the captured one's making."""
    turn(settled, spam())
    shared = read_quarantined(settled.store)[0]
    settled.round("/feed", may_edit=True, good_extra=entry(909, site="casino.example"))
    assert not settled.store.article(shared.id).is_quarantined
    assert count_quarantined(settled.store) == {"hostile": 9}


CHANGES = {
    "language": (channel(*stories(5), language="ru"), "its new entries are in ru, not in en"),
    "script": (
        channel(*(entry(n, title=f"Комета номер {n} была найдена") for n in range(950, 955))),
        "its new entries are written in cyrillic, not in latin",
    ),
    "replaced": (
        channel(*stories(30, author="Bob Roe")),
        "of its last 10 entries none is left, and 30 are new; nobody who wrote its new entries wrote for it before",
    ),
    "rhythm": (
        channel(*own(range(203, 212)), *stories(200)),
        "200 entries are new at once, where about 3 would be usual",
    ),
    "authors and name": (
        channel(*own(range(203, 212)), *stories(4, author="Bob Roe"), title="Win Now"),
        "nobody who wrote its new entries wrote for it before; it calls itself 'Win Now', not 'The News'",
    ),
}


@pytest.mark.parametrize(("body", "because"), CHANGES.values(), ids=CHANGES)
def test_each_sign_of_another_source_is_seen(settled, body, because):
    """Language, script, everything replaced, a flood, other people under another name."""
    before = settled.published()
    reported = turn(settled, body)
    assert reported.poll.quarantined == reported.poll.new > 0
    assert settled.state().quarantined_because == because
    assert settled.published() == before


ORDINARY = {
    "a busy day": channel(*own(range(205, 212)), *stories(12)),
    "a guest author": channel(*own(range(205, 212)), *stories(4, author="Bob Roe")),
    "a new name": channel(*own(range(205, 212)), *stories(4), title="The New News"),
    "two links elsewhere": channel(*stories(4), *stories(2, start=980, site="partner.example")),
    "an archive": channel(
        *own([211]), *(entry(n, at=STARTED_AT - timedelta(days=n)) for n in range(1_000, 1_400))
    ),
    "all dated anew": channel(*(entry(n, at=STARTED_AT + timedelta(hours=4)) for n in range(200, 212))),
    "new ids": channel(*(item for n in range(200, 212) for item in own([n], guid=f"urn:new:{n}"))),
}


@pytest.mark.parametrize("body", ORDINARY.values(), ids=ORDINARY)
def test_what_sources_do_every_day_is_not_quarantined(settled, body):
    """Nobody is bothered with what is no change of identity."""
    reported = turn(settled, body)
    assert (reported.outcome, reported.error, reported.poll.quarantined) == ("updated", None, 0)
    assert settled.state().quarantined_at is None


def test_a_new_address_set_by_the_operator_is_not_quarantined(settled):
    """Who changes the source's address means what it shows, and what was quarantined before still waits."""
    turn(settled, spam())
    settled.server.serve("/new", news(range(500, 510), site="moved.example"))
    reported = settled.round("/new")
    assert (reported.poll.new, reported.poll.quarantined) == (10, 0)
    assert settled.state().quarantined_at is None
    assert count_quarantined(settled.store) == {"hostile": 10}
