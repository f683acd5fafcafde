"""In which feeds what is accepted late appears, and in which it does not, with why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aggregator.model import Article
from aggregator.pipeline.explanation.article_life import read_article_life
from aggregator.pipeline.explanation.feed_reasons import COMING
from aggregator.pipeline.site import Site
from aggregator.store import ALL


@dataclass(frozen=True, kw_only=True, slots=True)
class AcceptedFeeds:
    """The feeds of an article's topics, and of all: those that show it next, and the others by why not."""

    shown: Sequence[str]
    others: Mapping[str, Sequence[str]]

    @property
    def is_everywhere(self) -> bool:
        """Whether each of them shows it."""
        return not self.others

    def describe(self) -> str:
        """Return where it is and is not, to go on from what is done."""
        out = "; ".join(f"{', '.join(feeds)}: {why}" for why, feeds in self.others.items())
        if not self.shown:
            reasons = "; ".join(self.others) if len(self.others) == 1 else out
            return f"no feed shows it all the same: {reasons}"
        told = f"it is shown in {', '.join(self.shown)}"
        return f"{told}, but not in {out}" if out else told


def find_accepted_feeds(article: Article, site: Site) -> AcceptedFeeds:
    """Return which feeds show an article that was just accepted, once it is published.

    A story that it joins, which is found then, may stand higher.
    """
    life = read_article_life(article.id, site)
    topics = {ALL, *(life.article or article).topics}
    shown, others = [], dict[str, list[str]]()
    for one in life.feeds:
        if one.feed.partition("/")[0] not in topics:
            continue
        if one.is_shown or one.ground == COMING:
            shown.append(one.feed)
        else:
            others.setdefault(one.ground, []).append(one.feed)
    return AcceptedFeeds(shown=shown, others=others)
