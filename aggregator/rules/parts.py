"""The parts of the rules that some jobs alone work with; built once, pure."""

from dataclasses import dataclass, field
from datetime import timedelta

from aggregator.cadence import Intervals
from aggregator.config import Config, Settings
from aggregator.config.keys.fetch_keys import PollingKeys
from aggregator.stories import Thresholds
from aggregator.stories.editor_decisions import StoryDecisions
from aggregator.websub import choose_callback_base


@dataclass(frozen=True, kw_only=True, slots=True)
class PollingRules:
    """How often a source is polled, how many of one service at a time, and what of it is no news.

    That is an entry of the age of ``backlog`` and more, when it is first seen.
    """

    intervals: Intervals
    per_service: int
    backlog: timedelta

    @classmethod
    def of(cls, settings: Settings) -> "PollingRules":
        """Return what the settings have for it."""
        return cls(
            intervals=_choose_intervals(settings.polling),
            per_service=settings.fetch.per_domain,
            backlog=timedelta(days=settings.polling.backlog_days),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryRules:
    """How alike articles of one story are, what editors decided on stories, and how they are shown.

    ``also_covered`` is how many other publishers an item of a feed names.
    """

    thresholds: Thresholds
    also_covered: int
    decisions: StoryDecisions = field(default_factory=StoryDecisions)

    @classmethod
    def of(cls, config: Config) -> "StoryRules":
        """Return what the configuration has for it."""
        return cls(
            thresholds=_choose_thresholds(config),
            also_covered=config.settings.stories.also_covered,
            decisions=StoryDecisions(config.decisions),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class WebSubRules:
    """What the addresses of callbacks start with, None where hubs cannot reach us, and what hubs are told.

    ``lease`` is how long a subscription at a hub is to last; ``publish_hubs`` are told which of our feeds
    changed.
    """

    callback_url: str | None
    lease: timedelta
    publish_hubs: tuple[str, ...]

    @classmethod
    def of(cls, settings: Settings) -> "WebSubRules":
        """Return what the settings have for it."""
        return cls(
            callback_url=choose_callback_url(settings),
            lease=timedelta(days=settings.websub.lease_days),
            publish_hubs=tuple(dict.fromkeys(settings.websub.publish_hubs)),
        )


def choose_callback_url(settings: Settings) -> str | None:
    """Return what the addresses of callbacks start with; None where WebSub is off or hubs cannot reach us."""
    if not settings.websub.enabled:
        return None
    return choose_callback_base(settings.websub.public_url, settings.site.base_url)


def _choose_intervals(polling: PollingKeys) -> Intervals:
    return Intervals(
        default=timedelta(minutes=polling.default_interval_min),
        minimum=timedelta(minutes=polling.min_interval_min),
        maximum=timedelta(minutes=polling.max_interval_min),
        retry_after_cap=timedelta(days=polling.retry_after_cap_days),
    )


def _choose_thresholds(config: Config) -> Thresholds:
    stories = config.settings.stories
    return Thresholds(
        window_h=stories.window_h,
        link_days=stories.follow_up_days,
        join=stories.join,
        join_excerpt=stories.join_excerpt,
        merge=stories.merge,
        merge_excerpt=stories.merge_excerpt,
    )
