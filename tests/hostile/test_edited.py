"""Documents that mostly stay as they were: what changed is found, and what returns, and nothing is lost."""

from aggregator.store import accept_source, read_seen_entries
from tests.hostile.feeds import channel, entry, news


def turn(rig, *entries, **changes):
    """Let the source show these entries from now on, and poll it."""
    rig.server.serve("/feed", channel(*entries))
    reported = rig.round("/feed", **changes)
    assert reported.error is None
    return reported.poll.new, reported.poll.edited


def test_what_changes_among_entries_that_stay_is_taken_up(rig):
    """A new entry comes in, a corrected one is edited, and one whose correction is withdrawn again."""
    before = len(rig.of_source())
    stay = [entry(number) for number in range(4)]
    assert turn(rig, *stay, entry(4)) == (5, 0)
    assert turn(rig, *stay, entry(4, title="Comet 4 was a smudge"), entry(5), may_edit=True) == (1, 1)
    assert "Comet 4 was a smudge" in {article.title for article in rig.of_source()}
    assert read_seen_entries(rig.store, rig.state())
    assert turn(rig, *stay, entry(4), entry(5), may_edit=True) == (0, 1)
    assert turn(rig, *stay, entry(5)) == (0, 0)
    assert turn(rig, *stay, entry(4, title="Comet 4 is back"), entry(5), may_edit=True) == (0, 1)
    assert len(rig.of_source()) == before + 6


def test_an_entry_that_takes_the_id_of_one_that_stays_is_another(rig):
    """A new entry with the guid of one that was read before edits nothing and is not lost."""
    stay = [entry(number) for number in range(4)]
    assert turn(rig, *stay) == (4, 0)
    assert turn(rig, entry(9, guid="news.example-1"), *stay) == (1, 0)


def test_what_was_edited_while_a_source_was_quarantined_is_taken_up_after_the_review(rig):
    """Nothing counts as read that was not taken up."""
    for number in range(3, 9, 2):
        turn(rig, *(entry(n) for n in range(number)))
    rig.server.serve("/feed", news(range(900, 910), site="casino.example", title="Win Now"))
    assert rig.round("/feed").poll.quarantined == 10
    stay = [entry(number) for number in range(6)]
    edited = [*stay, entry(6, title="Comet 6 was a smudge"), entry(7)]
    assert turn(rig, *edited) == (1, 0)
    accept_source(rig.store, "hostile", now=rig.now)
    assert turn(rig, *edited, may_edit=True) == (0, 1)


def test_an_entry_with_an_address_that_another_had_before_edits_nothing(rig):
    """Of two entries that are one article the first speaks, also where it stands as it stood."""
    first = entry(1, guid="one")
    moved = first.replace("news.example/", "news.example/moved-")
    assert moved != first
    others = [entry(2), entry(3)]
    assert turn(rig, first, *others) == (3, 0)
    assert turn(rig, moved, *others, may_edit=True)[0] == 0
    late = entry(1, guid="two", title="Something else altogether, at the old address")
    assert turn(rig, moved, *others, late, may_edit=True)[0] == 0
    assert "Something else" not in str([article.title for article in rig.of_source()])
