"""The configuration that a command goes by where its files have problems: the one in force."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from aggregator.config import OWN_SECTIONS, Config, Settings, UsableConfig, load_usable_parts, take_urgent
from aggregator.errors import ConfigError, StoreError
from aggregator.store import Store

_AS_BEFORE = "this goes by the configuration in force, without what they change (but for what is urgent)"
_Choice = Callable[[Config, Store], Config]


def read_usable_config(folder: Path) -> UsableConfig:
    """Return the configuration in ``folder``; where it has problems, with a warning, the one in force.

    Raises ConfigError with every problem where none is kept in the store, or no store is found.
    """
    parts, problems = load_usable_parts(folder, os.environ)
    if not problems:
        return UsableConfig(parts)
    return UsableConfig(_find_kept(parts, problems, lambda in_force, _: in_force), problems)


def read_publishable_config(folder: Path) -> Config:
    """Return the configuration in ``folder``; where it has problems, the one in force with urgent decisions.

    These are taken from what is right of the files. What is wrong is warned of. Raises ConfigError with every
    problem where no configuration is kept in the store.
    """
    parts, problems = load_usable_parts(folder, os.environ)
    if not problems:
        return parts

    def add_urgent(in_force: Config, store: Store) -> Config:
        from aggregator.pipeline.config_in_force import note_urgent  # noqa: PLC0415

        urgent, ids = take_urgent(in_force, parts)
        if ids:
            note_urgent(in_force, urgent, ids, store)
        return urgent

    return _find_kept(parts, problems, add_urgent, what=_AS_BEFORE)


def read_usable_settings(folder: Path) -> Settings:
    """Return the settings in ``folder``, whatever is wrong in other files; else those in force.

    What is wrong is warned of. Raises ConfigError where they have problems and none are kept in the store.
    """
    parts, problems = load_usable_parts(folder, os.environ)
    if problems and _are_settings_wrong(folder, problems):
        return _find_kept(parts, problems, lambda in_force, _: in_force).settings
    if problems:
        _warn(problems, "this needs the settings alone, which are right")
    return parts.settings


def read_storage_settings(folder: Path) -> Settings:
    """Return settings of which only those of ``storage`` are surely what ``folder`` says, with a warning.

    Raises ConfigError where it cannot be told which store is meant.
    """
    parts, problems = load_usable_parts(folder, os.environ)
    if problems:
        _warn(problems, "this only needs to know where the store is")
    return parts.settings


def find_in_force(folder: Path, parts: Config, problems: Sequence[str], store: Store) -> Config | None:
    """Return the configuration in force where files have problems, None where none is kept.

    ``parts`` are what is right of the files: headers, and of the settings where these have no problems what
    is about the machine. Where they have, that is kept, too, but for what says where the store is.
    """
    from aggregator.pipeline.config_in_force import read_in_force  # noqa: PLC0415

    own = ("storage",) if _are_settings_wrong(folder, problems) else OWN_SECTIONS
    return read_in_force(store, like=parts, environ=os.environ, own=own)


def describe_problems(problems: Sequence[str]) -> str:
    """Return how many problems there are, and the first, in words."""
    count, first = len(problems), problems[0]
    return f"a problem: {first}" if count == 1 else f"{count} problems, the first: {first}"


def _are_settings_wrong(folder: Path, problems: Sequence[str]) -> bool:
    return any(one.startswith(str(folder / "settings.yaml")) for one in problems)


def _find_kept(
    parts: Config,
    problems: Sequence[str],
    choose: _Choice,
    *,
    what: str = "this goes by the configuration in force",
) -> Config:
    """Return what is chosen of the configuration in force, and warn; raises ConfigError where none is."""
    # What is seldom needed is imported then: it reads the store.
    from aggregator.cli.stores import open_existing_store  # noqa: PLC0415

    try:
        with open_existing_store(parts) as store:
            in_force = find_in_force(parts.folder, parts, problems, store)
            chosen = choose(in_force, store) if in_force else None
    except StoreError:
        chosen = None
    if chosen is None:
        raise ConfigError(problems)
    _warn(problems, what)
    return chosen


def _warn(problems: Sequence[str], what: str) -> None:
    said = f"the configuration files have {describe_problems(problems)}"
    sys.stderr.write(f"aggregator: {said}; {what}; `aggregator check` has all\n")
