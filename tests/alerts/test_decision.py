"""Which conditions are told: those that last, once, and once more when they are over."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.alerts import SourceTrouble, decide_alerts, describe_troubles, find_due_time, make_patience
from aggregator.model.alerts import AlertKind, Condition

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PATIENCE = make_patience(HOUR)
BROKEN = Condition(kind=AlertKind.BROKEN, subject="daily", since_at=NOW, text="it answered 404")


class Operator:
    """What is kept from look to look, and what was told."""

    def __init__(self):
        self.kept, self.told = {}, []

    def look(self, *conditions, after, known=None):
        """Look some time after noon; return what is told then."""
        decision = decide_alerts(conditions, self.kept, patience=PATIENCE, known=known, now=NOW + after)
        self.kept.update({one.key: one for one in decision.alerts})
        for key in decision.removed:
            del self.kept[key]
        told = [(one.subject, one.is_over) for one in decision.events]
        self.told += told
        return told


def test_what_lasts_is_told_once_and_once_more_when_it_is_over():
    """Nothing is told before its time, nor twice, nor as soon as it is well for a moment."""
    operator = Operator()
    minutes = [timedelta(minutes=number) for number in (0, 30, 60, 90, 120)]
    told = [operator.look(BROKEN, after=after) for after in minutes]
    assert told == [[], [], [("daily", False)], [], []]
    well = [operator.look(after=2 * HOUR + after) for after in minutes[:3]]
    assert well == [[], [("daily", True)], []]
    assert operator.kept == {}


def test_from_when_on_something_is_told_is_known():
    """A look just before is too early, one at that time is not; what was told is due no more."""
    operator = Operator()
    operator.look(BROKEN, after=timedelta(0))
    due_at = find_due_time(operator.kept[BROKEN.key], PATIENCE)
    assert operator.look(BROKEN, after=due_at - NOW - timedelta(seconds=1)) == []
    assert operator.look(BROKEN, after=due_at - NOW) == [("daily", False)]
    assert find_due_time(operator.kept[BROKEN.key], PATIENCE) is None


def test_what_passes_soon_is_never_told():
    """A blip is no message, and its end is none either."""
    operator = Operator()
    assert [operator.look(BROKEN, after=HOUR / 2), operator.look(after=HOUR), operator.told] == [[], [], []]
    assert operator.kept == {}


def test_what_comes_and_goes_is_told_once():
    """A source that answers once in a while did not recover."""
    operator = Operator()
    operator.look(BROKEN, after=HOUR)
    for number in range(10):
        operator.look(*([BROKEN] if number % 2 else []), after=HOUR + number * timedelta(minutes=10))
    assert operator.told == [("daily", False)]


def test_the_time_before_a_restart_counts():
    """Since when it is so stands with the condition, and what was told is kept."""
    first, second = Operator(), Operator()
    assert first.look(replace(BROKEN, since_at=NOW - HOUR), after=timedelta(0)) == [("daily", False)]
    second.kept = dict(first.kept)
    assert second.look(replace(BROKEN, since_at=NOW - HOUR), after=HOUR) == []


def test_a_source_that_nobody_polls_any_more_goes_without_a_word():
    """It neither recovered nor is anything wrong with it."""
    operator = Operator()
    operator.look(BROKEN, after=HOUR)
    assert operator.look(after=2 * HOUR, known=()) == []
    assert operator.kept == {}


@given(st.lists(st.tuples(st.integers(1, 90), st.booleans()), max_size=40))
def test_beginning_and_end_take_turns(looks):
    """However a condition comes and goes, what is told begins, ends, begins again."""
    operator, at = Operator(), timedelta(0)
    for minutes, is_on in looks:
        at += timedelta(minutes=minutes)
        operator.look(*([BROKEN] if is_on else []), after=at)
    assert [is_over for _, is_over in operator.told] == [bool(n % 2) for n in range(len(operator.told))]


TROUBLE = SourceTrouble(
    source_id="daily",
    outcome="failed",
    failures=3,
    error="https://daily.example/feed?token=secret: answered 404 Not Found: look for its new address",
    failing_since_at=NOW,
    quarantined_at=None,
    quarantined_because=None,
    proposed_url=None,
    polled_at=NOW,
)


def described(**changes):
    return [
        (one.kind.value, one.text) for one in describe_troubles([replace(TROUBLE, **changes)], NOW + HOUR)
    ]


def test_what_is_wrong_with_a_source_is_said_without_its_address():
    """Its address may have a token in it; one or two failures are no trouble yet."""
    assert described() == [("broken", "answered 404 Not Found: look for its new address")]
    assert described(failures=2) == []
    assert described(failures=1, outcome="gone") == described()
    ill = described(
        failures=0, failing_since_at=None, quarantined_at=NOW, quarantined_because="it is another feed",
        proposed_url="https://new.example/feed",
    )  # fmt: skip
    assert ill == [
        ("quarantined", "it is another feed: see `aggregator review`"),
        ("moved", "see `aggregator status`, and `aggregator sources accept daily`"),
    ]
