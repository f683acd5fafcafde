"""What is out when."""

from collections import Counter, defaultdict
from itertools import pairwise

from aggregator.demo.bulletins import EVERY_S
from aggregator.demo.pieces import publishers
from aggregator.demo.script import ROUNDUP, scripted_pieces, state_at

DAY_S = 86_400
SCRIPT_ENDS_S = 600


def everything(elapsed_s):
    return [piece for pieces in state_at(elapsed_s).values() for piece in pieces]


def addresses(elapsed_s):
    return {(piece.publisher, piece.slug) for piece in everything(elapsed_s)}


def events(pieces):
    """Return the pieces that everybody tells, by event."""
    found = defaultdict(list)
    for piece in pieces:
        if not piece.pick:
            found[piece.event].append(piece)
    return found


def test_the_same_moment_is_always_the_same():
    """The state depends on the elapsed time alone."""
    assert state_at(1234.5) == state_at(1234.5)


def test_what_came_out_stays_out():
    """Later states hold what earlier ones held, and more, but for what its publisher took out."""
    moments = [0, 20, 100, 300, 520, 1000]
    gone = {(piece.publisher, piece.slug) for piece in scripted_pieces() if piece.gone_at_s}
    assert len(gone) == 1
    for earlier, later in pairwise(moments):
        assert addresses(earlier) - gone < addresses(later)


def test_the_backlog_is_of_three_days():
    """At the start every publisher has something, none of it older than three days or from later."""
    state = state_at(0)
    assert all(len(pieces) >= 3 for pieces in state.values())
    assert all(-3 * DAY_S < piece.at_s < 60 for pieces in state.values() for piece in pieces)


def test_events_are_covered_by_several_publishers():
    """At least twelve events have three to six publishers, each with words of its own unless copied."""
    shared = [pieces for pieces in events(scripted_pieces()).values() if len(pieces) > 1]
    broad = [pieces for pieces in shared if 3 <= len(pieces) <= 6]
    assert len(broad) >= 12
    for pieces in shared:
        assert len({piece.publisher for piece in pieces}) == len(pieces)
        own = [piece.excerpt for piece in pieces if not piece.credit]
        assert len(set(own)) == len(own)


def test_live_events_break_within_a_minute_and_a_half():
    """Everybody who covers an event of the script's minutes does so soon after the first."""
    live = [pieces for pieces in events(scripted_pieces()).values() if pieces[0].at_s > 0]
    assert len(live) >= 10
    for pieces in live:
        times = [piece.at_s for piece in pieces]
        assert max(times) - min(times) <= 90
        assert max(times) < SCRIPT_ENDS_S


def test_there_are_enough_articles():
    """The script has between 60 and 150 articles, links to others not counted."""
    assert 60 <= sum(1 for piece in scripted_pieces() if not piece.pick) <= 150


def test_addresses_are_unique_and_plain():
    """No publisher has two pieces of one slug, number or title, and slugs are ASCII."""
    for pieces in state_at(2 * DAY_S).values():
        own = [piece for piece in pieces if not piece.pick]
        for key in ("slug", "number", "title"):
            counts = Counter(getattr(piece, key) for piece in own)
            assert not [value for value, count in counts.items() if count > 1], key
        assert all(piece.slug.isascii() for piece in own)


def test_a_copy_says_what_the_agency_says():
    """Copies have the agency's excerpt, its name as their author, and come out after it."""
    found = events(scripted_pieces())
    copies = [piece for piece in scripted_pieces() if piece.credit and not piece.pick]
    assert len(copies) >= 5
    for copy in copies:
        (wire,) = [piece for piece in found[copy.event] if piece.publisher == copy.credit]
        assert (copy.excerpt, copy.author) == (wire.excerpt, "Meridian Wire")
        assert copy.at_s > wire.at_s


def test_a_follow_up_comes_two_days_later():
    """The report on the fire is in the backlog, some two days after the fire itself."""
    found = events(scripted_pieces())
    days = (found["kestrel-report"][0].at_s - found["kestrel-fire"][0].at_s) / DAY_S
    assert 1.9 < days < 2.2


def test_corrections_change_words_and_nothing_else():
    """An edit moves the time of the change, never the time of publication or the address."""
    edited = [piece for piece in scripted_pieces() if piece.changes and not piece.pick]
    assert edited
    for before in edited:
        (after,) = [
            piece for piece in state_at(SCRIPT_ENDS_S)[before.publisher] if piece.number == before.number
        ]
        assert (after.title, after.excerpt) != (before.title, before.excerpt)
        assert (after.at_s, after.slug) == (before.at_s, before.slug)
        assert after.changed_s > before.changed_s


def test_news_never_ends():
    """Hours after the script, new pieces still come, at several publishers, at a slow rate."""
    for hours in (1, 30):
        fresh = addresses(hours * 3600 + 10 * EVERY_S) - addresses(hours * 3600)
        assert 15 <= len(fresh) <= 60
        assert len({publisher for publisher, _ in fresh}) >= 4


def test_texts_have_no_blanks_left_to_fill():
    """Nothing but the weekday, which the desk fills in, is left between braces."""
    for piece in everything(5000):
        for text in (piece.title, piece.excerpt, piece.body):
            assert "{" not in text.replace("{weekday}", "")


def test_most_articles_are_complete():
    """More than half have what a good record needs in the feed itself; some lack it."""
    own = [piece for piece in scripted_pieces() if not piece.pick]
    shown = [piece for piece in own if piece.picture not in ("page", "none", "default")]
    complete = [piece for piece in shown if 80 <= len(piece.excerpt) <= 300 and piece.author]
    assert len(own) / 2 < len(complete) < len(own)


def test_the_roundup_only_links():
    """Every piece of the round-up is somebody else's, linked within a minute."""
    picks = state_at(2000)[ROUNDUP]
    assert len(picks) > 20
    for pick in picks:
        assert pick.pick
        assert pick.pick.publisher != ROUNDUP
        assert 0 < pick.at_s - pick.pick.at_s < 60


def test_publishers_have_hosts_of_their_own():
    """There are at least ten publishers, each under ``.localhost`` with a name of its own."""
    hosts = {by.host for by in publishers().values()}
    assert len(hosts) == len(publishers()) >= 10
    assert all(host.endswith(".localhost") for host in hosts)
