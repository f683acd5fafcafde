"""The soak itself, small: it holds, its publishers did fail, and each claim is lost where what it claims is not so."""

import asyncio
import os
import pickle
import re
import sys
from collections import Counter
from dataclasses import replace
from operator import add

import pytest
from filelock import FileLock

from tests.soak.__main__ import report
from tests.soak.answers import GOOD, Visit, answer_of
from tests.soak.claims import (
    claims_of,
    memory_is_flat,
    no_source_starved,
    nothing_else_went_wrong,
    requests_are_within_bounds,
    served_is_stored_once,
)
from tests.soak.clock import DAY, HOUR
from tests.soak.publishers import BLIPS, WINDOWS, made_publishers
from tests.soak.run import Plan, Sample, soak

PLAN = Plan(sources=30, days=1.5, seed=33, step_s=1800, kills=2)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="publishers have loopback hosts of their own")


@pytest.fixture(scope="module")
def soaked(tmp_path_factory):
    """A day and a half of thirty sources, once for all processes that run tests."""
    folder = tmp_path_factory.mktemp("soak")
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return asyncio.run(soak(PLAN, folder))
    kept = tmp_path_factory.getbasetemp().parent / "soaked.pickle"
    with FileLock(f"{kept}.lock"):
        if not kept.exists():
            kept.write_bytes(pickle.dumps(asyncio.run(soak(PLAN, folder))))
        return pickle.loads(kept.read_bytes())


def busiest(soaked):
    """Return the source that was visited most, of those whose service never answered 429."""
    paused = {
        publisher.host
        for publisher, visits in zip(soaked.publishers, soaked.visits, strict=True)
        if any(visit.answer == "too many" for visit in visits)
    }
    free = [publisher.number for publisher in soaked.publishers if publisher.host not in paused]
    return max(free, key=lambda number: len(soaked.visits[number]))


def until_noon(soaked, number):
    """Return the visits to a source in the first half day, the last of which went well."""
    *early, last = [visit for visit in soaked.visits[number] if visit.at_s < DAY / 2]
    return [*early, last._replace(answer=GOOD)]


def with_visits(soaked, number, visits):
    """Return what came of a soak with other visits to one source."""
    return replace(soaked, visits=[visits if n == number else v for n, v in enumerate(soaked.visits)])


def test_every_claim_holds(soaked):
    """Nobody starves, memory is flat, what was served is stored once, nobody is asked too often."""
    claims = claims_of(soaked)
    assert not any(claim.problems for claim in claims), report(soaked, claims)


def test_publishers_did_fail_and_the_program_was_killed(soaked):
    """What the claims are worth: many kinds of failure, long pauses asked for, two kills."""
    answers = Counter(visit.answer for visits in soaked.visits for visit in visits)
    assert len(answers.keys() & {*WINDOWS, *BLIPS}) >= 6, answers
    wishes = [visit for visits in soaked.visits for visit in visits if visit.retry_after_s > 2 * HOUR]
    assert {visit.answer for visit in wishes} == {"unavailable", "too many"}
    assert answers[GOOD] > 5 * PLAN.sources
    assert len(soaked.stored.articles) > 25 * PLAN.sources
    assert len(soaked.kills) == 2
    assert soaked.samples[-1].started == 3


def test_a_source_that_is_forgotten_is_named(soaked):
    """A source that was not visited on the last day starves."""
    number = busiest(soaked)
    early = until_noon(soaked, number)
    (problem,) = no_source_starved(with_visits(soaked, number, early)).problems
    assert re.match(rf"s{number}: not asked for 2[45]\.", problem)


def test_a_wish_to_be_left_alone_is_no_starving(soaked):
    """Where the last answer was 503 with a long Retry-After, nobody has to come."""
    number = busiest(soaked)
    early = until_noon(soaked, number)
    refused = Visit(early[-1].at_s + HOUR, "unavailable", retry_after_s=round(2 * DAY))
    assert no_source_starved(with_visits(soaked, number, [*early, refused])).problems == ()


def test_asking_too_often_is_named(soaked):
    """Every second visit ten minutes after the one before is too near."""
    number = busiest(soaked)
    own = [visit for visit in soaked.visits[number] if not visit.is_hop]
    doubled = sorted([*own, *(v._replace(at_s=v.at_s + 600, answer=GOOD) for v in own)])
    problems = requests_are_within_bounds(with_visits(soaked, number, doubled)).problems
    assert any(problem.startswith(f"s{number}: asked again after ") for problem in problems)


def test_requests_that_the_program_does_not_count_are_named(soaked):
    """Every publisher saw twice as many as there were."""
    later = [
        [visit._replace(at_s=visit.at_s + 600, answer=GOOD) for visit in visits] for visits in soaked.visits
    ]
    twice = replace(soaked, visits=[sorted(visits) for visits in map(add, soaked.visits, later)])
    problems = requests_are_within_bounds(twice).problems
    assert any(problem.startswith("the program counted ") for problem in problems)


