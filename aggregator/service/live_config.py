"""The configuration of a running service: a change is taken up, unless there is a problem in it.

One that takes much out of the feeds waits until an operator lets it go. It is taken up whole or not at all;
but withdrawals, kills and takedowns wait for nothing: they are taken up first, by themselves, and also where
other files, or other entries, have problems.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import structlog

from aggregator.config import Config, EntryCache, Settings, digest_files, load_parts, take_urgent
from aggregator.config.files.file_watch import FileWatch, Stamps, read_stamps
from aggregator.config.typed_commands import complete_commands
from aggregator.errors import StoreError
from aggregator.pipeline.config_in_force import (
    is_approved,
    is_in_force,
    list_urgent,
    note_urgent,
    note_waiting,
)
from aggregator.pipeline.context import Clock
from aggregator.pipeline.plan import FeedPlan, may_differ, weigh_change
from aggregator.pipeline.shared_weighing import ChangeState, ChangeVerdict, SharedWeighing
from aggregator.rules import Rules
from aggregator.store import Store, read_former_sources, sync_sources

FIXED_AT_START = ("storage", "fetch", "server", "workers")
"""Sections of the settings that a running process cannot take up: what they name is open already."""

REPEAT_S = 3600.0
"""Seconds until problems are logged again."""

MAX_LOGGED = 20
"""Problems, or feeds that differ, that are logged at a time."""

WEIGHED_AGAIN_S = 10.0
"""Seconds until it is tried again to tell what a change would do."""

ADVICE = "see `aggregator plan`, and let it go with `aggregator apply`"

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingChange:
    """A configuration that waits to be let go, and why; ``ahead`` are ids of its decisions that do not wait.

    Where it ``is_unweighed``, what it does is told next, and it may not have to wait.
    """

    config: Config
    why: str
    ahead: tuple[str, ...] = ()
    is_unweighed: bool = False


@dataclass(kw_only=True, slots=True)
class LiveConfig:
    """The configuration in ``folder``, of which ``at_start`` are the settings that the process started with.

    ``config`` is what is in force, None: not known, so that no change waits. ``stamps`` are of the files that
    were read last. ``waiting`` is what they say where that waits to be let go; where it could not be told
    what it does, that is tried again at ``weighed_again_at_s``. ``problems`` are why the files as they are
    now are ignored, but for urgent decisions, those ``ahead``; empty where what they say is in force or
    waits. ``digest`` is of what they said when that was read, None for what the process started with;
    ``known`` are its entries. ``weighing`` is how several workers tell each other what a change does, None:
    there are no others.
    """

    folder: Path
    at_start: Settings
    store: Store
    stamps: Stamps
    clock: Clock
    environ: Mapping[str, str]
    now_s: Callable[[], float] = time.monotonic
    weighing: SharedWeighing | None = None
    config: Config | None = None
    waiting: WaitingChange | None = None
    weighed_again_at_s: float = float("-inf")
    problems: tuple[str, ...] = ()
    ahead: tuple[str, ...] = ()
    is_requested: bool = False
    logged_at_s: float = 0
    digest: bytes | None = None
    known: EntryCache = field(default_factory=dict)
    in_force: frozenset[str] = field(init=False)
    watch: FileWatch = field(init=False)

    def __post_init__(self) -> None:
        self.watch = FileWatch.begin(self.stamps, self.now_s())
        self.in_force = frozenset(self.stamps)

    def request_reload(self) -> None:
        """Let the next ``reload`` read the files, changed or not, without waiting for them to stand still."""
        self.is_requested = True

    def reload(self) -> Rules | None:
        """Return the rules of files that have changed and stand still, or of those that were let go.

        None where there are no new ones.

        Problems are logged, and again every hour. Raises StoreError where the store does not take the
        sources; the next call tries again.
        """
        now_s = self.now_s()
        self.watch = self.watch.update(read_stamps(self.folder), now_s)
        is_requested = self.is_requested
        if now_s < self.weighed_again_at_s:
            return self._take_up_waiting()
        waiting, has_rest = self.waiting, self.watch.seen == self.watch.read and not is_requested
        if waiting is not None and waiting.is_unweighed and has_rest:
            return self._log_taken_up(self._weigh(waiting.config))
        if not is_requested and not self.watch.is_due(now_s):
            if self.problems and now_s - self.logged_at_s >= REPEAT_S:
                self._log_problems(now_s)
            return self._take_up_waiting()
        self.is_requested = False  # whoever requests it from now on means a later one
        try:
            rules, is_read = self._read(now_s, is_requested=is_requested)
        except StoreError:
            self.is_requested = self.is_requested or is_requested
            raise
        self.is_requested = self.is_requested or (is_requested and not is_read)
        return rules

    def degradation(self) -> str | None:
        """Return a line for ``/healthz`` if the files are ignored or wait, None if they are in force.

        It names no folder of this machine: whoever asks is told.
        """
        if self.waiting and not self.problems:
            ahead = ", ".join(self.waiting.ahead)
            but = f" (in force already: {ahead})" if ahead else ""
            return f"a change of the configuration waits: {self.waiting.why}{but}: {ADVICE}"
        if not self.problems:
            return None
        count = len(self.problems)
        noun = "problem" if count == 1 else "problems"
        ahead = ", ".join(self.ahead)
        but = f" (in force already: {ahead})" if ahead else ""
        return (
            f"the configuration has {count} {noun} and is left aside{but}: see the log or `aggregator check`"
        )

    def _read(self, now_s: float, *, is_requested: bool) -> tuple[Rules | None, bool]:
        digest = digest_files(self.folder)
        if digest == self.digest and not self.problems and not is_requested:
            self.watch = replace(self.watch, read=self.watch.seen)  # written anew as they were
            return None, True
        config, problems = load_parts(self.folder, self.environ, self.known)
        problems = problems or (() if is_requested else self._describe_vanished())
        if read_stamps(self.folder) != self.watch.seen:
            return None, False  # written to meanwhile: the next call looks again
        rules = self._take_up_right(config) if problems else self._weigh(config)
        self.watch = replace(self.watch, read=self.watch.seen)
        self.problems = problems
        self.digest = None if problems else digest
        if problems:
            self._log_problems(now_s)
            return rules, True
        self.ahead = ()
        return self._log_taken_up(rules), True

    def _weigh(self, config: Config) -> Rules | None:
        """Take up a configuration, or what is urgent in it, or have it wait; return rules taken up."""
        urgent, ids = take_urgent(self.config, config) if self.config else (config, ())
        if ids:
            return self._take_up_urgent(urgent, ids, config)
        may_go = is_approved(config, self.store) or config.settings.site.apply_at_once
        if self.weighing and (told := self.weighing.ask(self.config, config, self.clock())):
            return self._apply(config) if may_go else self._follow(told, config)
        try:
            found = weigh_change(self.store, before=self.config, after=config, now=self.clock())
        except StoreError as error:
            if may_go:
                return self._apply(config)
            self.weighed_again_at_s = self.now_s() + WEIGHED_AGAIN_S
            self._wait(config, f"what it would change cannot be told: {error}", is_unweighed=True)
            raise
        _log_plan(found.plan)
        if self.weighing:
            self.weighing.tell(self.config, config, None if may_go else found.why, self.clock())
        if found.why is None or may_go:
            return self._apply(config)
        note_waiting(config, found.why, self.store)
        self._wait(config, found.why)
        log.warning("config", waits=found.why, advice=complete_commands(ADVICE, self.folder))
        return None

    def _follow(self, told: ChangeVerdict, config: Config) -> Rules | None:
        """Do with a configuration what another worker found, or have it wait until that is told."""
        if told.state is ChangeState.MAY_GO:
            return self._apply(config)
        is_told = told.state is ChangeState.WAITS
        why = told.why if is_told else "another worker is about to tell what it changes"
        self._wait(config, why, is_unweighed=not is_told)
        return None

    def _take_up_right(self, parts: Config) -> Rules | None:
        """Take up the urgent decisions in what is right of files with problems; the rest is left aside."""
        before, files = self.config, self.in_force
        urgent, ids = take_urgent(before, parts) if before else (parts, ())
        if before is None or not ids:
            return None
        note_urgent(before, urgent, ids, self.store)
        rules = self._apply(urgent)  # what waited is weighed anew, with these, once the files are right
        self.in_force, self.ahead = files, list_urgent(urgent, self.store)
        log.info("config", urgent=", ".join(ids), rest="is left aside")
        return rules

    def _take_up_urgent(self, urgent: Config, ids: Sequence[str], config: Config) -> Rules:
        """Take up what is in force with the urgent decisions of a configuration; the rest is weighed next."""
        before, is_all = self.config, not may_differ(urgent, config)
        if before is not None and not is_all:
            note_urgent(before, urgent, ids, self.store)
        rules = self._apply(config if is_all else urgent)
        if not is_all:
            self._wait(config, "what else it changes is not told yet", is_unweighed=True)
        log.info("config", urgent=", ".join(ids), **({} if is_all else {"rest": "is weighed next"}))
        return rules

    def _wait(self, config: Config, why: str, *, is_unweighed: bool = False) -> None:
        ahead = list_urgent(self.config, self.store) if self.config else ()
        self.waiting = WaitingChange(config=config, why=why, ahead=ahead, is_unweighed=is_unweighed)

    def _log_taken_up(self, rules: Rules | None) -> Rules | None:
        """Log that a whole configuration is in force, once /healthz says so, too."""
        if rules is not None and self.waiting is None:
            log.info("config", sources=len(rules.sources), topics=len(rules.topics))
        return rules

    def _take_up_waiting(self) -> Rules | None:
        """Take up what waits, once it was let go or somebody published it."""
        if self.waiting is None:
            return None
        config = self.waiting.config
        if not is_approved(config, self.store) and not is_in_force(config, self.store):
            return None
        rules = self._apply(config)
        log.info("config", sources=len(config.sources), topics=len(config.topics), let_go=True)
        return rules

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
        former = Rules.of(self.config, read_former_sources(self.store)).judging if self.config else None
        sync_sources(self.store, config.sources, now=self.clock(), asked_as=config.settings.asked_as)
        rules = Rules.of(config, read_former_sources(self.store), former=former)
        self.config, self.waiting, self.weighed_again_at_s = config, None, float("-inf")
        self.in_force = frozenset(self.watch.seen)
        return rules

    def _log_problems(self, now_s: float) -> None:
        self.logged_at_s = now_s
        for problem in self.problems[:MAX_LOGGED]:
            log.error("config", problem=problem)
        more = len(self.problems) - MAX_LOGGED
        if more > 0:
            log.error("config", problem=f"and {more} more: see `aggregator check`")


def _log_plan(plan: FeedPlan | None) -> None:
    """Log how many items enter, leave and move in each feed."""
    feeds = plan.feeds if plan else ()
    for one in feeds[:MAX_LOGGED]:
        log.info(
            "config", feed=one.feed, before=one.before, after=one.after,
            enter=len(one.entering), leave=len(one.leaving), move=len(one.moving), change=len(one.changing),
        )  # fmt: skip
    if len(feeds) > MAX_LOGGED:
        log.info("config", feeds=len(feeds), advice="`aggregator plan` has all before they are taken up")


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
