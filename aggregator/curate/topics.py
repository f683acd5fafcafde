"""Which topics an article is about: keywords, what must stand beside them, what excludes.

A keyword is a whole word or phrase of title or excerpt, in any case. Space and hyphen are different:
``power apps`` stands neither in ``power-apps`` nor in ``low-power apps`` (``phrases`` has the rule).
Each topic remembers why it matched, or why it nearly did.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from aggregator.curate.phrases import Phrase, Phrases
from aggregator.model import Article, Topic


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicMatch:
    """The topics of an article, narrower ones before their parents.

    ``in_title`` are those whose keyword stands in the title, also where editors took the article out of
    them; ``reasons`` and ``rejected`` say of each topic why it matched, or why not although a keyword
    stood there. ``is_neutral``: no topic is configured, so that having none says nothing.
    """

    topics: tuple[str, ...] = ()
    in_title: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    rejected: Mapping[str, str] = field(default_factory=dict)
    is_neutral: bool = False


_ON_NOTHING = TopicMatch()


@dataclass(frozen=True, slots=True)
class _TopicRule:
    """A topic with its phrases."""

    topic: Topic
    keywords: tuple[Phrase, ...]
    require: tuple[Phrase, ...]
    exclude: tuple[Phrase, ...]

    @classmethod
    def of(cls, topic: Topic) -> "_TopicRule":
        def phrases(texts: Iterable[str]) -> tuple[Phrase, ...]:
            return tuple(Phrase(text, topic.fold_accents) for text in texts)

        hashtags = (f"#{tag.removeprefix('#')}" for tag in topic.hashtags)
        return cls(
            topic=topic,
            keywords=phrases((*topic.keywords, *hashtags)),
            require=phrases(topic.require),
            exclude=phrases(topic.exclude),
        )

    def phrases(self) -> Iterator[Phrase]:
        yield from (*self.keywords, *self.exclude, *self.require)

    def keyword_in(self, found: Collection[Phrase]) -> str | None:
        return next((phrase.text for phrase in self.keywords if phrase in found), None)

    def reason(self, in_title: Collection[Phrase], found: Collection[Phrase]) -> str:
        keyword = self.keyword_in(in_title)
        place = "title" if keyword else "excerpt"
        return f"keyword {keyword or self.keyword_in(found)!r} in {place}"

    def refusal(self, found: Collection[Phrase]) -> str | None:
        """Say why the article is not the topic's although a keyword stands there, None if it is."""
        keyword = self.keyword_in(found)
        excluded = next((phrase.text for phrase in self.exclude if phrase in found), None)
        if excluded is not None:
            return f"keyword {keyword!r}, but excluded by {excluded!r}"
        if self.require and not any(phrase in found for phrase in self.require):
            return f"keyword {keyword!r}, but none of require"
        return None


