"""Quality: how good an article is, as a sum of what is known of it.

    base          34
    excerpt       18   80 characters or more; 7 for a shorter one
    image          3
    date           4   the source stated it
    author         3
    relevance     14   a keyword in the title, also of a topic that editors took the article out of
                   8   a keyword in the excerpt only, topics given by the source, or no topics configured
                 -30   no topic, or none left
    originality   -8   the text is credited to another publisher
    weight             of the provider and of the source
    rule ID            what an editor's rule adds, or a decision as `decision ID`; -100 and less is 0 in all,
                       whatever else is there
    noindex     -100   its page asks not to be listed, where the settings have that obeyed
    unavailable -100   its page asks not to be listed any more (`unavailable_after`)
    withdrawn   -100   its publisher withdrew it, where the settings have that done without asking

The sum is kept within 0 to 100; without a topic within 0 to 49, so that no weight brings an article
on none of the topics into a feed. At an unweighted source a dated article with an excerpt and a keyword
in its title has 70, so that a publisher without pictures and authors is published too; with both it has
76, and 70 where the keyword stands only in its excerpt. A bare headline has 52, 58 with both.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from aggregator.curate.topics import TopicMatch
from aggregator.model import Article, revise

BASE = 34
LONG_EXCERPT = 80
IN_TITLE = 14
MOST = 100
MOST_OFF_TOPIC = 49
_WEIGHT = "weight"
KEPT_OUT = -100
"""The part of what an editor wants out of all feeds."""
_NONE: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True, slots=True)
class TextJudgement:
    """What an ``article`` is by its own text, before editors' rules: its topics are those ``matched``.

    Its quality is made of its ``weight``, of the ``given`` parts, and of it as ``shown`` to readers, None:
    they see all of it.
    """

    article: Article
    matched: TopicMatch
    weight: int
    given: Mapping[str, int] = field(default_factory=dict)
    shown: Article | None = None


def score_article(
    article: Article,
    matched: TopicMatch,
    *,
    weight: int,
    given: Mapping[str, int] = _NONE,
    shown: Article | None = None,
) -> Article:
    """Return ``article`` with its topics, its quality (0 to 100) and the parts that make it up.

    ``given`` are parts by editors and by its page. ``shown`` is the article as readers see it, None: they see
    all of it.
    """
    seen = shown or article
    parts = {
        "base": BASE,
        "excerpt": _score_excerpt(seen),
        "image": 3 if seen.images else 0,
        "date": 4 if article.stated_at else 0,
        "author": 3 if article.authors else 0,
        "relevance": _score_relevance(matched),
        "originality": -8 if article.credit else 0,
        _WEIGHT: weight,
        **given,
    }
    most = MOST if matched.topics or matched.is_neutral else MOST_OFF_TOPIC
    quality = _add_up(parts, most)
    return revise(article, topics=matched.topics, quality=quality, quality_parts=parts)


def change_parts(article: Article, changed: Mapping[str, int]) -> Article:
    """Return an article with the quality that it would have with other values of some of its parts."""
    if not changed:
        return article
    parts = {**article.quality_parts, **changed}
    most = MOST_OFF_TOPIC if parts.get("relevance", 0) < 0 else MOST
    return revise(article, quality=_add_up(parts, most), quality_parts=parts)


def _add_up(parts: Mapping[str, int], most: int) -> int:
    is_out = any(points <= KEPT_OUT for name, points in parts.items() if name != _WEIGHT)
    return 0 if is_out else min(max(sum(parts.values()), 0), most)


def _score_excerpt(article: Article) -> int:
    if not article.excerpt:
        return 0
    return 18 if len(article.excerpt) >= LONG_EXCERPT else 7


def _score_relevance(matched: TopicMatch) -> int:
    if matched.in_title and matched.topics:
        return IN_TITLE
    return 8 if matched.topics or matched.is_neutral else -30
