"""Many sources polled at a time, by turns."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from aggregator.errors import MachineError
from aggregator.pipeline.context import Context
from aggregator.pipeline.poll.report import Poll, report_own_failure
from aggregator.pipeline.poll.source import poll_source
from aggregator.pipeline.poll.storing import BatchedStore
from aggregator.pipeline.poll.workers import ParserPool
from aggregator.rules import Rules
from aggregator.urls.services import service_of_url


async def poll(
    source_ids: Iterable[str], context: Context, *, on_done: Callable[[Poll], None] = lambda _: None
) -> tuple[Poll, ...]:
    """Poll these sources, as many at a time as the fetcher allows; ``on_done`` gets each poll as it ends."""
    batches, parsers = BatchedStore(context.store), ParserPool(may_block_loop=True)
    wanted, done = tuple(source_ids), dict[str, Poll]()
    waiting = iter(_order_by_turns(wanted, context.rules))

    async def poll_next() -> None:
        for source_id in waiting:
            source = context.rules.sources[source_id]
            try:
                done[source_id] = await poll_source(source, context, batches=batches, parsers=parsers)
            except MachineError as error:
                done[source_id] = report_own_failure(source, error)
            on_done(done[source_id])

    # Few wait for the turn of their service, as they come by turns, and each that does not keeps a document.
    await asyncio.gather(*(poll_next() for _ in range(context.fetcher.in_flight // 2)))
    return tuple(done[source_id] for source_id in wanted)


def _order_by_turns(source_ids: Sequence[str], rules: Rules) -> list[str]:
    """Return sources so that each service has its first before any has its second."""
    turns: dict[str, int] = {}
    counts = Counter[str]()
    for source_id in source_ids:
        service = service_of_url(rules.sources[source_id].url)
        turns[source_id] = counts[service]
        counts[service] += 1
    return sorted(source_ids, key=turns.__getitem__)
