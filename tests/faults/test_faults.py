"""Faults of the machine, one after the other under one running service: on either database, or on one of them.

``python -m tests.faults outages`` has all of them on both, for as long as they last in life.
"""

import os
from dataclasses import replace

import pytest

from tests.faults.disks import can_mount
from tests.faults.faults import CASES, suffer
from tests.faults.invariants import Kept, compare_kept
from tests.faults.machine import run_machine
from tests.growing_feeds import GrowingFeeds

REQUIRED = "AGGREGATOR_REQUIRE_FAULTS"
"""Where it is set, as in the gate, what cannot be tried fails."""


@pytest.mark.skipif(
    REQUIRED not in os.environ and not can_mount(), reason="only who may mount can have disks that are full"
)
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_the_service_survives_what_happens_to_its_machine(tmp_path, database):
    """Nothing is lost or doubled, feeds are valid, operators are told, and all is well again without a restart."""
    with run_machine(tmp_path, database, is_hurried=True) as machine:
        assert machine.wait_for_rest(60) == []
        for case in CASES:
            if database in case.databases and database in case.in_gate:
                assert (case.name, suffer(machine, case).wrong) == (case.name, [])


def test_what_is_wrong_is_found(loopback):
    """An entry that is lost, one that is there twice, and one that nobody wrote are each told by name."""
    feeds = GrowingFeeds(loopback, 2, seed=0)
    feeds.write()
    kept = Kept(
        sightings=(("paper-0", "paper-0-0", "a"), ("paper-1", "paper-1-0", "b")),
        articles=(("a", "https://0.example/", False, True), ("b", "https://1.example/", False, True)),
        stories=(("a", "s"), ("b", "s")),
        quarantined=(),
    )
    assert compare_kept(kept, feeds) == []
    twice = replace(kept, sightings=(*kept.sightings[:1], *kept.sightings[:1]))
    assert compare_kept(twice, feeds) == [
        "1 entries are not stored: ('paper-1', 'paper-1-0')",
        "1 entries are stored more than once: ('paper-0', 'paper-0-0')",
        "1 articles are of more than one entry: a",
    ]
    more = (*kept.articles, ("c", "https://1.example/", True, False))
    strange = replace(
        kept, articles=more, sightings=(*kept.sightings, ("paper-1", "x", "d")), quarantined=("paper-1",)
    )
    assert compare_kept(strange, feeds) == [
        "1 entries are stored that nobody wrote: ('paper-1', 'x')",
        "1 addresses are those of several articles: https://1.example/",
        "1 entries have no article: d",
        "1 sources are quarantined: paper-1",
        "1 articles are quarantined: c",
    ]
