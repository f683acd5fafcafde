"""What a poll reports: a record to its caller, and events to the log."""

from dataclasses import dataclass
from datetime import datetime

import structlog

from aggregator.cadence import describe_move, health_of
from aggregator.errors import AggregatorError, NetworkDown, PollNotStored
from aggregator.model import Changes, Outcome, Source, SourceState

MAX_SHOWN_JOINED = 5
"""Entries taken for a known article that one log event shows."""
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Poll:
    """How one poll of a source went; ``error`` is None where nothing went wrong.

    Of the ``new`` articles, those ``quarantined`` wait for the operator's review. ``has_other_hub``: what the
    source announces about being pushed is not what it did before. ``duplicates`` are entries, new or changed
    at their source, of articles that stay as they are known. ``late_s`` is how long after it was due the
    source was asked, None: it was not, or was due at no time. ``fault`` says why entries of the document may
    be missing, None: it is whole, or was not read.
    """

    source_id: str
    outcome: Outcome
    new: int = 0
    quarantined: int = 0
    edited: int = 0
    duplicates: int = 0
    late_s: float | None = None
    seconds: float = 0.0
    error: str | None = None
    fault: str | None = None
    has_other_hub: bool = False


def report_poll(
    before: SourceState,
    after: SourceState,
    changes: Changes,
    *,
    seconds: float,
    asked_at: datetime | None = None,
) -> Poll:
    """Log a poll that took place, what it changed about its source, and return its record.

    ``asked_at`` is when its source was asked, None: it was not.
    """
    done = _make_poll(before, after, changes, seconds, asked_at)
    _log_health(before, after)
    _log_move(before, after)
    log_joined(done.source_id, changes)
    if changes.quarantined_because is not None:
        log.warning(
            "quarantined", source=done.source_id, because=changes.quarantined_because, see="aggregator review"
        )
    event = log.info if done.error is None else log.warning
    event(
        "poll", source=done.source_id, outcome=done.outcome, new=done.new, edited=done.edited,
        seconds=done.seconds, **({"quarantined": done.quarantined} if done.quarantined else {}),
        **({"error": done.error} if done.error else {}),
        **({"fault": done.fault} if done.fault else {}),
    )  # fmt: skip
    return done


def _make_poll(
    before: SourceState, after: SourceState, changes: Changes, seconds: float, asked_at: datetime | None
) -> Poll:
    due_at = before.next_poll_at
    return Poll(
        source_id=after.source_id,
        outcome=after.outcome or "failed",
        new=len(changes.inserted),
        quarantined=sum(article.is_quarantined for article in changes.inserted),
        edited=len(changes.updated),
        duplicates=count_duplicates(changes),
        late_s=max(0.0, (asked_at - due_at).total_seconds()) if asked_at and due_at else None,
        seconds=round(seconds, 3),
        error=after.error,
        fault=after.answer.fault if after.answer else None,
        has_other_hub=(before.hub_url, before.topic_url) != (after.hub_url, after.topic_url),
    )


def report_paused(source: Source) -> Poll:
    """Log a poll that did not take place, as its service is paused: the source's state stays as it was."""
    error = f"{source.url}: not asked, another source of its service was answered 429 just now"
    log.info("poll", source=source.id, outcome="throttled", error=error)
    return Poll(source_id=source.id, outcome="throttled", error=error)


def report_moved(source: Source, error: AggregatorError) -> Poll:
    """Log a poll of an address that its source has no more: it is due at another one."""
    log.info("poll", source=source.id, outcome="failed", error=str(error))
    return Poll(source_id=source.id, outcome="failed", error=str(error))


def report_own_failure(source: Source, error: AggregatorError) -> Poll:
    """Log a poll that failed by our own fault, not the source's, whose state stays as it was.

    Where our network is down that is logged once, by whoever watches it.
    """
    event = log.debug if isinstance(error, NetworkDown) else log.warning
    event("poll", source=source.id, outcome="failed", error=str(error))
    return Poll(source_id=source.id, outcome="failed", error=str(error))


def explain_failure(source: Source, error: Exception) -> AggregatorError:
    """Return the error that the operator sees; one that is a fault of ours is logged with its traceback."""
    if isinstance(error, PollNotStored) and isinstance(error.__cause__, AggregatorError):
        error = error.__cause__  # the source was removed meanwhile
    if isinstance(error, AggregatorError) and not isinstance(error, PollNotStored):
        return error
    cause = error.__cause__ or error
    log.error("unexpected", source=source.id, exc_info=error)
    return AggregatorError(f"{source.url}: unexpected {type(cause).__name__}: please report it with the log")


def count_duplicates(changes: Changes) -> int:
    """Return of how many entries, new or changed at their source, the article stays as it is known."""
    if not changes.sightings:
        return 0
    written = {article.id for article in (*changes.inserted, *changes.updated)}
    return sum(sighting.article_id not in written for sighting in changes.sightings)


def log_joined(source_id: str, changes: Changes) -> None:
    """Log which entries were taken for an article that is known by another id and address."""
    if changes.joined:
        shown = [
            f"{one.title} ({one.url}) is {one.article_id} ({one.article_url}): {one.because}"
            for one in changes.joined[:MAX_SHOWN_JOINED]
        ]
        log.info("joined", source=source_id, entries=len(changes.joined), shown=shown)


def _log_move(before: SourceState, after: SourceState) -> None:
    move = describe_move(before, after)
    if move is not None:
        event = log.warning if move.what == "proposed" else log.info
        event("redirect", source=after.source_id, what=move.what, url=move.url)


def _log_health(before: SourceState, after: SourceState) -> None:
    """Log once that a source has been failing for long or is gone, and once that it is well again."""
    if before.told_at is None and after.told_at is not None:
        log.error("source", source=after.source_id, standing=health_of(after), error=after.error,
                  advice=f"aggregator sources doctor {after.source_id}")  # fmt: skip
    elif before.told_at is not None and after.told_at is None:
        log.info("source", source=after.source_id, standing="well")
