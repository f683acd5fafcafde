"""Which topics an article is about: keywords, what must stand beside them, what excludes.

A keyword is a whole word or phrase of title or excerpt, in any case. Blank and hyphen are different, and
a hyphen before a word makes it part of another: ``power apps`` stands neither in ``power-apps`` nor in
``low-power apps``. A hyphen after it does not: ``AI`` stands in ``AI-powered``. Languages that are
written without blanks between words match anywhere. Each topic remembers why it matched, or why it
nearly did.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from aggregator.model import Article, Topic

# Han, Hiragana, Katakana, Thai, Lao, Myanmar, Khmer: written without blanks between words.
_NO_BLANKS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_UNBLANKED = re.compile(f"[{_NO_BLANKS}]")
_HYPHENS = "-\u2010\u2011"
# A letter, digit or mark of a language with blanks, or a hyphen that joins such.
_INSIDE_BEFORE = rf"(?<![^\W{_NO_BLANKS}])(?<![\u0300-\u036f])(?<![^\W{_NO_BLANKS}][{_HYPHENS}])"
_INSIDE_AFTER = rf"(?![^\W{_NO_BLANKS}]|[\u0300-\u036f])"
_WORD_CHARACTER = re.compile(r"\w")
_BLANKS = re.compile(r"\s+")
_SPECIAL = re.compile(r"[^\w\s]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Matched:
    """The topics of an article, narrower ones before their parents.

    ``in_title`` are those whose keyword stands in the title; ``reasons`` and ``rejected`` say of each
    topic why it matched, or why not although a keyword stood there. ``is_neutral``: no topic is
    configured, so that having none says nothing.
    """

    topics: tuple[str, ...] = ()
    in_title: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    rejected: Mapping[str, str] = field(default_factory=dict)
    is_neutral: bool = False


@dataclass(frozen=True, slots=True)
class _Rule:
    """A topic with its phrases folded; ``keywords`` beside the form that the operator wrote."""

    topic: Topic
    keywords: tuple[tuple[str, str], ...]
    require: tuple[str, ...]
    exclude: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, topic: Topic) -> "_Rule":
        wanted = (*topic.keywords, *(f"#{tag.removeprefix('#')}" for tag in topic.hashtags))
        return cls(
            topic=topic,
            keywords=tuple((fold(phrase), phrase) for phrase in wanted),
            require=tuple(fold(phrase) for phrase in topic.require),
            exclude=tuple((fold(phrase), phrase) for phrase in topic.exclude),
        )

    def phrases(self) -> Iterator[str]:
        yield from (folded for folded, _ in (*self.keywords, *self.exclude))
        yield from self.require

    def keyword_in(self, found: frozenset[str]) -> str | None:
        return next((shown for folded, shown in self.keywords if folded in found), None)

    def refusal(self, keyword: str, found: frozenset[str]) -> str | None:
        """Say why the article is not the topic's although a keyword stands there, None if it is."""
        excluded = next((shown for folded, shown in self.exclude if folded in found), None)
        if excluded is not None:
            return f"keyword {keyword!r}, but excluded by {excluded!r}"
        if self.require and not any(folded in found for folded in self.require):
            return f"keyword {keyword!r}, but none of require"
        return None


