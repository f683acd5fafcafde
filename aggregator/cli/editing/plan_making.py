"""A plan as a command makes it: with the configuration in force, and a progress bar on a terminal."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from aggregator.cli.options import clock
from aggregator.cli.stores import open_existing_store
from aggregator.cli.terminal.progress_bar import show_progress_bar
from aggregator.config import Config
from aggregator.machine.memory import tune_garbage_collection
from aggregator.pipeline.config_in_force import read_in_force
from aggregator.pipeline.plan import STEPS, FeedPlan, OnStep, make_plan


def plan_with_progress(config: Config) -> FeedPlan:
    """Return the plan of a configuration, compared with the one in force, and show its steps."""
    before, url = _read_in_force(config), config.settings.database_url
    tune_garbage_collection()  # a plan makes millions of records, and keeps most of them
    with show_steps() as on_step:
        return make_plan(url, before=before, after=config, now=clock(), on_step=on_step)


@contextmanager
def show_steps() -> Iterator[OnStep]:
    """Give what is called with the steps of a plan, and shows them on a terminal."""
    with show_progress_bar("planning", len(STEPS)) as bar:

        def show_step(step: str) -> None:
            bar.move(STEPS.index(step), len(STEPS))
            bar.note(step)

        yield show_step


def _read_in_force(config: Config) -> Config | None:
    with open_existing_store(config) as store:
        in_force = read_in_force(store, like=config, environ=os.environ)
    if in_force is None:
        sys.stderr.write(
            "aggregator: what configuration is in force is not known before this version published once: "
            "it is compared with the feeds as they were arranged last\n"
        )
    return in_force
