"""Feeds that lie about time and identity: dates, ids, archives that come back."""

from datetime import timedelta
from email.utils import format_datetime

import pytest

from tests.hostile.feeds import STARTED_AT, channel, entry, news

ABSURD = [
    "Fri, 31 Dec 9999 23:59:59 GMT", "9999-12-31T23:59:59Z", "-0001-01-01T00:00:00Z", "Thu, 01 Jan -1 00:00:00 GMT",
    "0000-00-00T00:00:00Z", "1969-12-31T23:59:59Z", "Mon, 99 Foo 2026 99:99:99 +9999", "99999999999999999999",
    "9" * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("date", ABSURD, ids=lambda date: date[:20])
def test_an_absurd_date_is_none(rig, date):
    """The year 9999, the year -1 and what is no date: published when it was first seen, and not edited later."""
    rig.server.serve("/dates", channel(entry(2), entry(1, at=date)))
    reported = rig.round("/dates")
    assert (reported.outcome, reported.error, reported.poll.new) == ("updated", None, 2)
    odd = next(article for article in rig.of_source() if article.web_url.endswith("/story/1"))
    assert (odd.stated_at, odd.published_at) == (None, rig.now)
    rig.server.serve("/dates", channel(entry(2), entry(1, at=date), title="Again"))
    reported = rig.round("/dates")
    assert (reported.poll.new, reported.poll.edited) == (0, 0)


def test_a_future_date_pins_nothing_to_the_top(rig):
    """An entry of next year stands where it was first seen, behind what comes after it."""
    far = STARTED_AT + timedelta(days=400)
    rig.server.serve("/future", channel(entry(1, at=far, title="From the future")))
    rig.round("/future")
    later = entry(2, at=rig.now + timedelta(minutes=30), title="From today")
    rig.server.serve("/future", channel(later, entry(1, at=far, title="From the future")))
    rig.round("/future")
    assert [article.title for article in rig.of_source()[:2]] == ["From today", "From the future"]


def test_ids_of_a_hundred_kilobytes_are_bearable(rig):
    """Ids of such a size tell their entries apart, and are known again, in little room."""
    ids = ["i" * 100_000 + str(number) for number in range(20)]
    document = channel(*(entry(n, guid=guid) for n, guid in enumerate(ids)))
    rig.server.serve("/ids", document)
    assert rig.round("/ids").poll.new == 20
    rig.server.serve("/ids", document + b"<!-- again -->")
    reported = rig.round("/ids")
    assert (reported.poll.new, reported.poll.edited) == (0, 0)
    assert max(len(article.entry_id) for article in rig.of_source()) <= 500


@pytest.mark.parametrize("guid", ["same", "https://news.example/", "0"])
def test_entries_that_all_have_one_id_are_all_kept(rig, guid):
    """An id that says nothing tells nobody apart; a later entry with it is new, none is overwritten."""
    rig.server.serve("/same", channel(*(entry(n, guid=guid) for n in range(10))))
    assert rig.round("/same").poll.new == 10
    rig.server.serve("/same", channel(*(entry(n, guid=guid) for n in range(1, 12))))
    reported = rig.round("/same")
    assert (reported.poll.new, reported.poll.edited) == (2, 0)


def test_one_id_whose_entry_is_replaced_every_time_overwrites_nothing(rig):
    """A feed of one entry, always with the same id and always another story."""
    for number in range(3):
        at = rig.now - timedelta(hours=20 - 5 * number)
        rig.server.serve(
            "/one", channel(entry(number, guid="latest", at=at, title=f"Story {number} is another"))
        )
        assert rig.round("/one").poll.new == 1
    assert len({article.id for article in rig.of_source()}) == 3 + 3


def test_entries_that_are_all_dated_anew_stay_where_they_were(rig):
    """All entries re-dated to now, twice: nothing is new, nothing moves, nothing is announced again."""
    numbers = range(400, 420)
    rig.server.serve("/again", news(numbers))
    assert rig.round("/again").poll.new == 20
    before, order = rig.articles(), rig.published()
    assert len(order) == 23
    for _ in range(2):
        rig.server.serve("/again", channel(*(entry(n, at=rig.now) for n in numbers)))
        reported = rig.round("/again")
        assert (reported.outcome, reported.poll.new, reported.poll.edited) == ("updated", 0, 0)
    assert {i: a for i, a in rig.articles().items() if i in before} == before
    assert rig.published() == order


def test_new_ids_for_old_entries_announce_nothing(rig):
    """All ids changed at once: the same links are the same articles."""
    numbers = range(400, 420)
    rig.server.serve("/reset", news(numbers))
    rig.round("/reset")
    before = rig.articles()
    rig.server.serve("/reset", channel(*(entry(n, guid=f"urn:new:{n}") for n in numbers)))
    reported = rig.round("/reset")
    assert (reported.poll.new, reported.poll.edited) == (0, 0)
    assert len(rig.articles()) == len(before) + 1  # the good source's


def test_new_ids_and_links_for_old_entries_announce_nothing(rig):
    """A site that moved, with new ids and links for all its entries: the same articles at new addresses."""
    numbers = range(400, 420)
    rig.server.serve("/moved", news(numbers))
    rig.round("/moved")
    order = rig.published()
    moved = (entry(n, guid=f"new-{n}", site="news.example/en") for n in reversed(numbers))
    rig.server.serve("/moved", channel(*moved))
    reported = rig.round("/moved", may_edit=True)
    assert (reported.poll.new, reported.poll.edited) == (0, 20)
    assert rig.published() == order


def test_ten_years_of_archive_flood_nothing(rig):
    """A story for every week of ten years at once is kept as backlog: the feed of the topics does not change."""
    order = rig.published()
    archive = [entry(n, at=STARTED_AT - timedelta(weeks=n - 998)) for n in range(1_000, 1_520)]
    rig.server.serve("/archive", channel(entry(100), *archive))
    reported = rig.round("/archive")
    assert (reported.outcome, reported.error, reported.poll.new) == ("updated", None, 520)
    assert rig.published() == order
    assert sum(article.is_backlog for article in rig.of_source()) == 520


def test_an_archive_dated_today_is_not_backlog_but_is_bounded(rig):
    """Old entries that claim to be of today cannot be told from new ones; a feed holds its maximum."""
    claimed = [entry(n, at=format_datetime(STARTED_AT)) for n in range(1_000, 1_600)]
    rig.server.serve("/archive", channel(*claimed))
    assert rig.round("/archive").error is None
    assert len(rig.published()) <= 500