class Matcher:
    """Topics, ready to be matched; made once for a configuration."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._topics = {topic.id: topic for topic in topics}
        self._rules = {topic.id: _Rule.of(topic) for topic in topics}
        self._phrases = _Phrases(phrase for rule in self._rules.values() for phrase in rule.phrases())
        self._order = _narrower_first(topics)

    def match(self, article: Article, *, only: Sequence[str] = (), assign: bool = False) -> Matched:
        """Return the topics of ``article``; ``only`` restricts them, ``assign`` gives those in any case."""
        if not self._topics:
            return Matched(is_neutral=True)
        in_title = self._phrases.found(article.title)
        found = in_title | self._phrases.found(article.excerpt or "")
        given = frozenset(only) if assign else frozenset()
        reasons: dict[str, str] = {}
        rejected: dict[str, str] = {}
        for rule in self._considered(only):
            keyword = rule.keyword_in(found)
            refusal = rule.refusal(keyword, found) if keyword is not None else None
            if rule.topic.id in given:
                reasons[rule.topic.id] = "given by the source"
            elif refusal is not None:
                rejected[rule.topic.id] = refusal
            elif keyword is not None:
                place = "title" if rule.keyword_in(in_title) else "excerpt"
                reasons[rule.topic.id] = f"keyword {(rule.keyword_in(in_title) or keyword)!r} in {place}"
        titled = [topic_id for topic_id in reasons if self._rules[topic_id].keyword_in(in_title)]
        self._add_parents(reasons)
        return Matched(
            topics=self._sorted(reasons), in_title=self._sorted(titled), reasons=reasons, rejected=rejected
        )

    def _sorted(self, topic_ids: Collection[str]) -> tuple[str, ...]:
        return tuple(topic_id for topic_id in self._order if topic_id in topic_ids)

    def _considered(self, only: Sequence[str]) -> Iterable[_Rule]:
        if not only:
            return self._rules.values()
        return (self._rules[topic_id] for topic_id in only if topic_id in self._rules)

    def _add_parents(self, reasons: dict[str, str]) -> None:
        for topic_id in list(reasons):
            child = self._topics[topic_id]
            while child.parent is not None and child.parent in self._topics and child.parent not in reasons:
                reasons[child.parent] = f"parent of {child.id}"
                child = self._topics[child.parent]


def combine_matches(matches: Sequence[Matched], topics: Sequence[Topic]) -> Matched:
    """Return the topics that an article has by any of the sources that carry it."""
    if len(matches) == 1:
        return matches[0]
    found = {topic_id for matched in matches for topic_id in matched.topics}
    titled = {topic_id for matched in matches for topic_id in matched.in_title}
    order = _narrower_first(topics)
    return Matched(
        topics=tuple(topic_id for topic_id in order if topic_id in found),
        in_title=tuple(topic_id for topic_id in order if topic_id in titled),
        reasons={k: v for matched in reversed(matches) for k, v in matched.reasons.items()},
        rejected={k: v for m in matches for k, v in m.rejected.items() if k not in found},
        is_neutral=any(matched.is_neutral for matched in matches),
    )


def fold(text: str) -> str:
    """Return ``text`` for matching: compatibility forms and case folded, white space as one blank."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return _BLANKS.sub(" ", folded).strip()


def _narrower_first(topics: Sequence[Topic]) -> tuple[str, ...]:
    """Ids in the order of the configuration, but each before its parent."""
    parents = {topic.id: topic.parent for topic in topics}

    def depth(topic_id: str) -> int:
        seen = {topic_id}
        parent = parents[topic_id]
        while parent in parents and parent not in seen:
            seen.add(parent)
            parent = parents[parent]
        return len(seen)

    return tuple(sorted(parents, key=lambda topic_id: -depth(topic_id)))


class _Phrases:
    """Phrases, found in a text all at once.

    A phrase is looked for only where its first word stands in the text, so that the cost follows the
    text and not the number of phrases.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        self._by_word: dict[str, list[tuple[str, re.Pattern[str]]]] = defaultdict(list)
        self._anywhere: list[tuple[str, re.Pattern[str]]] = []
        for phrase in dict.fromkeys(phrases):
            if not phrase:
                continue
            words = _words(phrase)
            home = self._by_word[words[0]] if words and not _UNBLANKED.search(phrase) else self._anywhere
            home.append((phrase, _pattern(phrase)))

    def found(self, text: str) -> frozenset[str]:
        """Return the phrases that stand in ``text``, folded."""
        folded = fold(text)
        near = (self._by_word[word] for word in set(_words(folded)) if word in self._by_word)
        candidates = [pair for pairs in near for pair in pairs]
        return frozenset(p for p, pattern in (*candidates, *self._anywhere) if pattern.search(folded))


_SPLIT = re.compile(rf"[^\W{_NO_BLANKS}]+")


def _words(text: str) -> list[str]:
    return _SPLIT.findall(text)


def _pattern(phrase: str) -> re.Pattern[str]:
    # Boundaries are asked for only beside letters and digits of languages with blanks: `.net` and `c++` end
    # where they end.
    before = _INSIDE_BEFORE if _joins(phrase[0]) else ""
    after = _INSIDE_AFTER if _joins(phrase[-1]) else ""
    return re.compile(before + re.escape(phrase) + after)


def _joins(character: str) -> bool:
    return bool(_WORD_CHARACTER.match(character)) and not _UNBLANKED.match(character)