class Matcher:
    """Topics, ready to be matched; made once for a configuration."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._rules = {topic.id: _TopicRule.of(topic) for topic in topics}
        self._phrases = Phrases(phrase for rule in self._rules.values() for phrase in rule.phrases())
        self._order = {topic_id: place for place, topic_id in enumerate(order_topics(topics))}
        self._topic_by_keyword = {
            phrase: rule.topic.id for rule in self._rules.values() for phrase in rule.keywords
        }

    def match(self, article: Article, *, only: Sequence[str] = (), assign: bool = False) -> TopicMatch:
        """Return the topics of ``article``; ``only`` restricts them, ``assign`` gives those in any case."""
        if not self._rules:
            return TopicMatch(is_neutral=True)
        in_title = self._phrases.find_in(article.title)
        found = in_title | self._phrases.find_in(article.excerpt or "")
        if not found and not assign:
            return _ON_NOTHING
        reasons = {topic_id: "assigned by source" for topic_id in only if assign and topic_id in self._rules}
        rejected: dict[str, str] = {}
        titled: list[str] = []
        for rule in self._find_rules(found, only):
            topic_id, refusal = rule.topic.id, rule.refusal(found)
            if refusal is None and rule.keyword_in(in_title):
                titled.append(topic_id)
            if refusal is None:
                reasons.setdefault(topic_id, rule.reason(in_title, found))
            elif topic_id not in reasons:
                rejected[topic_id] = refusal
        self._add_parents(reasons)
        return TopicMatch(
            topics=self._sort_ids(reasons),
            in_title=self._sort_ids(titled),
            reasons=reasons,
            rejected={topic_id: why for topic_id, why in rejected.items() if topic_id not in reasons},
        )

    def add_topic(self, matched: TopicMatch, topic_id: str, because: str) -> TopicMatch:
        """Return the topics of an article with one more and those above it; what is no topic is not added.

        It counts as much as a keyword in the title.
        """
        if topic_id not in self._rules or topic_id in matched.topics:
            return matched
        reasons = {**matched.reasons, topic_id: because}
        self._add_parents(reasons)
        topics = self._sort_ids({*matched.topics, *(t for t in reasons if t not in matched.reasons)})
        rejected = {id_: why for id_, why in matched.rejected.items() if id_ not in topics}
        in_title = self._sort_ids({*matched.in_title, topic_id})
        return replace(matched, topics=topics, in_title=in_title, reasons=reasons, rejected=rejected)

    def remove_topic(self, matched: TopicMatch, topic_id: str, because: str) -> TopicMatch:
        """Return the topics of an article without one of them; those below and above it stay.

        That its keyword stands in the title stays so: the article is worth as much to its other topics.
        """
        if topic_id not in matched.topics:
            return matched
        return replace(
            matched,
            topics=tuple(one for one in matched.topics if one != topic_id),
            reasons={id_: why for id_, why in matched.reasons.items() if id_ != topic_id},
            rejected={**matched.rejected, topic_id: f"removed by {because}"},
        )

    def _find_rules(self, found: Collection[Phrase], only: Sequence[str]) -> Iterator[_TopicRule]:
        """Yield the rules with a keyword among the ``found`` phrases, ``only`` those if there are any."""
        touched = {self._topic_by_keyword[phrase] for phrase in found if phrase in self._topic_by_keyword}
        return (self._rules[topic_id] for topic_id in self._sort_ids(touched.intersection(only or touched)))

    def _sort_ids(self, topic_ids: Collection[str]) -> tuple[str, ...]:
        return tuple(sorted(topic_ids, key=self._order.__getitem__))

    def _add_parents(self, reasons: dict[str, str]) -> None:
        for topic_id in list(reasons):
            child = self._rules[topic_id].topic
            while child.parent in self._rules and child.parent not in reasons:
                reasons[child.parent] = f"parent of {child.id}"
                child = self._rules[child.parent].topic


def combine_matches(matches: Sequence[TopicMatch], topics: Sequence[Topic]) -> TopicMatch:
    """Return the topics that an article has by any of the sources that carry it."""
    if len(matches) == 1:
        return matches[0]
    found = {topic_id for matched in matches for topic_id in matched.topics}
    titled = {topic_id for matched in matches for topic_id in matched.in_title}
    order = order_topics(topics)
    return TopicMatch(
        topics=tuple(topic_id for topic_id in order if topic_id in found),
        in_title=tuple(topic_id for topic_id in order if topic_id in titled),
        reasons={k: v for matched in reversed(matches) for k, v in matched.reasons.items()},
        rejected={k: v for m in matches for k, v in m.rejected.items() if k not in found},
        is_neutral=any(matched.is_neutral for matched in matches),
    )


def order_topics(topics: Sequence[Topic]) -> tuple[str, ...]:
    """Return ids in the order of the configuration, but each before its parent."""
    parents = {topic.id: topic.parent for topic in topics}

    def depth(topic_id: str) -> int:
        seen = {topic_id}
        parent = parents[topic_id]
        while parent in parents and parent not in seen:
            seen.add(parent)
            parent = parents[parent]
        return len(seen)

    return tuple(sorted(parents, key=lambda topic_id: -depth(topic_id)))
