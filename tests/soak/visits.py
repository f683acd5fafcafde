"""What visits say, as publishers saw them: which were second tries, which the doctor's, and what each asked for. Pure."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tests.soak.answers import GOOD, SAME, Visit
from tests.soak.clock import DAY, HOUR
from tests.soak.run import Soaked

FAILURES, FAILING_FOR_S = 8, 2 * DAY
"""A source that failed so often and so long is failing: it is probed once a day, and the doctor looks for it."""
DOCTOR_WITHIN_S = 6 * HOUR
"""The doctor comes within the hour, or a few where many wait; a probe of what is failing never comes so soon."""
RETRIED_WITHIN_S = 5.0
"""A connection that breaks is tried once more, at once."""


class Seen(NamedTuple):
    """A visit and what is known of it.

    ``is_again``    the second try of one that broke, or was cut short by a kill
    ``is_doctors``  it is the doctor's, who looks whether the source is back
    ``waits_for_page``  the doctor found the source well just before: it is polled at once
    ``is_failing``  after it the source is failing
    """

    visit: Visit
    is_again: bool
    is_doctors: bool
    waits_for_page: bool
    is_failing: bool


def seen(visits: Sequence[Visit], soaked: Soaked) -> Iterator[Seen]:
    """Yield the visits to a source's own address."""
    failures, since_s, last, waits_for_page = 0, 0.0, None, False
    for visit in (visit for visit in visits if not visit.is_hop):
        is_again = last is not None and (is_retry(last, visit) or was_under_way(last, soaked))
        was_failing = _is_failing(failures, since_s, last)
        is_doctors = (
            was_failing and not waits_for_page and not is_again and visit.at_s - last.at_s < DOCTOR_WITHIN_S
        )
        if went_well(visit) or not (is_doctors or is_again):
            failures, since_s = _counted(visit, failures, since_s)
        now_failing = was_failing if is_doctors else _is_failing(failures, since_s, visit)
        yield Seen(visit, is_again, is_doctors, waits_for_page, now_failing)
        waits_for_page = is_doctors and went_well(visit)
        last = visit


def of_polls(visits: Sequence[Visit]) -> Iterator[Visit]:
    """Yield visits but those where a redirect once led and none leads now: the doctor's, who only proposes."""
    last = None
    for visit in visits:
        if not visit.is_hop or (last is not None and last.answer == "moved"):
            yield visit
        last = visit


def went_well(visit: Visit) -> bool:
    """Tell whether a visit had an answer of use."""
    return visit.answer in (GOOD, SAME, "moved")


def is_wish(visit: Visit) -> bool:
    """Tell whether a visit was answered with a wish for peace, which is no failure."""
    return visit.answer == "too many" or visit.retry_after_s > 0


def is_retry(last: Visit, visit: Visit) -> bool:
    """Tell whether a visit is but the second try of the one before."""
    return last.answer.startswith("reset") and visit.at_s - last.at_s < RETRIED_WITHIN_S


def was_under_way(visit: Visit, soaked: Soaked) -> bool:
    """Tell whether a visit may have been cut short by a kill."""
    return any(since_s <= visit.at_s <= killed_s for since_s, killed_s in soaked.kills)


def _is_failing(failures: int, since_s: float, last: Visit | None) -> bool:
    """Tell whether a source is failing after its last visit."""
    return last is not None and failures >= FAILURES and last.at_s - since_s >= FAILING_FOR_S


def _counted(visit: Visit, failures: int, since_s: float) -> tuple[int, float]:
    """Return how many failures in a row there are after a visit, and since when."""
    if went_well(visit):
        return 0, 0.0
    if is_wish(visit):
        return failures, since_s
    return failures + 1, since_s if failures else visit.at_s
