"""Why nothing of a source is published although it writes on a topic, in words for the operator."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from aggregator.curate.score import LONG_EXCERPT

_WORDS = {
    "excerpt": f"no excerpt of {LONG_EXCERPT} characters",
    "date": "no date",
    "title": "no keyword in the title",
    "image": "no picture",
    "author": "no author",
    "text": "credited to another publisher",
}
"""What an article may lack, by the names that the store counts by; ``score`` alone gives points for it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedReach:
    """What a source brought within the window: articles on topic, published ones, how many lack what.

    ``kept_out`` has how many articles are kept out by what, in words, whatever else they lack.
    """

    on_topic: int
    published: int
    without: Mapping[str, int]
    weight: int = 0
    kept_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_silent(self) -> bool:
        """Whether it has articles on topic, and none of them is published."""
        return self.on_topic > 0 and not self.published


def explain_unpublished(reach: FeedReach) -> str | None:
    """Return why none of a source's articles on topic is published, None where one is, or none is there."""
    if not reach.is_silent:
        return None
    out = sorted(reach.kept_out.items(), key=lambda found: -found[1])
    reasons = [f"{words} in {count} of {reach.on_topic}" for words, count in out]
    if reach.on_topic not in reach.kept_out.values():
        reasons += _list_lacks(reach)
    noun = "article" if reach.on_topic == 1 else "articles"
    why = ", ".join(reasons) or "its topics ask for more"
    return f"{reach.on_topic} {noun} on topic and none published: {why}"


def _list_lacks(reach: FeedReach) -> list[str]:
    """Return what the articles lack, the most frequent first, in words."""
    lacking = sorted(((name, reach.without.get(name, 0)) for name in _WORDS), key=lambda found: -found[1])
    reasons = [f"{_WORDS[name]} in {count} of {reach.on_topic}" for name, count in lacking if count]
    return [f"its weight is {reach.weight}", *reasons] if reach.weight < 0 else reasons