def test_a_retry_after_that_is_not_heard_is_named(soaked):
    """After a 503 it is the source's own, after a 429 everybody's of its service."""
    number = busiest(soaked)
    first, *rest = soaked.visits[number]
    for answer, least in (("unavailable", 1), ("too many", 2)):
        refused = first._replace(answer=answer, retry_after_s=round(4 * DAY))
        problems = requests_are_within_bounds(with_visits(soaked, number, [refused, *rest])).problems
        assert any(
            re.match(rf"s{number}: asked \d+ min before a Retry-After", reported) for reported in problems
        )
        assert len({reported.partition(":")[0] for reported in problems}) >= least


def test_a_lost_entry_is_named(soaked):
    """An article that is gone, and a sighting that is gone."""
    stored = soaked.stored
    without = replace(stored, articles=stored.articles[1:], sightings=stored.sightings[:-1])
    problems = served_is_stored_once(replace(soaked, stored=without)).problems
    assert len(problems) == 2
    assert problems[0].endswith("was served and is not stored")
    assert problems[1].endswith("has no sighting")


def test_an_entry_stored_twice_is_named(soaked):
    """The same entry as two articles."""
    stored = soaked.stored
    twice = replace(stored, articles=[*stored.articles, ("another id", stored.articles[0][1])])
    (problem,) = served_is_stored_once(replace(soaked, stored=twice)).problems
    assert problem.endswith("is stored 2 times")


def test_an_entry_that_nobody_served_is_named(soaked):
    """What is stored of a truncated document, say."""
    stored = soaked.stored
    more = replace(
        stored,
        articles=[*stored.articles, ("id", "tag:/3/entry/999999")],
        sightings=[*stored.sightings, (3, "tag:/3/entry/999999", "id")],
    )
    (problem,) = served_is_stored_once(replace(soaked, stored=more)).problems
    assert problem == "s3: entry 999999 is stored, not served"


def test_memory_that_grows_is_reported(soaked):
    """A mebibyte an hour is seen within a week."""
    samples = [
        Sample(at_s=hour * HOUR, started=1, resident_mib=100 + hour, wall_s=0, visits=0)
        for hour in range(168)
    ]
    (problem,) = memory_is_flat(replace(soaked, samples=samples)).problems
    assert problem == "grew by 117%"


def test_what_the_log_says_and_who_is_quarantined_is_reported(soaked):
    """An exception in the log, a source that is quarantined, a program that ended by an error."""
    odd = replace(
        soaked,
        logged=["level=error event=source source=s1 standing=failing", "level=error event=unexpected"],
        stored=replace(soaked.stored, quarantined=[7]),
        exit_code=1,
    )
    problems = nothing_else_went_wrong(odd).problems
    assert problems == (
        "log: level=error event=unexpected", "s7: quarantined", "the program ended with 1",
    )  # fmt: skip


def failing(soaked, *later):
    """Return what came of a soak with a source that fails for days from the start, and then these visits."""
    fails = [Visit(hour * HOUR, "outage") for hour in (0, 2, 6, 14, 25, 36, 47, 58)]
    return with_visits(soaked, busiest(soaked), [*fails, *(Visit(hour * HOUR, said) for hour, said in later)])


def test_a_source_that_fails_for_long_is_probed_daily(soaked):
    """A day later is in time, two days are not; and the doctor may come once in between."""
    soaked = replace(soaked, plan=replace(PLAN, days=4))
    number = busiest(soaked)
    probed = failing(soaked, (58.5, "outage"), (83, "outage"))
    assert told_of(no_source_starved(probed), number) == []
    assert told_of(requests_are_within_bounds(probed), number) == []
    assert len(told_of(no_source_starved(failing(soaked)), number)) == 1
    nervous = failing(soaked, (58.5, GOOD), (58.6, GOOD), (58.7, GOOD))
    assert len(told_of(requests_are_within_bounds(nervous), number)) == 1


def test_what_the_doctor_finds_well_is_polled_at_once(soaked):
    """Not a day later."""
    soaked = replace(soaked, plan=replace(PLAN, days=2.6))
    number = busiest(soaked)
    assert told_of(no_source_starved(failing(soaked, (58.5, GOOD), (58.6, GOOD))), number) == []
    assert told_of(requests_are_within_bounds(failing(soaked, (58.5, GOOD), (58.6, GOOD))), number) == []
    assert len(told_of(no_source_starved(failing(soaked, (58.5, GOOD), (62, GOOD))), number)) == 1


def told_of(claim, number):
    """Return the problems of one source."""
    return [problem for problem in claim.problems if problem.startswith(f"s{number}: ")]


def test_publishers_follow_from_the_seed():
    """The same seed gives the same documents and faults, another one others."""
    one, same, other = (made_publishers(seed, 20, 2) for seed in (5, 5, 6))
    assert [answers(publisher) for publisher in one] == [answers(publisher) for publisher in same]
    assert [answers(publisher) for publisher in one] != [answers(publisher) for publisher in other]


def answers(publisher):
    """Return what a publisher answers during two days."""
    times = range(0, 48, 5)
    return [answer_of(publisher, now_s=hour * HOUR, visit=hour, asked={}, is_hop=False) for hour in times]
