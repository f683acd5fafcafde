"""Monograms of publishers that pages show: the same whoever shows them first, and there while they are shown."""

from datetime import timedelta

import pytest

from aggregator.config import Config, Settings
from aggregator.enrich import draw_monogram
from aggregator.model import Changes, Provider, Sighting, SourceState
from aggregator.pipeline.publish.monograms import draw_monograms
from aggregator.pipeline.publish.publication import publish
from aggregator.pipeline.site import Site
from aggregator.publish.tree_paths import name_monogram
from aggregator.rules import Rules
from aggregator.store import MarkKind, open_store, retire_source, save_marks, write_note
from tests.builders import article, provider
from tests.empty_store import put_empty_store
from tests.integration.machine import START

DOMAIN = "p1.example"


@pytest.fixture
def store(tmp_path):
    """An empty store."""
    with open_store(put_empty_store(tmp_path / "aggregator.db")) as opened:
        yield opened


def rules_of(tmp_path, *providers, is_compressed=False):
    """Rules that publish whatever is there, compressed or not, with these providers listed."""
    settings = Settings.model_validate(
        {
            "storage": {"feeds_dir": str(tmp_path / "feeds")},
            "publish": {"min_items": 1, "compressed": is_compressed},
            "images": {"sizes": False, "logos": False},
            "enrich": {"pages": False},
        }
    )
    return Rules.of(Config(folder=tmp_path, settings=settings, providers=providers), {})


@pytest.fixture
def monogram(tmp_path, store):
    """The file of the monogram of a publisher whose one article is published."""
    shown = article(
        1,
        at=START,
        source_id="s",
        topics=(),
        quality=90,
        language="en",
        provider=provider(DOMAIN),
        excerpt="A word. " * 20,
    )
    state = SourceState(source_id="s", polled_at=START, next_poll_at=START + timedelta(days=1))
    seen = Sighting(source_id="s", article_id=shown.id, entry_id=shown.entry_id)
    store.save_poll(state, [shown], lambda _: Changes(inserted=(shown,), sightings=(seen,)))
    write_note(store, "judged by", rules_of(tmp_path).digest)
    publish(Site(rules=rules_of(tmp_path), store=store, now=START))
    path = tmp_path / "feeds" / name_monogram(DOMAIN)
    assert path.is_file()
    return path


def test_a_monogram_that_was_removed_is_written_when_the_tree_is_checked(tmp_path, store, monogram):
    """It has the same bytes again, and without a check nothing is looked at."""
    content = monogram.read_bytes()
    monogram.unlink()
    publish(Site(rules=rules_of(tmp_path), store=store, now=START), is_tree_checked=False)
    assert not monogram.exists()
    publish(Site(rules=rules_of(tmp_path), store=store, now=START))
    assert monogram.read_bytes() == content


def test_a_monogram_that_nothing_shows_is_removed_once_it_is_marked(tmp_path, store, monogram):
    """The one that a page shows stays, and so does a drawing of the operator's."""
    ours, theirs = monogram.with_name("p2.example.svg"), monogram.with_name("p3.example.svg")
    ours.write_text(draw_monogram("Two", "p2.example"))
    theirs.write_text("<svg/>")
    save_marks(store, MarkKind.MONOGRAM, [DOMAIN, "p2.example", "p3.example"])
    publish(Site(rules=rules_of(tmp_path), store=store, now=START))
    assert (monogram.is_file(), ours.exists(), theirs.exists()) == (True, False, True)


def test_a_monogram_goes_with_its_articles_also_where_all_files_are_written_again(tmp_path, store, monogram):
    """Which publishers pages showed is still known where other settings make every file be written again."""
    retire_source(store, "s", with_articles=True)
    publish(Site(rules=rules_of(tmp_path, is_compressed=True), store=store, now=START))
    assert not monogram.exists()


def test_a_monogram_that_is_marked_goes_also_where_all_files_are_written_again(tmp_path, store, monogram):
    """What was left over before is not forgotten when other settings make every file be written again."""
    left_over = monogram.with_name("p2.example.svg")
    left_over.write_text(draw_monogram("Two", "p2.example"))
    save_marks(store, MarkKind.MONOGRAM, ["p2.example"])
    publish(Site(rules=rules_of(tmp_path, is_compressed=True), store=store, now=START))
    assert (monogram.is_file(), left_over.exists()) == (True, False)


def test_a_listed_name_goes_before_all_others(tmp_path, store):
    """Of a publisher without any name its domain is what counts."""
    listed = Provider(domain=DOMAIN, name="Xylophone")
    for rules, name in ((rules_of(tmp_path, listed), "Xylophone"), (rules_of(tmp_path), DOMAIN)):
        drawn = draw_monograms([DOMAIN], rules=rules, store=store)
        assert drawn == {name_monogram(DOMAIN): draw_monogram(name, DOMAIN).encode()}
