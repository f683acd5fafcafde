"""Which changes wait for an operator, and which configuration a service starts with."""

from dataclasses import replace

import pytest

from aggregator.config import load_config
from aggregator.model.feed_differences import FeedDifference, ItemChange
from aggregator.pipeline.config_in_force import (
    approve,
    find_waiting,
    is_approved,
    is_in_force,
    note_in_force,
    note_waiting,
    read_in_force,
)
from aggregator.pipeline.plan import FeedPlan, choose_config
from aggregator.pipeline.plan.gate import find_reason_to_wait, may_differ
from aggregator.rules import Rules
from aggregator.store import open_store, write_note
from tests.builders import NOW
from tests.empty_store import put_empty_store

FILES = {
    "settings": "site: {title: Ours}\n",
    "sources": "sources: [{id: daily, url: 'https://daily.example/feed', headers: {Authorization: s3cret}}]\n",
    "topics": "topics: [{id: ml, name: Machine Learning, keywords: [learning]}]\n",
}


@pytest.fixture
def site(tmp_path):
    """A configuration, and an open store."""
    with open_store(put_empty_store(tmp_path / "store.db")) as store:
        yield WeighedSite(tmp_path / "config", store)


class WeighedSite:
    """Files of a configuration, and the store where one of them is in force."""

    def __init__(self, folder, store):
        self.folder, self.store = folder, store
        folder.mkdir()
        for name, text in FILES.items():
            self.write(name, text)

    def write(self, name, text):
        (self.folder / f"{name}.yaml").write_text(text, encoding="utf-8")

    def read(self):
        return load_config(self.folder, {})

    def take_up(self):
        config = self.read()
        note_in_force(Rules.of(config, {}), self.store)
        return config


def _plan(before, *, leaving):
    left = tuple(ItemChange(item_id=str(n), before=n, after=None) for n in range(1, leaving + 1))
    feed = FeedDifference(feed="ai", before=before, after=before - leaving, leaving=left)
    return FeedPlan(at=NOW, articles=9, feeds=(feed,))


@pytest.mark.parametrize(
    ("before", "leaving", "waits"), [(9, 3, False), (9, 4, True), (1, 1, True), (500, 166, False)]
)
def test_what_takes_more_than_a_third_waits(before, leaving, waits):
    """A third may go at once; a feed that is emptied is told as such."""
    why = find_reason_to_wait(_plan(before, leaving=leaving))
    assert (why is not None) == waits
    assert not waits or ("all" in why) == (before == leaving)


def test_many_feeds_are_told_in_one_line():
    """The first three are named."""
    plan = _plan(3, leaving=3)
    why = find_reason_to_wait(replace(plan, feeds=plan.feeds * 5))
    assert why == "it would take out all 3 items of ai, all 3 items of ai, all 3 items of ai, and of 2 more"


def test_what_decides_nothing_about_feeds_is_not_planned(site):
    """Comments, the title of the site, a source's headers and how often it is polled; keywords do."""
    before = site.read()
    site.write("settings", "# Ours\nsite: {title: Theirs}\n")
    site.write(
        "sources",
        FILES["sources"].replace("s3cret", "other").replace("}}", "}, poll: {max_interval_min: 99}}"),
    )
    assert not may_differ(before, site.read())
    site.write("topics", FILES["topics"].replace("[learning]", "[teaching]"))
    assert may_differ(before, site.read())


def test_what_is_in_force_is_found_again_without_secrets(site):
    """The files are kept in the store, but for headers, which are those of the configuration now."""
    config = site.take_up()
    assert is_in_force(config, site.store)
    kept = read_in_force(site.store, like=config, environ={})
    assert kept == config
    assert b"s3cret" not in b"".join(kept.texts.values())
    note_in_force(Rules.of(kept, {}), site.store)
    assert is_in_force(config, site.store)
    site.write("sources", FILES["sources"].replace("s3cret", "other"))
    assert is_in_force(site.read(), site.store)


def test_what_cannot_be_read_any_more_is_not_in_force(site):
    """A note of another version of the program does not keep a service from starting."""
    config = site.take_up()
    write_note(site.store, "configuration in force", "???")
    assert read_in_force(site.store, like=config, environ={}) is None
    site.write("topics", "topics: []\n")
    planned = site.read()
    assert choose_config(planned, site.store, {}) is planned


def test_a_service_starts_with_what_is_in_force(site):
    """Nothing waits at the first start; a change is weighed first, unless it was let go."""
    first = site.read()
    assert choose_config(first, site.store, {}) is first
    site.take_up()
    assert choose_config(first, site.store, {}) is first
    site.write("topics", FILES["topics"].replace("[learning]", "[teaching]"))
    planned = site.read()
    assert choose_config(planned, site.store, {}).topics == first.topics
    approve(planned, site.store)
    assert choose_config(planned, site.store, {}) is planned


def test_leave_is_for_one_change_once(site):
    """It is for the files as they are, and is used up when they are in force."""
    first = site.take_up()
    site.write("topics", FILES["topics"].replace("[learning]", "[teaching]"))
    planned = site.read()
    note_waiting(planned, "it would take out all", site.store)
    assert find_waiting(planned, site.store) == "it would take out all"
    assert find_waiting(first, site.store) is None
    approve(planned, site.store)
    assert find_waiting(planned, site.store) is None
    assert not is_approved(first, site.store)
    site.take_up()
    assert find_waiting(planned, site.store) is None
    assert not is_approved(planned, site.store)
