"""The list of enrichment steps: what is enabled is run, in its order, and nothing without pages."""

import asyncio
from datetime import UTC, datetime

from aggregator.config import Config, Settings
from aggregator.fetch import FetchLimits
from aggregator.fetch.feed import Fetcher
from aggregator.fetch.pages import PageFetcher
from aggregator.pipeline.context import Context
from aggregator.pipeline.enrich.steps import STEPS, Stage, run_steps
from aggregator.rules import Rules
from aggregator.store import open_store
from tests.empty_store import put_empty_store


def run_stages(tmp_path, *, has_pages, **settings):
    """Run both stages on an empty store, and return what each counted."""
    settings = {"storage": {"feeds_dir": str(tmp_path / "feeds")}, **settings}
    rules = Rules.of(Config(folder=tmp_path, settings=Settings.model_validate(settings)), {})

    async def run(store):
        async with (
            Fetcher(FetchLimits()) as fetcher,
            PageFetcher(FetchLimits(), host_delay_s=0, robot="aggregator", sibling=fetcher) as pages,
        ):
            context = Context(
                rules=rules,
                store=store,
                fetcher=fetcher,
                pages=pages if has_pages else None,
                clock=lambda: datetime.now(UTC),
            )
            return [dict((await run_steps(stage, context)).counts) for stage in Stage]

    with open_store(put_empty_store(tmp_path / "aggregator.db")) as store:
        return asyncio.run(run(store))


def test_each_stage_runs_its_enabled_steps(tmp_path):
    """What each step counts has a name of its own, which is what the log has of it."""
    assert len({step.counts for step in STEPS}) == len(STEPS)
    enabled = run_stages(tmp_path, has_pages=True, enrich={"pages": True})
    assert enabled == [{"articles": 0, "disappeared": 0}, {"pictures": 0, "logos": 0}]


def test_a_disabled_step_is_not_run(tmp_path):
    """The operator switched pages and logos off: pictures are checked all the same."""
    off = {"enrich": {"pages": False}, "images": {"logos": False}}
    assert run_stages(tmp_path, has_pages=True, **off) == [{}, {"pictures": 0}]


def test_nothing_is_found_out_where_no_pages_are_read(tmp_path):
    """Who polls without a fetcher of pages asks publishers for nothing but feeds."""
    assert run_stages(tmp_path, has_pages=False, enrich={"pages": True}) == [{}, {}]
