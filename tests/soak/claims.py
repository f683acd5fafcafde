"""What is claimed of a soak, judged by what publishers saw and what the store has. Pure."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import ceil
from statistics import median

from tests.soak.answers import GOOD, Visit
from tests.soak.clock import DAY, HOUR, MINUTE
from tests.soak.run import POLLING, Sample, Soaked
from tests.soak.visits import Seen, of_polls, seen, was_under_way, went_well

LEAST_S = POLLING["min_interval_min"] * MINUTE
MOST_S = POLLING["max_interval_min"] * MINUTE
JITTER = 1.1
LONGEST_SPREAD_S = HOUR
"""After a 429 the other sources of the service come back within this, or a tenth of the pause."""
PROBE_FAILING_S = DAY
SAME_MOMENT_S = 10.0
"""What was asked of a service at the same time as what was answered 429 could not know of it."""
MOST_GROWTH = 1.15
WARM_UP_H = 6
_MARK = re.compile(r"/(\d+)/entry/(-?\d+)$")


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim with its figures, and everything that speaks against it: nothing where it holds."""

    name: str
    figures: str
    problems: tuple[str, ...]


def claims_of(soaked: Soaked) -> tuple[Claim, ...]:
    """Return every claim, judged."""
    return (
        no_source_starved(soaked), memory_is_flat(soaked), served_is_stored_once(soaked),
        requests_are_within_bounds(soaked), nothing_else_went_wrong(soaked),
    )  # fmt: skip


def no_source_starved(soaked: Soaked) -> Claim:
    """Judge the time between two visits: within the upper bound, or what the publisher asked for."""
    pauses = _pauses(soaked)
    end_s, slack_s = soaked.plan.days * DAY, soaked.plan.step_s + 5 * MINUTE
    problems, longest_s = [], 0.0
    for publisher, visits in zip(soaked.publishers, soaked.visits, strict=True):
        own = list(seen(visits, soaked))
        if not own or own[0].visit.at_s > slack_s:
            problems.append(f"s{publisher.number}: not asked at first")
        nexts_s = [*(later.visit.at_s for later in own[1:]), end_s]
        for one, next_s in zip(own, nexts_s, strict=True):
            visit = one.visit
            until_s = _with_pauses(visit.at_s + _patience(one), pauses[publisher.host]) + slack_s
            longest_s = max(longest_s, next_s - visit.at_s)
            if next_s > until_s:
                gap = f"not asked for {(next_s - visit.at_s) / HOUR:.1f} h"
                problems.append(f"s{publisher.number}: {gap} after {_day(visit.at_s)} ({visit.answer})")
    visited = sum(map(len, soaked.visits))
    return Claim(
        "no source starved", f"{visited} visits, {longest_s / HOUR:.1f} h apart at most", (*problems,)
    )


def memory_is_flat(soaked: Soaked) -> Claim:
    """Judge the memory of the last, long run: its last day beside its first, once it was warm."""
    first, last = compared(soaked.samples)
    before, after = (median(s.resident_mib for s in part) if part else 0.0 for part in (first, last))
    figures = f"{before:.0f} MiB in the first {len(first)} hours after warming up, {after:.0f} in the last"
    if not before:
        return Claim("memory is flat", figures, ("too few samples",))
    problems = (f"grew by {after / before - 1:.0%}",) if after > MOST_GROWTH * before else ()
    return Claim("memory is flat", figures, problems)


