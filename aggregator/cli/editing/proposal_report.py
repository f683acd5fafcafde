"""Withdrawals and addresses of sources that are proposed, as ``review`` and ``status`` print them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from aggregator.cadence import explain_disappearance
from aggregator.cli.terminal.table import format_time_if_known
from aggregator.config import Config
from aggregator.model import Source, SourceState
from aggregator.pipeline.editing.withdrawals import list_withdrawals
from aggregator.store import Store


def report_withdrawals(
    config: Config, store: Store, now: datetime
) -> Iterator[Mapping[str, str | int | None]]:
    """Yield a row for each article that disappeared at its source: whether it is withdrawn, and why."""
    for found, title, url, is_withdrawn in list_withdrawals(config, store, now):
        yield {
            "article": found.article_id,
            "source": found.source_id,
            "state": "withdrawn" if is_withdrawn else "proposed",
            "missing_since_at": format_time_if_known(found.missing_since_at),
            "title": title,
            "url": url,
            "because": explain_disappearance(found),
        }


def report_moves(
    sources: Iterable[Source], states: Mapping[str, SourceState]
) -> Iterator[Mapping[str, str | int | None]]:
    """Yield a row for each source for which another address is proposed, and why."""
    for source in sources:
        state = states.get(source.id)
        if state is not None and state.proposed_url is not None:
            yield {
                "source": source.id,
                "url": source.url,
                "proposed_url": state.proposed_url,
                "why": state.proposed_why,
            }
