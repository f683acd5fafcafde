"""Whether a topic will yield stories, by what its sources brought in the last days.

Articles are judged by the configuration that is asked about, which need not be in force. Nothing is stored.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import combinations

from aggregator.model import Article, Source
from aggregator.model.curation import ALONE, StoryFacts, list_barred
from aggregator.model.progress import OnProgress, ignore_progress
from aggregator.pipeline.explanation.remedies import find_least_quality
from aggregator.pipeline.explanation.unpublished import explain_unpublished
from aggregator.pipeline.publish.feed_places import select_own
from aggregator.pipeline.publish.story_views import (
    leave_out_barred,
    read_unlinked_stories,
    view_story,
)
from aggregator.pipeline.site import Site
from aggregator.pipeline.story_facts import read_story_facts
from aggregator.rules import Rules
from aggregator.store import Store, read_articles_since, read_carriers, read_first_arrival, read_story_ids
from aggregator.stories.editor_decisions import StoryChoices
from aggregator.text import format_count

BATCH = 500
MANY_A_DAY = 1.0
"""Stories of several independent publishers a day from which a topic is sure to yield some."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceShare:
    """What a source brought: articles that are not quarantined, those on the topic, and published ones.

    ``stories`` are those of the topic that it tells, ``alone`` those that no other source tells.
    """

    source_id: str
    articles: int
    on_topic: int
    published: int
    stories: int
    alone: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SharedStories:
    """Two sources, and how many stories of the topic both tell; ``share`` is of the one that tells fewer."""

    a: str
    b: str
    stories: int
    share: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Forecast:
    """What a topic would have held in the last ``days``: numbers of articles, and of stories they tell.

    The store has ``stored_days`` of them. ``independent`` are stories of two or more independent publishers.
    ``silent`` are the sources that brought nothing, with why. ``obstacles`` says why nothing is
    published, empty: something is.
    """

    topic_id: str
    days: int
    stored_days: float
    on_topic: int
    published: int
    stories: int
    independent: int
    sources: tuple[SourceShare, ...]
    overlaps: tuple[SharedStories, ...]
    silent: Mapping[str, str]
    obstacles: str

    @property
    def rate_days(self) -> float:
        """The days that numbers are divided by: those that the store has, a whole one at least."""
        return max(self.stored_days, 1.0)

    @property
    def verdict(self) -> str:
        """Whether it will yield stories, in a sentence."""
        if not self.published:
            return f"no: nothing would be published; {self.obstacles}"
        a_day = self.independent / self.rate_days
        if not self.independent:
            return "no: articles, but no story that two independent publishers tell; add sources"
        if a_day < MANY_A_DAY:
            return f"a few: a story of two or more independent publishers every {1 / a_day:.1f} days"
        return f"yes: {a_day:.1f} stories a day of two or more independent publishers"


def forecast_topic(
    topic_id: str, site: Site, *, days: int, on_progress: OnProgress = ignore_progress
) -> Forecast:
    """Return what a topic of ``rules`` would have held in the last ``days``.

    ``on_progress`` is told how many of how many articles were judged.
    """
    stored = read_articles_since(site.store, site.now - timedelta(days=days))
    carriers: dict[str, tuple[str, ...]] = {}
    judged: dict[str, Article] = {}
    for start in range(0, len(stored), BATCH):
        batch = stored[start : start + BATCH]
        carriers |= read_carriers(site.store, [article.id for article in batch])
        judged |= {a.id: a for a in _judge(batch, carriers, site)}
        on_progress(start + len(batch), len(stored))
    found = _Found(topic_id=topic_id, rules=site.rules, judged=judged, carriers=carriers)
    story_of = read_story_ids(site.store, [article.id for article in found.own])
    told = found.group(story_of)
    tellers = {id_: {s for a in articles for s in carriers.get(a.id, ())} for id_, articles in told.items()}
    return Forecast(
        topic_id=topic_id,
        days=days,
        stored_days=_measure_stored_days(judged.values(), site.store, site.now, days),
        on_topic=len(found.on_topic),
        published=len(found.own),
        stories=len(told),
        independent=_count_independent(found, told, set(story_of.values()), site.store),
        sources=tuple(found.share(tellers)),
        overlaps=tuple(_find_overlaps(tellers)),
        silent=dict(found.explain_silence()),
        obstacles=found.explain_all(),
    )


