"""The configuration of a running service: a change is taken up, unless there is a problem in it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import structlog

from aggregator.config import Config, KnownEntries, Settings, digest_files, load_config
from aggregator.config.file_watch import FileWatch, Stamps, read_stamps
from aggregator.errors import ConfigError, StoreError
from aggregator.pipeline.context import Clock
from aggregator.rules import Rules
from aggregator.store import Store, read_former_sources, sync_sources

FIXED_AT_START = ("storage", "fetch", "server")
"""Sections of the settings that a running process cannot take up: what they name is open already."""

REPEAT_S = 3600.0
"""Seconds until problems are logged again."""

MAX_LOGGED = 20
"""Problems that are logged at a time."""

log = structlog.get_logger()


@dataclass(kw_only=True, slots=True)
class LiveConfig:
    """The configuration in ``folder``, of which ``at_start`` are the settings that the process started with.

    ``stamps`` are of the files that it was read from. ``problems`` are why the files as they are now are
    ignored; empty where what they say is in force. ``digest`` is of what they said when that was taken up,
    None for what the process started with; ``known`` are its entries.
    """

    folder: Path
    at_start: Settings
    store: Store
    stamps: Stamps
    clock: Clock
    environ: Mapping[str, str]
    now_s: Callable[[], float] = time.monotonic
    problems: tuple[str, ...] = ()
    is_requested: bool = False
    logged_at_s: float = 0
    digest: bytes | None = None
    known: KnownEntries = field(default_factory=dict)
    in_force: frozenset[str] = field(init=False)
    watch: FileWatch = field(init=False)

    def __post_init__(self) -> None:
        self.watch = FileWatch.begin(self.stamps, self.now_s())
        self.in_force = frozenset(self.stamps)

    def request_reload(self) -> None:
        """Let the next ``reload`` read the files, changed or not, without waiting for them to stand still."""
        self.is_requested = True

    def reload(self) -> Rules | None:
        """Return the rules of files that have changed and stand still; None where there are no new ones.

        Problems are logged, and again every hour. Raises StoreError where the store does not take the
        sources; the next call tries again.
        """
        now_s = self.now_s()
        self.watch = self.watch.update(read_stamps(self.folder), now_s)
        is_requested = self.is_requested
        if not is_requested and not self.watch.is_due(now_s):
            if self.problems and now_s - self.logged_at_s >= REPEAT_S:
                self._log_problems(now_s)
            return None
        self.is_requested = False  # whoever requests it from now on means a later one
        try:
            rules, is_read = self._read(now_s, is_requested=is_requested)
        except StoreError:
            self.is_requested = self.is_requested or is_requested
            raise
        self.is_requested = self.is_requested or (is_requested and not is_read)
        return rules

    def degradation(self) -> str | None:
        """Return a line for ``/healthz`` if the files are ignored, None if they are in force."""
        if not self.problems:
            return None
        count = len(self.problems)
        noun = "problem" if count == 1 else "problems"
        return f"the configuration has {count} {noun} and is left aside: see the log or aggregator check"

    def _read(self, now_s: float, *, is_requested: bool) -> tuple[Rules | None, bool]:
        digest = digest_files(self.folder)
        if digest == self.digest and not self.problems and not is_requested:
            self.watch = replace(self.watch, read=self.watch.seen)  # written anew as they were
            return None, True
        try:
            config, problems = (
                load_config(self.folder, self.environ, self.known),
                () if is_requested else self._describe_vanished(),
            )
        except ConfigError as error:
            config, problems = None, error.problems
        if read_stamps(self.folder) != self.watch.seen:
            return None, False  # written to meanwhile: the next call looks again
        rules = self._apply(config) if config and not problems else None
        self.watch = replace(self.watch, read=self.watch.seen)
        self.problems = problems
        self.digest = None if problems else digest
        if problems:
            self._log_problems(now_s)
        if rules is not None and config is not None:  # said once /healthz says so, too
            log.info("config", sources=len(config.sources), topics=len(config.topics))
        return rules, True

    def _describe_vanished(self) -> tuple[str, ...]:
        """Describe which optional files are gone: an editor or a copy may be about to write them."""
        gone = sorted(self.in_force - self.watch.seen.keys())
        return tuple(
            f"{self.folder / name}: the file is gone, and what it said stays in force; "
            "a start or SIGHUP goes on without it"
            for name in gone
        )

    def _apply(self, config: Config) -> Rules:
        config = _keep_settings_of_start(config, self.at_start)
        sync_sources(self.store, config.sources, now=self.clock(), asked_as=config.settings.asked_as)
        rules = Rules.of(config, read_former_sources(self.store))
        self.in_force = frozenset(self.watch.seen)
        return rules

    def _log_problems(self, now_s: float) -> None:
        self.logged_at_s = now_s
        for problem in self.problems[:MAX_LOGGED]:
            log.error("config", problem=problem)
        more = len(self.problems) - MAX_LOGGED
        if more > 0:
            log.error("config", problem=f"and {more} more: see `aggregator check`")


def _keep_settings_of_start(config: Config, at_start: Settings) -> Config:
    """Return ``config`` with the store, the addresses and the limits that the process was started with."""
    fresh = config.settings
    fixed = {
        key: getattr(at_start, key) for key in FIXED_AT_START if getattr(fresh, key) != getattr(at_start, key)
    }
    if fixed:
        log.warning(
            "config", problem=f"{', '.join(fixed)} of settings.yaml: changed, but only a start applies it"
        )
    return replace(config, settings=fresh.model_copy(update=fixed))
