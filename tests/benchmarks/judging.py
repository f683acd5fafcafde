"""What it costs to judge an article: its topics by keywords, its quality, and what editors' rules make of it.

    python -m tests.benchmarks.judging [--articles N] [--topics N] [--rules N] [--json FILE]

The articles are made-up headlines with excerpts (see ``stories``). Each topic has 20 keywords, of one to three
words as frequent as in English; rules ask, as editors do, for a publisher, a source, a host, words in a title by
patterns, age, quality and stories, one in five of them without anything that could be looked up. Milliseconds are
CPU of the process.

keywords    topics alone
rules       rules alone
judge       all of it: ``Rules.judge``
plain       all of it, with every rule tried one after another
"""

import argparse
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from aggregator.config import Config
from aggregator.config.keys.settings import Settings
from aggregator.curate import Matcher, score_article
from aggregator.curate.score import TextJudgement
from aggregator.model import Article, Topic
from aggregator.model.curation import ALONE, EditorRule, Effects
from aggregator.rules import Rules
from aggregator.stories.language_data import read_frequencies
from tests.benchmarks.stories import stream
from tests.builders import article, provider, topic

ALLOWED_MS = 1.0
KEYWORDS = 20
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """What judging an article took, in milliseconds, and how many topics and rules an article met."""

    keywords: float
    rules: float
    judge: float
    plain: float
    topics_met: float
    rules_met: float


def main() -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=1_000, metavar="N", help="judged (default: 1000)")
    parser.add_argument("--topics", type=int, default=1_000, metavar="N", help="default: 1000")
    parser.add_argument("--rules", type=int, default=500, metavar="N", help="default: 500")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    options = parser.parse_args()
    found = measure(options.articles, options.topics, options.rules)
    print(
        f"{options.articles:,} articles, {options.topics:,} topics of {KEYWORDS} keywords, {options.rules:,} rules; "
        f"an article is in {found.topics_met:.1f} topics, {found.rules_met:.2f} rules apply\n"
        f"{'':10}{'ms an article':>14}"
    )
    for name in ("keywords", "rules", "judge", "plain"):
        print(f"{name:10}{getattr(found, name):>14.3f}")
    ratio = found.judge / ALLOWED_MS
    print(
        f"judge takes {ratio:.2f} of the {ALLOWED_MS:g} ms allowed, {found.plain / found.judge:.1f} times less than plain"
    )
    if options.json:
        figures = {name: getattr(found, name) for name in Judged.__slots__}
        options.json.write_text(json.dumps({**figures, "ratio": ratio}, indent=2) + "\n", encoding="utf-8")


def measure(articles: int, topics: int, rules: int) -> Judged:
    """Return what judging took."""
    chance = random.Random(7)
    words = _Words(chance)
    config = Config(
        folder=Path(),
        settings=Settings(),
        topics=tuple(_make_topic(number, words) for number in range(topics)),
        rules=tuple(_make_rule(number, words, chance) for number in range(rules)),
    )
    judging, matcher = Rules.of(config, {}), Matcher(config.topics)
    written = [_make_article(one, number) for number, one in enumerate(islice(stream(10_000), articles))]
    judged = [judging.judge(one, (), now=NOW) for one in written]  # the first time compiles what is kept
    keywords = _time(matcher.match, written)
    own = {one.id: _judge_text(one, matcher) for one in written}

    def apply(one: Article) -> object:
        return judging.editor_rules.apply(own[one.id], story=ALONE, now=NOW)

    return Judged(
        keywords=keywords,
        rules=_time(apply, written),
        judge=_time(lambda one: judging.judge(one, (), now=NOW), written),
        plain=_time(lambda one: judging.explain_rules(one, (), now=NOW), written[: max(articles // 20, 1)]),
        topics_met=sum(len(one.topics) for one in judged) / len(judged),
        rules_met=sum(name.startswith("rule ") for one in judged for name in one.quality_parts) / len(judged),
    )


class _Words:
    """Words of English as often as they are written, and rare ones."""

    def __init__(self, chance: random.Random) -> None:
        counted = read_frequencies("en")
        self._words = [word for word in counted if word.isalpha() and len(word) > 3]
        self._weights = [counted[word] ** 0.3 for word in self._words]
        self._chance = chance

    def draw(self, count: int) -> list[str]:
        return self._chance.choices(self._words, self._weights, k=count)


def _make_topic(number: int, words: _Words) -> Topic:
    keywords = tuple(" ".join(words.draw(1 + place % 3)) for place in range(KEYWORDS))
    return topic(f"topic-{number}", name=f"Topic {number}", keywords=keywords)


def _make_rule(number: int, words: _Words, chance: random.Random) -> EditorRule:
    one, other, third = words.draw(3)
    domain = f"publisher-{chance.randrange(300)}.example"
    when: tuple[str, ...] = (
        (f'title.matches("(?i)\\\\b({one} {other}|{third})\\\\b")', "!is_copy"),
        (f'text.matches("(?i)\\\\b{one}\\\\W+{other}\\\\b")', f'provider.domain != "{domain}"'),
        (f'provider.domain in ["{domain}", "{one}.example"]', "quality > 40"),
        (f'host.endsWith("{one}.example")', "age_h < 48"),
        (f'title.startsWith("{one}") || title.endsWith("{other}")',),
        (f'source == "source-{number}"', "quality < 80"),
        (f'text.contains("{one} {other}")', 'language == "en"'),
        (f'title.matches("(?i){one}.*{third}")', "has_image"),
        (f"quality < {chance.randrange(40)}", f'!title.matches("(?i){one}")'),
        (f"story.independent > {chance.randrange(2, 9)}", f"size(topics) > {chance.randrange(1, 4)}"),
    )[number % 10]
    topics = (f"topic-{number}",) if number % 4 == 0 else ()
    return EditorRule(
        id=f"rule-{number}", when=when, then=Effects(quality=chance.choice((-3, 2))), topics=topics
    )


def _make_article(one: object, number: int) -> Article:
    url = f"https://www.{one.provider}/{number}"  # type: ignore[attr-defined]  # a newcomer of the stream
    return article(
        number, at=NOW - timedelta(minutes=number), title=one.title, excerpt=one.excerpt, web_url=url,  # type: ignore[attr-defined]
        provider=provider(one.provider), stated_at=NOW, language="en", authors=("A. Person",),  # type: ignore[attr-defined]
    )  # fmt: skip


def _judge_text(one: Article, matcher: Matcher) -> TextJudgement:
    matched = matcher.match(one)
    return TextJudgement(article=score_article(one, matched, weight=0), matched=matched, weight=0)


def _time(judge: Callable[[Article], object], written: Sequence[Article]) -> float:
    """Return the milliseconds of CPU that an article takes."""
    started_s = time.process_time()
    for one in written:
        judge(one)
    return (time.process_time() - started_s) * 1_000 / len(written)


if __name__ == "__main__":
    main()
