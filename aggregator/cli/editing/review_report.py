"""What was accepted in review, which feeds show it, and which do not."""

from collections.abc import Callable, Iterator, Sequence

from aggregator.model import Article
from aggregator.pipeline.editing.accepted_feeds import AcceptedFeeds
from aggregator.pipeline.editing.quarantine import explain_lack
from aggregator.text import format_count

LISTED = 10
"""Articles at most of which it is told one by one which feeds do not show them."""
LOOKED_AT = 100
"""Articles at most whose feeds are looked at, the newest: each takes some milliseconds."""


def describe_accepted(
    quarantined_id: str,
    count: int,
    accepted: Sequence[Article],
    where: str,
    *,
    find_feeds: Callable[[Article], AcceptedFeeds],
) -> Iterator[str]:
    """Yield what is shown of what was accepted and where, and a line for each article that is not everywhere.

    ``where`` is the option that a command needs for the configuration.
    """
    lacking = {article.id: why for article in accepted if (why := explain_lack(article)) is not None}
    good = sorted((one for one in accepted if one.id not in lacking), key=lambda one: one.published_at)
    found = {one.id: find_feeds(one) for one in good[: -LOOKED_AT - 1 : -1]}
    nowhere = len(lacking) + sum(not one.shown for one in found.values())
    told = {id_: f"no feed shows it all the same: {why}" for id_, why in lacking.items()}
    told |= {id_: one.describe() for id_, one in found.items() if not one.is_everywhere}
    done = f"accepted {format_count(count, 'article')} of {quarantined_id}"
    publish = f"`aggregator publish{where}`"
    if count == 1 and (told or found):
        said = next(iter(told.values()), None) or next(iter(found.values())).describe()
        yield f"{done}; {said}" if nowhere else f"{done}; once {publish} is called, {said}"
        return
    shown = count - nowhere
    yield f"{done}; {publish} shows {'them' if not told else shown or 'none'}{' of them' if told else ''}"
    yield from (f"- {article_id}: {said}" for article_id, said in [*told.items()][:LISTED])
    if len(told) > LISTED:
        yield f"- and {len(told) - LISTED} more: `aggregator explain ARTICLE{where}` tells why"