def compared(samples: Sequence[Sample]) -> tuple[list[Sample], list[Sample]]:
    """Return the samples of the first and the last day of the last run: a third of it where it is short."""
    run = [s for s in samples if s.started == samples[-1].started and s.resident_mib]
    warm = run[min(WARM_UP_H, len(run) // 6) :]
    hours = min(24, len(warm) // 3)
    return warm[:hours], warm[len(warm) - hours :]


def served_is_stored_once(soaked: Soaked) -> Claim:
    """Judge what is stored: each entry that was served in a whole document, once, and nothing else.

    What was under way when the program was killed may be stored or not.
    """
    served, perhaps = _served(soaked, True), _served(soaked, False)
    seen = Counter(_entries(mark for _, mark, _ in soaked.stored.sightings))
    kept = Counter(_entries(mark for _, mark in soaked.stored.articles))
    problems = [f"s{s}: entry {n} was served and is not stored" for s, n in sorted(served - kept.keys())]
    problems += [
        f"s{s}: entry {n} has no sighting" for s, n in sorted(served - seen.keys() - (served - kept.keys()))
    ]
    problems += [f"s{s}: entry {n} is stored, not served" for s, n in sorted(kept.keys() - served - perhaps)]
    twice = [(key, max(kept[key], seen[key])) for key in kept | seen if max(kept[key], seen[key]) > 1]
    problems += [f"s{s}: entry {n} is stored {count} times" for (s, n), count in sorted(twice)]
    problems += [
        f"s{source}: {mark} is another source's"
        for source, mark, _ in soaked.stored.sightings
        if not mark.rpartition("/entry/")[0].endswith(f"/{source}")
    ]
    figures = (
        f"{len(served)} entries served, {kept.total()} articles, {seen.total()} sightings; "
        f"{_missed(soaked, served | perhaps)} came and went unseen"
    )
    return Claim("served is stored once", figures, tuple(problems))


def requests_are_within_bounds(soaked: Soaked) -> Claim:
    """Judge the requests of each source: per day, their distance, after a Retry-After, and as the program counts."""
    problems, worst, excused = [], 0, 0
    for publisher, visits in zip(soaked.publishers, soaked.visits, strict=True):
        known = list(seen(visits, soaked))
        own = [one for one in known if not one.is_doctors]
        days = Counter(int(one.visit.at_s // DAY) for one in own if not _is_excused(one))
        excused += len(known) - days.total()
        worst = max(worst, *days.values()) if days else worst
        problems += _too_often(publisher.number, own, days)
        if sum(one.is_doctors for one in known) > ceil(soaked.plan.days / 7):
            problems.append(f"s{publisher.number}: examined again within a week")
        unled = len(visits) - sum(1 for _ in of_polls(visits))
        if unled > ceil(soaked.plan.days / 7):
            problems.append(f"s{publisher.number}: {unled} requests where redirects had led")
    problems += _unheard(soaked)
    total, reported = sum(map(len, soaked.visits)), sum(soaked.stored.counted.values())
    if abs(total - reported) > excused + sum(1 for _ in _under_way(soaked)):
        problems.append(f"the program counted {reported} requests, the publishers {total}")
    mean = total / soaked.plan.days / max(len(soaked.publishers), 1)
    figures = f"{mean:.1f} a day on average, {worst} at most, {DAY / LEAST_S:.0f} allowed; {excused} tried again or examined"
    return Claim("requests are within bounds", figures, tuple(problems))


def _too_often(number: int, own: Sequence[Seen], days: Mapping[int, int]) -> Iterator[str]:
    for day, count in sorted(days.items()):
        if count > DAY / LEAST_S:
            yield f"s{number}: {count} requests on day {day + 1}"
    for before, later in pairwise(own):
        passed_s = later.visit.at_s - before.visit.at_s
        if passed_s < LEAST_S - 1 and not _is_excused(later):
            yield f"s{number}: asked again after {passed_s:.0f} s, {_day(before.visit.at_s)}"


def _is_excused(one: Seen) -> bool:
    return one.is_again or one.is_doctors or one.waits_for_page


def _unheard(soaked: Soaked) -> Iterator[str]:
    """Yield who was asked before a Retry-After had run out: the source itself, after a 429 its whole service."""
    peaces: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for host, number, visit in _wishes(soaked):
        of_service = visit.answer == "too many"
        peaces[host if of_service else str(number)].append((visit.at_s, visit.at_s + visit.retry_after_s - 1))
    for publisher, visits in zip(soaked.publishers, soaked.visits, strict=True):
        for visit in visits:
            for since_s, until_s in (*peaces[publisher.host], *peaces[str(publisher.number)]):
                if since_s + SAME_MOMENT_S < visit.at_s < until_s:
                    early = f"asked {(until_s - visit.at_s) / MINUTE:.0f} min before a Retry-After ended"
                    yield f"s{publisher.number}: {early}, {_day(visit.at_s)}"


def _wishes(soaked: Soaked) -> Iterator[tuple[str, int, Visit]]:
    """Yield host, source and visit where an answer had a Retry-After, and the program lived to read it."""
    for publisher, visits in zip(soaked.publishers, soaked.visits, strict=True):
        for visit in visits:
            if visit.retry_after_s and not was_under_way(visit, soaked):
                yield publisher.host, publisher.number, visit


def nothing_else_went_wrong(soaked: Soaked) -> Claim:
    """Judge the log, the exit code, and whether any source was taken for somebody else's."""
    reported = [line for line in soaked.logged if "level=error" not in line or "event=source" not in line]
    problems = [f"log: {line[:300]}" for line in reported if line.strip()]
    problems += [f"s{number}: quarantined" for number in soaked.stored.quarantined]
    if soaked.exit_code != 0:
        problems.append(f"the program ended with {soaked.exit_code}")
    figures = f"{len(soaked.kills)} times killed, {soaked.others} requests for where a source may have gone"
    return Claim("nothing else went wrong", figures, tuple(problems))


def _patience(one: Seen) -> float:
    """Return how many seconds the program may stay away after a visit, by what it was answered."""
    if one.is_doctors and went_well(one.visit):
        return 0.0
    return JITTER * max(MOST_S, one.visit.retry_after_s, PROBE_FAILING_S if one.is_failing else 0)


def _pauses(soaked: Soaked) -> dict[str, list[tuple[float, float]]]:
    """Return, by service, since when and until when a 429 may pause its sources."""
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for publisher, visits in zip(soaked.publishers, soaked.visits, strict=True):
        for visit in visits:
            if visit.answer == "too many":
                pause_s = JITTER * max(MOST_S, visit.retry_after_s)
                spread_s = min(pause_s / 10, LONGEST_SPREAD_S)
                found[publisher.host].append((visit.at_s, visit.at_s + pause_s + spread_s))
    return defaultdict(list, {host: sorted(pauses) for host, pauses in found.items()})


def _with_pauses(until_s: float, pauses: Iterable[tuple[float, float]]) -> float:
    """Return when a source that was due until a time is asked at the latest: each pause puts it off."""
    for since_s, end_s in pauses:
        if since_s <= until_s:
            until_s = max(until_s, end_s)
    return until_s


def _served(soaked: Soaked, is_sure: bool) -> set[tuple[int, int]]:
    """Return source and number of the entries in whole documents: those that were, or were not, received."""
    return {
        (publisher.number, entry)
        for publisher, visits in zip(soaked.publishers, soaked.visits, strict=True)
        for visit in of_polls(visits)
        if visit.answer == GOOD and is_sure != was_under_way(visit, soaked)
        for entry in range(visit.first, visit.end)
    }


def _entries(marks: Iterable[str]) -> Iterator[tuple[int, int]]:
    for mark in marks:
        found = _MARK.search(mark)
        assert found, f"{mark} is no entry of ours"
        yield int(found[1]), int(found[2])


def _missed(soaked: Soaked, served: set[tuple[int, int]]) -> int:
    """Return how many entries were shown by a document that nobody asked for while it showed them."""
    newest = {publisher.number: -1 for publisher in soaked.publishers}
    oldest: dict[int, int] = {}
    for source, entry in served:
        newest[source] = max(newest[source], entry)
        oldest[source] = min(oldest.get(source, entry), entry)
    return sum(newest[s] - first + 1 for s, first in oldest.items()) - len(served)


def _under_way(soaked: Soaked) -> Iterator[Visit]:
    return (v for visits in soaked.visits for v in visits if was_under_way(v, soaked))


def _day(at_s: float) -> str:
    return f"day {int(at_s // DAY) + 1}, {int(at_s % DAY // HOUR):02}:{int(at_s % HOUR // MINUTE):02}"


def grouped(problems: Iterable[str]) -> list[str]:
    """Return one line for each source of problems, or each other problem."""
    ordered = sorted(problems, key=_who)
    groups = [list(group) for _, group in groupby(ordered, key=_who)]
    return [group[0] + (f" (and {len(group) - 1} more)" if len(group) > 1 else "") for group in groups]


def _who(problem: str) -> str:
    return problem.partition(":")[0]
