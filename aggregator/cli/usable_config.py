"""The configuration that a command goes by where its files have problems: the one in force."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from aggregator.config import Config, load_usable_parts, take_urgent
from aggregator.errors import ConfigError, StoreError
from aggregator.store import Store

_Choice = Callable[[Config, Store], Config | None]


def read_usable_config(folder: Path) -> tuple[Config, bool]:
    """Return the configuration in ``folder``, and whether it is right: else a warning, and the one in force.

    Raises ConfigError with every problem where none is kept in the store, or no store is found.
    """
    parts, problems = load_usable_parts(folder, os.environ)
    if not problems:
        return parts, True
    return _find_kept(parts, problems, lambda in_force, _: in_force), False


def read_publishable_config(folder: Path) -> Config:
    """Return the configuration in ``folder``; where it has problems, the one in force with urgent decisions.

    These are taken from what is right of the files. Raises ConfigError with every problem where there are
    none, or no configuration is kept in the store.
    """
    parts, problems = load_usable_parts(folder, os.environ)
    if not problems:
        return parts

    def add_urgent(in_force: Config, store: Store) -> Config | None:
        from aggregator.pipeline.config_in_force import list_urgent, note_urgent  # noqa: PLC0415

        urgent, ids = take_urgent(in_force, parts)
        if ids:
            note_urgent(in_force, urgent, ids, store)
        return urgent if ids or list_urgent(in_force, store) else None

    return _find_kept(parts, problems, add_urgent)


def _find_kept(parts: Config, problems: Sequence[str], choose: _Choice) -> Config:
    """Return what is chosen of the configuration in force, and warn; raises ConfigError where none is."""
    # What is seldom needed is imported then: it reads the store.
    from aggregator.cli.stores import open_existing_store  # noqa: PLC0415
    from aggregator.pipeline.config_in_force import read_in_force  # noqa: PLC0415

    try:
        with open_existing_store(parts) as store:
            in_force = read_in_force(store, like=parts, environ=os.environ)
            chosen = choose(in_force, store) if in_force else None
    except StoreError:
        chosen = None
    if chosen is None:
        raise ConfigError(problems)
    count, first = len(problems), problems[0]
    what = f"a problem: {first}" if count == 1 else f"{count} problems, the first: {first}"
    advice = "this goes by the configuration in force; `aggregator check` has all"
    sys.stderr.write(f"aggregator: the configuration files have {what}; {advice}\n")
    return chosen
