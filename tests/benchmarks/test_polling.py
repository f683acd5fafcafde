"""The benchmark itself, small: what is measured did happen, and the ratios are those of the numbers."""

import feedparser

from tests.benchmarks.feeds import ENTRIES, NEW_ENTRIES, document
from tests.benchmarks.polling import ROUNDS, Cost, measure, report, table


def test_documents_are_as_announced():
    """Each is a well-formed feed of about 39 KB; the next version begins with new entries."""
    first, second = (feedparser.parse(document(7, version)) for version in (0, 1))
    assert not first.bozo
    assert len(first.entries) == ENTRIES
    assert 37_000 < len(document(7, 0)) < 41_000
    ids = [[entry.id for entry in feed.entries] for feed in (first, second)]
    assert ids[1][NEW_ENTRIES:] == ids[0][:-NEW_ENTRIES]
    assert not {*ids[1][:NEW_ENTRIES]} & {*ids[0]}


def test_rounds_are_what_they_are_called():
    """Ours and the plain program see new, unchanged, changed and again unchanged documents."""
    costs = measure(20, ["ours", "plain"])
    assert [costs["ours"][name].outcomes for name in ROUNDS] == [
        {"updated": 20},
        {"not_modified": 20},
        {"updated": 1, "not_modified": 19},
        {"not_modified": 20},
    ]
    assert [costs["plain"][name].outcomes.get("updated", 0) for name in ROUNDS] == [20, 0, 1, 20]
    assert all(cost.cpu_s > 0 and cost.peak_mib > 10 for rounds in costs.values() for cost in rounds.values())


def test_report_has_the_ratios():
    """Every ratio is ours over reader's, and memory is the most of any round."""
    costs = {
        player: {
            name: Cost(cpu_s=cpu_s, wall_s=2 * cpu_s, peak_mib=cpu_s + i, outcomes={})
            for i, name in enumerate(ROUNDS)
        }
        for player, cpu_s in (("ours", 3.0), ("reader", 12.0))
    }
    ratios = dict.fromkeys(
        ("cold_cpu", "cold_wall", "not_modified_cpu", "changed_cpu", "same_bytes_cpu"), 0.25
    )
    assert report(5, costs) == {"sources": 5, "ratios": ratios, "parent_peak_mib": 6.0}
    assert [line.split()[0] for line in table(costs).splitlines()[1:]] == ["ours", "reader"]
