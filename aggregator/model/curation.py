"""Editors' rules, as they were written: what an article must be, and what is done about it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from aggregator.model.articles import Article
from aggregator.model.revision import revise

RULE = "rule"
"""What parts of quality and origins of fields by a rule are called, before its id."""
_WAS_VIDEO = ", was video"
_NOT_IN = "not in "
"""How the origin begins, before a topic's id, that names what editors took an article out of it by."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Effects:
    """What a rule does to an article.

    ``drop`` takes it out of the rule's topics, or leaves it unpublished where the rule has none. ``hold``
    leaves it unpublished for so long after it was first seen. ``quality`` is added. ``review`` quarantines
    it, once. ``no_story`` has it stand alone: no other article joins it in a story.
    """

    drop: bool = False
    hold: timedelta | None = None
    add_topic: tuple[str, ...] = ()
    remove_topic: tuple[str, ...] = ()
    quality: int = 0
    type: Literal["article", "video"] | None = None
    review: bool = False
    no_story: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class EditorRule:
    """One rule of ``curation.yaml``; all clauses of ``when`` must hold.

    ``topics``     the article must be in one of these; none: any article
    ``from_at``    when it begins, ``until_at`` when it ends; None: always
    ``days``       weekdays on which it holds, 0 is Monday; none: all
    ``hours``      from when to when on these days, over midnight where the end is the earlier; None: all day
    ``time_zone``  the zone of days and hours, as IANA names them
    ``stop``       whether no rule after it is looked at where it applies
    """

    id: str
    when: tuple[str, ...]
    then: Effects = Effects()
    topics: tuple[str, ...] = ()
    from_at: datetime | None = None
    until_at: datetime | None = None
    days: tuple[int, ...] = ()
    hours: tuple[time, time] | None = None
    time_zone: str = "UTC"
    stop: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryFacts:
    """What a rule can ask of an article's story: its articles, publishers, and those with own words."""

    articles: int = 1
    publishers: int = 1
    independent: int = 1


ALONE = StoryFacts()
"""Those of an article that has no story, or is the only one in it."""


def name_rule(rule_id: str) -> str:
    """Return what a part of quality by a rule is called, and the origin of a field."""
    return f"{RULE} {rule_id}"


def forget_rules(article: Article) -> Article:
    """Return ``article`` without what rules made of its type and its place in stories and topics.

    Whether one of them quarantined it stays told: that is the operator's to end.
    """
    own = _restore_type(article)
    is_alone = own.origins.get("story", "").startswith(f"{RULE} ")
    kept = {
        name: origin
        for name, origin in own.origins.items()
        if not (is_alone and name == "story") and not name.startswith(_NOT_IN)
    }
    return own if len(kept) == len(own.origins) else revise(own, origins=kept)


def note_barred(article: Article, names: Mapping[str, str], topics: Collection[str]) -> Article:
    """Return ``article`` with what took it out of topics: names of rules or decisions, by topic id.

    It is barred no more from ``topics``, those that it has now.
    """
    told = {**article.origins, **{f"{_NOT_IN}{topic_id}": name for topic_id, name in sorted(names.items())}}
    in_now = {f"{_NOT_IN}{topic_id}" for topic_id in topics}
    kept = {name: origin for name, origin in told.items() if name not in in_now}
    return article if kept == article.origins else revise(article, origins=kept)


def list_barred(article: Article) -> dict[str, str]:
    """Return the names of the rules or decisions that took an article out of topics, by topic id."""
    return {
        name.removeprefix(_NOT_IN): origin
        for name, origin in article.origins.items()
        if name.startswith(_NOT_IN)
    }


def set_type(article: Article, kind: Literal["article", "video"], rule_id: str) -> Article:
    """Return ``article`` with the type that a rule gives it; ``origins`` tell which it had."""
    own = _restore_type(article)
    if own.type == kind:
        return own
    origin = f"{name_rule(rule_id)}{_WAS_VIDEO if own.type == 'video' else ''}"
    return revise(own, type=kind, origins={**own.origins, "type": origin})


def _restore_type(article: Article) -> Article:
    origin = article.origins.get("type", "")
    if not origin.startswith(f"{RULE} "):
        return article
    origins = {name: origin for name, origin in article.origins.items() if name != "type"}
    return revise(article, type="video" if origin.endswith(_WAS_VIDEO) else "article", origins=origins)
