"""One round of alerts: what is wrong is looked for, and who was not told of it is told."""

from datetime import timedelta

from aggregator.model.clock_skew import is_behind
from aggregator.pipeline.alerts.feed import write_operations
from aggregator.pipeline.alerts.look import look_for_silence, look_often
from aggregator.pipeline.alerts.tell import meet_channels, tell_channels
from aggregator.publish.tree_paths import OPERATIONS
from aggregator.service.state import ServiceState
from aggregator.store import MarkKind, find_oldest_mark, read_outages

SILENCE_EVERY_S = 600.0
PUBLISHES_WITHIN = timedelta(minutes=10)
"""How long changes wait for a publication at the most: one that takes hundreds of topics takes minutes."""
PUBLISHED = (MarkKind.ARTICLE, MarkKind.STORY, MarkKind.TOPIC, MarkKind.PAGE, MarkKind.SITE)


def tell_operators(state: ServiceState, now_s: float) -> None:
    """Look for what needs a person, and tell each channel; ``now_s`` is by ``time.monotonic``.

    Raises StoreError. A clock that is years behind says nothing of how long anything lasts.
    """
    rules, store, clock, done = state.context.rules, state.context.store, state.context.clock, state.alerts
    if is_behind(clock()):
        return
    meet_channels(rules=rules, store=store)
    events = look_often(
        state.context.look_at_site(),
        publishing=_find_publishing_problem(state),
        clock=state.clock_watch.find_problem(),
    )
    if done.silence_at_s is None or read_outages(store, clock()):
        done.silence_at_s = now_s  # what was published meanwhile is to be polled first
    if now_s - done.silence_at_s >= SILENCE_EVERY_S:
        events += look_for_silence(state.context.look_at_site())
        done.silence_at_s = now_s
    if events or not (rules.feeds_dir / OPERATIONS).exists():
        write_operations(state.context.look_at_site())
    if events or done.is_untold:
        done.is_untold = not tell_channels(rules=rules, store=store, now=clock)


def _find_publishing_problem(state: ServiceState) -> str | None:
    """Return why what changed is not published, None where it is."""
    if state.publication.failure is not None:
        return "not all could be published: see the log, and `aggregator verify`"
    now, done = state.context.clock(), state.alerts
    oldest = find_oldest_mark(state.context.store, PUBLISHED, now)
    if oldest is None:
        done.oldest_mark = None
    elif done.oldest_mark is None or done.oldest_mark[0] != oldest:
        done.oldest_mark = oldest, now
    since_at = done.oldest_mark[1] if done.oldest_mark else now
    if now - since_at < PUBLISHES_WITHIN:
        return None
    return f"changes wait since {since_at:%H:%M} UTC: see the log"
