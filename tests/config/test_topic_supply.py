"""Topics that no article can have."""

from pathlib import Path

import pytest

from aggregator.config.checks.topic_supply import topics_without_supply
from aggregator.config.keys.settings import Settings
from aggregator.config.loading import Config
from aggregator.model import Topic
from tests.builders import source
from tests.integration.site import SiteFolder, run_program

BARE = Topic(id="bare", name="Bare")


def config(*topics, sources=()):
    return Config(folder=Path(), settings=Settings(), sources=tuple(sources), topics=topics)


@pytest.mark.parametrize(
    ("topics", "sources"),
    [
        ([Topic(id="bare", name="Bare", keywords=("lava",))], []),
        ([BARE], [source("a", topics=("bare",), assign=True)]),
        ([BARE, Topic(id="below", name="Below", parent="bare", keywords=("lava",))], []),
        (
            [
                BARE,
                Topic(id="below", name="Below", parent="bare"),
                Topic(id="deep", name="Deep", parent="below"),
            ],
            [source("a", topics=("deep",), assign=True)],
        ),
        ([], []),
    ],
    ids=["keywords", "assigned", "below", "deep below", "none"],
)
def test_a_topic_with_any_supply_is_none(topics, sources):
    """Keywords, a source that assigns it, and a topic below it give it articles."""
    assert topics_without_supply(config(*topics, sources=sources)) == ()


def test_a_topic_without_any_is_found():
    """A source that only narrows its topics gives none, nor does the parent give its children any."""
    topics = (Topic(id="wide", name="Wide", keywords=("lava",)), Topic(id="bare", name="Bare", parent="wide"))
    narrow = source("a", topics=("bare",))
    assert topics_without_supply(config(*topics, sources=[narrow])) == ("bare",)


def test_check_warns_of_it(tmp_path):
    """It is no problem: the exit code stays 0."""
    site = SiteFolder(tmp_path, [], [{"id": "bare", "name": "Bare"}])
    reported = run_program("check", "--config", str(site.config)).stdout
    assert "topics.yaml: bare can have no articles: it has no keywords" in reported
