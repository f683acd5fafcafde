"""What was accepted in review, and which of it no feed shows all the same."""

from collections.abc import Iterator, Sequence

from aggregator.model import Article
from aggregator.pipeline.editing.quarantine import explain_lack
from aggregator.text import format_count

LISTED = 10
"""Articles at most of which it is told one by one why no feed shows them."""


def describe_accepted(
    quarantined_id: str, count: int, accepted: Sequence[Article], where: str
) -> Iterator[str]:
    """Yield what is shown of what was accepted, and a line for each other article with what it lacks.

    ``where`` is the option that a command needs for the configuration.
    """
    lacking = {article.id: why for article in accepted if (why := explain_lack(article)) is not None}
    done = f"accepted {format_count(count, 'article')} of {quarantined_id}"
    if not lacking:
        yield f"{done}; `aggregator publish{where}` shows {'it' if count == 1 else 'them'}"
        return
    if count == 1:
        yield f"{done}; no feed shows it all the same: {next(iter(lacking.values()))}"
        return
    shown = count - len(lacking)
    yield f"{done}; `aggregator publish{where}` shows {shown or 'none'} of them"
    yield from (f"- {article_id}: {why}" for article_id, why in [*lacking.items()][:LISTED])
    if len(lacking) > LISTED:
        yield f"- and {len(lacking) - LISTED} more: `aggregator explain ARTICLE{where}` tells why"
