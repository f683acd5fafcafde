"""One of several workers tells what a change of the configuration does; the others follow it."""

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.config import load_config, read_stamps
from aggregator.pipeline.config_in_force import approve
from aggregator.pipeline.shared_weighing import SharedWeighing
from aggregator.service import LiveConfig
from aggregator.store import open_store
from tests.empty_store import put_empty_store

ONE = "topics: [{id: ml, name: Machine Learning}]\n"
TWO = "topics: [{id: ml, name: Machine Learning}, {id: comets, name: Comets}]\n"
NOW = datetime(2026, 3, 4, tzinfo=UTC)


class Follower:
    """A worker with a configuration that has changed, and another worker of the same store."""

    def __init__(self, folder, store):
        self.now, self.now_s = NOW, 1_000.0
        before = load_config(folder, {})
        self.live = LiveConfig(
            folder=folder, at_start=before.settings, store=store, stamps=read_stamps(folder), config=before,
            weighing=SharedWeighing(store=store), clock=lambda: self.now, environ={}, now_s=lambda: self.now_s,
        )  # fmt: skip
        (folder / "topics.yaml").write_text(TWO, encoding="utf-8")
        self.store, self.change = store, (before, load_config(folder, {}))
        self.other = SharedWeighing(store=store)

    def look(self, seconds=3):
        """Look every second for so long; return how many topics there are then, None where nothing changed."""
        taken = None
        for _ in range(seconds):
            rules = self.live.reload()
            taken = len(rules.topics) if rules else taken
            self.now_s += 1
        return taken


@pytest.fixture
def follower(tmp_path):
    """The worker that follows, or does not."""
    for name, text in (("sources", "sources: []\n"), ("topics", ONE), ("settings", "site: {title: Ours}\n")):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    with open_store(put_empty_store(tmp_path / "store.db")) as store:
        yield Follower(tmp_path, store)


def test_a_change_that_another_weighs_is_taken_up_once_that_lets_it_go(follower):
    """Until then it waits, and says for what."""
    assert follower.other.ask(*follower.change, NOW) is None
    assert follower.look() is None
    assert "another worker is about to tell" in follower.live.degradation()
    follower.other.tell(*follower.change, None, NOW)
    assert follower.look(1) == 2
    assert follower.live.degradation() is None


def test_a_change_that_waits_elsewhere_waits_here(follower):
    """For the same reason, until an operator lets it go."""
    follower.other.tell(*follower.change, "it takes 9 of 9 items out", NOW)
    assert follower.look() is None
    assert "it takes 9 of 9 items out" in follower.live.degradation()
    approve(follower.change[1], follower.store)
    assert follower.look(1) == 2


def test_who_weighs_first_tells_the_others(follower):
    """They need not weigh it."""
    assert follower.look() == 2
    assert follower.other.ask(*follower.change, NOW).state.value == "may go"


@pytest.mark.parametrize("minutes", [0, 2])
def test_a_change_is_weighed_by_another_where_who_began_is_gone(follower, minutes):
    """After a minute; what was found long ago of the same change may not be so any more."""
    follower.other.ask(*follower.change, NOW)
    follower.now = NOW + timedelta(minutes=minutes)
    assert follower.look() == (2 if minutes else None)
    follower.other.tell(*follower.change, "it waits", NOW)
    third = SharedWeighing(store=follower.store)
    assert third.ask(*follower.change, NOW + timedelta(minutes=9)) is not None
    assert third.ask(*follower.change, NOW + timedelta(minutes=11)) is None