@dataclass(kw_only=True, slots=True)
class _Found:
    """Articles as they are ``judged``, by id: those on the topic, and its ``own``, which it would publish."""

    topic_id: str
    rules: Rules
    judged: Mapping[str, Article]
    carriers: Mapping[str, tuple[str, ...]]
    on_topic: list[Article] = field(init=False)
    own: list[Article] = field(init=False)

    def __post_init__(self) -> None:
        self.on_topic = [article for article in self.judged.values() if self.topic_id in article.topics]
        self.own = select_own(self.on_topic, self.topic_id, self.rules)

    def group(self, story_of: Mapping[str, str]) -> dict[str, list[Article]]:
        """Return what the topic would publish by stories, an article that is in none by its own id."""
        told: dict[str, list[Article]] = {}
        for article in self.own:
            told.setdefault(story_of.get(article.id, article.id), []).append(article)
        return told

    def share(self, tellers: Mapping[str, set[str]]) -> Iterator[SourceShare]:
        """Yield what each source that feeds the topic brought, those that publish most first."""
        of_all, of_topic, of_own = map(self._count, (self.judged.values(), self.on_topic, self.own))
        told = Counter(source_id for sources in tellers.values() for source_id in sources)
        alone = Counter(
            source_id for sources in tellers.values() if len(sources) == 1 for source_id in sources
        )
        for source_id in sorted(of_topic, key=lambda id_: (-of_own[id_], -of_topic[id_], id_)):
            yield SourceShare(
                source_id=source_id, articles=of_all[source_id], on_topic=of_topic[source_id],
                published=of_own[source_id], stories=told[source_id], alone=alone[source_id],
            )  # fmt: skip

    def explain_silence(self) -> Iterator[tuple[str, str]]:
        """Yield the sources of which the topic would publish nothing, with why."""
        of_all, of_topic, of_own = map(self._count, (self.judged.values(), self.on_topic, self.own))
        for source in self.rules.sources.values():
            if of_own[source.id]:
                continue
            if not source.enabled:
                yield source.id, "it is switched off"
            elif source.topics and not of_topic[source.id] and not self._may_feed(source):
                yield source.id, "its `topics` in sources.yaml leave this one out"
            elif not of_all[source.id]:
                yield source.id, "it brought no article"
            elif not of_topic[source.id]:
                count = of_all[source.id]
                one = "its article is not" if count == 1 else f"none of its {count:,} articles is"
                theirs = [a for a in self.judged.values() if source.id in self.carriers.get(a.id, ())]
                yield source.id, f"{one} on the topic{self._explain_taken_out(theirs)}"
            else:
                theirs = [one for one in self.on_topic if source.id in self.carriers.get(one.id, ())]
                yield source.id, self._explain(theirs)

    def explain_all(self) -> str:
        """Return why nothing would be published, empty where something would."""
        if self.own:
            return ""
        if not self.on_topic:
            return f"no article is on the topic{self._explain_taken_out(self.judged.values())}"
        return self._explain(self.on_topic, whose="the")

    def _explain_taken_out(self, articles: Iterable[Article]) -> str:
        """Return by what articles are not on the topic whose words are, in words that follow; "" for none."""
        found = Counter(
            bar
            for article in articles
            if (bar := list_barred(article).get(self.topic_id)) and self._is_matched(article)
        )
        told = ", ".join(f"{format_count(count, 'article')} by {bar}" for bar, count in sorted(found.items()))
        return f"; taken out: {told}" if told else ""

    def _is_matched(self, article: Article) -> bool:
        """Tell whether an article is on the topic by its words, or by what its sources are about."""
        carriers = self.carriers.get(article.id, ())
        sources = [self.rules.carriers[id_] for id_ in carriers if id_ in self.rules.carriers]
        matches = [self.rules.matcher.match(article, only=s.topics, assign=s.assign) for s in sources]
        return any(self.topic_id in one.topics for one in matches)

    def _explain(self, articles: Sequence[Article], *, whose: str = "its") -> str:
        least = find_least_quality(self.rules.topics_by_id.get(self.topic_id))
        return explain_unpublished(articles, least, self.rules.editor_rules, whose=whose)

    def _count(self, articles: Iterable[Article]) -> Counter[str]:
        return Counter(id_ for article in articles for id_ in self.carriers.get(article.id, ()))

    def _may_feed(self, source: Source) -> bool:
        """Tell whether a source gives articles to the topic, or to a narrower one."""
        topics = self.rules.topics_by_id
        for topic_id in source.topics:
            above: str | None = topic_id
            seen: set[str] = set()
            while above is not None and above not in seen:
                if above == self.topic_id:
                    return True
                seen.add(above)
                above = topics[above].parent if above in topics else None
        return False


def _measure_stored_days(articles: Iterable[Article], store: Store, now: datetime, days: int) -> float:
    """Return of how many of the last ``days`` the store has articles: since it began, or their first."""
    began_at = read_first_arrival(store) or now
    since = now - timedelta(days=days)
    oldest_at = min((a.published_at for a in articles if a.published_at >= since), default=now)
    return round(min((now - min(began_at, oldest_at)) / timedelta(days=1), days), 2)


def _judge(
    batch: Sequence[Article], carriers: Mapping[str, tuple[str, ...]], site: Site
) -> Iterator[Article]:
    facts: Mapping[str, StoryFacts] = {}
    if site.rules.editor_rules.uses_stories:
        facts = read_story_facts([article.id for article in batch], site.store)
    for article in batch:
        story = facts.get(article.id, ALONE)
        yield site.rules.judge_again(article, carriers.get(article.id, ()), now=site.now, story=story)


def _count_independent(
    found: _Found, told: Mapping[str, Sequence[Article]], story_ids: set[str], store: Store
) -> int:
    """Return how many stories of the topic two or more independent publishers tell."""
    stories = read_unlinked_stories(
        story_ids, found.judged, store, choices=StoryChoices(), show=lambda article: article
    )
    stories = leave_out_barred(stories, stories.members, found.topic_id)
    views = (view_story(stories, story_id, own) for story_id, own in told.items())
    return sum(view is not None and view.independent > 1 for view in views)


def _find_overlaps(tellers: Mapping[str, set[str]]) -> list[SharedStories]:
    """Return pairs of sources that tell the same stories, those with most of them first."""
    told = Counter(source_id for sources in tellers.values() for source_id in sources)
    both = Counter(pair for sources in tellers.values() for pair in combinations(sorted(sources), 2))
    return [
        SharedStories(a=a, b=b, stories=count, share=round(count / min(told[a], told[b]), 3))
        for (a, b), count in sorted(both.items(), key=lambda found: (-found[1], found[0]))
    ]
