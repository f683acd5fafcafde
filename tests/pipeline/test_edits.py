"""An edit that comes in while an article is judged again or enriched is never overwritten."""

import os
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from aggregator.config import load_config
from aggregator.enrich import ProviderRegistry
from aggregator.model import Sighting, SourceState
from aggregator.pipeline.publish.publication import publish
from aggregator.pipeline.site import Site
from aggregator.rules import Rules
from aggregator.store import Edit, count_articles, open_store, retire_source, save_edits, save_enriched
from tests.builders import article, inserting
from tests.integration.site import SiteFolder

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
TOPICS = [{"id": "ml", "name": "Machine learning", "keywords": ["comet"]}]


class BusyRegistry(ProviderRegistry):
    """Looks a publisher up while something else happens, once."""

    def __init__(self, providers, happens):
        super().__init__(providers)
        self._happens = [happens]

    def refresh(self, article):
        """Return the article as it is listed, after what happens meanwhile."""
        while self._happens:
            self._happens.pop()()
        return super().refresh(article)


@pytest.fixture
def site(tmp_path):
    """A site with one topic and one source."""
    return SiteFolder(tmp_path, [{"id": "daily", "url": "https://daily.example/feed"}], TOPICS)


@pytest.fixture
def url(site):
    """The address of the site's database."""
    return f"sqlite:///{site.folder}/data/aggregator.db"


@pytest.fixture
def store(url):
    """The site's store, with three articles."""
    with open_store(url) as opened:
        articles = [article(n, topics=(), quality=0) for n in (1, 2, 3)]
        opened.save_poll(SourceState(source_id="daily"), articles, inserting(*articles))
        yield opened


def publish_while(happens, site, store):
    """Publish under new rules, and let something happen between reading the articles and writing them."""
    config = load_config(site.config, os.environ)
    busy = replace(Rules.of(config, {}), registry=BusyRegistry(config.providers, happens))
    publish(Site(rules=busy, store=store, now=NOW))


def test_an_edit_that_comes_in_while_topics_are_applied_stays(site, url, store):
    """The edited article keeps its new title, and is judged by it; the others are judged as well."""

    def edit():
        with open_store(url) as other:
            other.update_articles([replace(other.article("id-2"), title="A comet is seen")])

    publish_while(edit, site, store)
    assert [store.article(f"id-{n}").title for n in (1, 2, 3)] == ["Title 1", "A comet is seen", "Title 3"]
    assert [store.article(f"id-{n}").topics for n in (1, 2, 3)] == [(), ("ml",), ()]
    assert all(store.article(f"id-{n}").quality for n in (1, 2, 3))


def test_an_article_that_is_removed_while_topics_are_applied_stays_removed(site, url, store):
    """What was pruned or rejected meanwhile does not come back."""

    def remove():
        with open_store(url) as other:
            retire_source(other, "daily", with_articles=True)

    publish_while(remove, site, store)
    assert count_articles(store) == 0


def test_a_source_that_is_added_while_topics_are_applied_counts(site, url, store):
    """The article is judged as carried by the sources that it has by then."""

    def carry():
        again = Sighting(
            source_id="wire", article_id="id-1", title_key="title 1", digest="d", first_seen_at=NOW
        )
        with open_store(url) as other:
            changes = replace(inserting()(None), sightings=(again,))
            other.save_poll(SourceState(source_id="wire"), [article(1)], lambda _: changes)

    site.write(
        "sources",
        {
            "sources": [
                {"id": "daily", "url": "https://daily.example/feed"},
                {"id": "wire", "url": "https://wire.example/feed", "topics": ["ml"], "assign": True},
            ]
        },
    )
    publish_while(carry, site, store)
    assert [store.article(f"id-{n}").topics for n in (1, 2)] == [("ml",), ()]


def test_edits_are_written_where_nothing_changed(url, store):
    """Of several, those of changed articles are named; removed ones are neither written nor stop the rest."""
    before = [store.article(f"id-{n}") for n in (1, 2, 3)]
    edits = [Edit(before=a, after=replace(a, quality=80), carriers=("daily",)) for a in before]
    with open_store(url) as other:
        other.update_articles([replace(before[0], title="Corrected")])
    assert save_edits(store, edits) == ("id-1",)
    assert [(store.article(a.id).title, store.article(a.id).quality) for a in before] == [
        ("Corrected", 0),
        ("Title 2", 80),
        ("Title 3", 80),
    ]
    assert save_edits(store, []) == ()


@pytest.mark.parametrize("carriers", [(), ("daily", "wire"), ("wire",)])
def test_what_was_found_is_not_kept_where_other_sources_carry_it_by_now(store, carriers):
    """Its topics and quality were judged for those that carried it before."""
    before = store.article("id-1")
    after = replace(before, excerpt="From its page.", enriched_at=NOW)
    assert not save_enriched(store, Edit(before=before, after=after, carriers=carriers), {})
    assert save_enriched(store, Edit(before=before, after=after, carriers=("daily",)), {})
    assert store.article("id-1") == after
