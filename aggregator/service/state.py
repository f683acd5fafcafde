"""What the jobs of a running service share: what they work with, what is under way, what is still to do."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Flag, auto
from functools import partial

from aggregator.fetch.form import FormPoster
from aggregator.pipeline.clock_correction import CorrectedClock
from aggregator.pipeline.context import Context
from aggregator.pipeline.grouping import StoryDesk
from aggregator.pipeline.poll.report import Poll
from aggregator.secured import SecuredKeys
from aggregator.service.clock_watch import ClockWatch
from aggregator.service.live_config import LiveConfig
from aggregator.service.metrics import Metrics
from aggregator.service.network_watch import NetworkWatch
from aggregator.service.polls_under_way import PollsUnderWay
from aggregator.service.store_standing import StoreStanding
from aggregator.service.store_watch import StoreWatch
from aggregator.service.tree_watch import TreeWatch
from aggregator.service.upload_state import UploadState
from aggregator.store import ALL, find_sqlite_file

LAGS_KEPT = 200
"""Of each topic."""


class Work(Flag):
    """What is still to do: each job returns what has to follow what it changed."""

    NONE = 0
    GROUP = auto()
    """Articles have no story yet, or editors decided on stories."""
    PUBLISH = auto()
    """The feeds may have to show something else."""
    PICTURES = auto()
    """Pictures or logos were not checked yet."""
    PRUNE = auto()
    """What is past its time could not be removed yet."""
    PAGES = auto()
    """Pages of articles may have to be read."""
    SUBSCRIBE = auto()
    """Sources may announce hubs that nobody has subscribed at, or not announce those any more."""


def work_after_storing(*, new: int, edited: int) -> Work:
    """Return what has to follow when articles were stored."""
    work = Work.PUBLISH | Work.PAGES if new or edited else Work.NONE
    return work | Work.GROUP if new else work


@dataclass(kw_only=True, slots=True)
class PublicationState:
    """What the last publication left: its first error, if any, and when it ended, None: none did yet.

    Records are written again at ``records_again_at_s`` at the earliest, by the event loop's clock, and those
    that only have another heat at ``records_cool_at_s``. ``lags_s`` has by topic for how long its newest
    articles were known before they were in its feeds. ``has_lost_store``: it failed as the store did.
    """

    failure: str | None = None
    has_lost_store: bool = False
    lags_s: dict[str, deque[float]] = field(default_factory=dict)
    ended_at_s: float | None = None
    records_again_at_s: float = float("-inf")
    records_cool_at_s: float = float("-inf")

    def note_lags(self, lags_s: Iterable[tuple[Sequence[str], float]]) -> None:
        """Note for how many seconds new articles were known before feeds had them, with their topics."""
        for topic_ids, lag_s in lags_s:
            for topic_id in (ALL, *topic_ids):
                self.lags_s.setdefault(topic_id, deque(maxlen=LAGS_KEPT)).append(lag_s)


@dataclass(kw_only=True, slots=True)
class AlertRound:
    """When it was looked for silence, by ``time.monotonic``.

    ``is_untold``: a channel could not be told all yet. ``oldest_mark`` is that of what is to be published,
    and when it was first seen to be.
    """

    silence_at_s: float | None = None
    is_untold: bool = True
    oldest_mark: tuple[int, datetime] | None = None


@dataclass(kw_only=True, slots=True)
class ServiceState:
    """What the jobs work with, and leave to each other.

    ``live`` reads a changed configuration; None: the one in ``context`` stays. ``poster`` sends requests to
    hubs; None: nothing is subscribed. ``ticked_at_s`` is when the service last began to look for sources that
    are due, None: not yet, and ``polled_at_s`` when it last had, or the store kept it from that,
    in seconds of ``time.monotonic``.
    ``newest_mark`` is the newest that was looked at for work of other processes, ``decisions_ended_at`` the
    time up to which it was looked for decisions that ended. ``on_work`` is called with work that polls made.
    So many ``helpers`` may write topics when this publishes; ``offer_seen`` is the offer of another that was
    looked at last, by its id.
    Those who scrape ``metrics`` get a series for each source where it ``has_metrics_by_source``.
    """

    context: Context
    live: LiveConfig | None = None
    poster: FormPoster | None = None
    keys: SecuredKeys = field(default_factory=SecuredKeys)
    story_desk: StoryDesk = field(default_factory=StoryDesk)
    metrics: Metrics = field(default_factory=Metrics)
    has_metrics_by_source: bool = False
    publication: PublicationState = field(default_factory=PublicationState)
    upload: UploadState = field(default_factory=UploadState)
    work: Work = Work.GROUP | Work.PUBLISH | Work.PAGES | Work.SUBSCRIBE
    ticked_at_s: float | None = None
    polled_at_s: float = float("-inf")
    newest_mark: int = 0
    decisions_ended_at: datetime | None = None
    has_removed_orphans: bool = False
    helpers: int = 0
    offer_seen: str = ""
    alerts: AlertRound = field(default_factory=AlertRound)
    on_work: Callable[[Work], None] = lambda _: None
    polls: PollsUnderWay = field(init=False)
    clock_watch: ClockWatch = field(init=False)
    tree_watch: TreeWatch = field(init=False)
    store_watch: StoreWatch = field(init=False)
    store_standing: StoreStanding = field(init=False)
    network_watch: NetworkWatch = field(init=False)

    def __post_init__(self) -> None:
        clock = CorrectedClock(machine=self.context.clock)
        context = self.context = replace(self.context, clock=clock)
        if self.live is not None:
            self.live.clock = clock
        self.polls = PollsUnderWay(
            store=context.store,
            on_done=self._add_work,
            on_parsed=partial(self.metrics.record_seconds, "parse"),
        )
        self.clock_watch = ClockWatch(store=context.store, clock=clock, lag=context.fetcher.clock_lag)
        self.tree_watch = TreeWatch(folder=context.rules.feeds_dir)
        self.store_watch = StoreWatch(file=find_sqlite_file(context.store.url))
        self.store_standing = StoreStanding(store=context.store, on_back=self.polls.resume)
        self.network_watch = NetworkWatch(
            store=context.store, clock=context.clock, outage=context.fetcher.outage
        )

    def _add_work(self, poll: Poll) -> None:
        self.metrics.record_poll(poll)
        work = work_after_storing(new=poll.new, edited=poll.edited)
        if poll.has_other_hub:
            work |= Work.SUBSCRIBE
        self.work |= work
        self.on_work(work)
