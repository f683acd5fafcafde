"""Reading the life of one article out of the store, and judging it as the configuration has it now."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from aggregator.curate import combine_matches
from aggregator.curate.editor_decisions import PART, apply_to_texts, find_pin, has_ended, lets_go
from aggregator.curate.editor_rules import RuleTrace
from aggregator.model import Article, Disappearance
from aggregator.model.corrections import PublicCorrection
from aggregator.model.curation import ALONE
from aggregator.model.decisions import Decision
from aggregator.pipeline.explanation.decisions_on_story import (
    NO_DECISIONS,
    DecisionsOnStory,
    find_decisions_on_story,
)
from aggregator.pipeline.explanation.feed_reasons import (
    NOT_ITS_SOURCES,
    TAKEN_OUT,
    FeedCase,
    FeedReason,
    explain_feed,
)
from aggregator.pipeline.explanation.remedies import Setting, find_remedies, name_changes
from aggregator.pipeline.explanation.waits import list_waits
from aggregator.pipeline.feed_sizes import size_feeds
from aggregator.pipeline.idle_decisions import Excuse, Idle, IdleDecision
from aggregator.pipeline.idle_reasons import explain_idle
from aggregator.pipeline.publish.feed_places import list_topic_ids, name_feeds, place_article
from aggregator.pipeline.publish.limit_reasons import explain_limits
from aggregator.pipeline.publish.release import date_release
from aggregator.pipeline.site import Site
from aggregator.pipeline.story_facts import read_story_facts
from aggregator.rules import Rules
from aggregator.store import (
    ALL,
    ARTICLES_FOLDER,
    FeedItem,
    FeedSize,
    Store,
    find_article,
    read_corrections_of,
    read_disappearances,
    read_feed_items,
    read_items_by_id,
    read_kept_out,
    read_members,
    read_story_ids,
)
from aggregator.store.articles.article_search import FirstSighting, read_first_sightings, read_known_urls
from aggregator.store.shown.feed_items import count_items_before


@dataclass(frozen=True, kw_only=True, slots=True)
class ArticleLife:
    """What is known of an article: ``article`` is None where it was removed, and only who showed it is known.

    ``urls`` are the canonical addresses that lead to it. ``topics`` says by topic id why it is the topic's,
    or, after ``no:``, why it nearly is. ``rules`` has what each editors' rule says of it now, in their order,
    and ``decisions`` those on it that count; ``idle`` why some of them change nothing, by id. ``over`` are
    those that count no more, with why; of an article that was removed all that name it.
    ``disappearances`` say at which sources it disappeared, ``corrections`` what subscribers were told of it,
    the newest first. ``story_id`` is None where it has no story yet;
    ``on_story`` are the decisions on that.
    """

    article_id: str
    article: Article | None
    sightings: tuple[FirstSighting, ...]
    urls: tuple[str, ...]
    topics: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[RuleTrace, ...] = ()
    decisions: tuple[Decision, ...] = ()
    idle: Mapping[str, str] = field(default_factory=dict)
    over: tuple[IdleDecision, ...] = ()
    disappearances: tuple[Disappearance, ...] = ()
    corrections: tuple[PublicCorrection, ...] = ()
    story_id: str | None = None
    on_story: DecisionsOnStory = NO_DECISIONS
    feeds: tuple[FeedReason, ...] = ()

    @property
    def title(self) -> str:
        """The title that readers see, which an editor may have given it; "" where it was removed."""
        return apply_to_texts(self.article, self.decisions).title if self.article else ""


def read_article_life(article_id: str, site: Site) -> ArticleLife:
    """Return the life of an article, from its first sight to the feeds that show it ``now``."""
    article = find_article(site.store, article_id)
    life = ArticleLife(
        article_id=article_id,
        article=article,
        sightings=read_first_sightings(site.store, article_id),
        urls=read_known_urls(site.store, article_id),
        corrections=read_corrections_of(site.store, article_id),
    )
    if article is None:
        return replace(life, over=tuple(_list_left(life, site.rules, site.now)))
    source_ids = [seen.source_id for seen in life.sightings]
    facts = read_story_facts({article_id}, site.store).get(article_id, ALONE)
    traces = site.rules.explain_rules(article, source_ids, now=site.now, story=facts)
    decisions = site.rules.decisions.of(article, site.now)
    story_id = read_story_ids(site.store, {article_id}).get(article_id)
    life = replace(
        life,
        topics=_explain_topics(article, source_ids, name_changes(traces, decisions, site.rules), site.rules),
        rules=traces,
        decisions=decisions,
        idle={
            one.id: idle.why
            for one in decisions
            if (idle := explain_idle(one, article, site.rules, site.now))
        },
        over=tuple(_list_over(article, decisions, site.rules, site.now)),
        disappearances=read_disappearances(site.store, article_id),
        story_id=story_id,
        on_story=find_decisions_on_story(story_id, _list_members(article_id, story_id, site.store), site),
    )
    setting = Setting(source_ids=tuple(source_ids), story=facts, now=site.now)
    cases = _make_cases(article, life, site.rules, site.store, setting)
    return replace(life, feeds=tuple(map(explain_feed, cases)))


def _list_over(
    article: Article, counting: Collection[Decision], rules: Rules, now: datetime
) -> Iterator[IdleDecision]:
    """Yield the decisions on an article that count no more, the oldest first, with why."""
    found = rules.decisions.find_on(article)
    for one in sorted(found, key=lambda decision: decision.at):
        if one in counting:
            continue
        if has_ended(one, now):
            released = Idle("it ended an earlier hold", Excuse.ENDED, one.at)
            yield IdleDecision(decision=one, idle=released if lets_go(one, found) else Idle.make_ended(one))
        elif why := explain_idle(one, article, rules, now):
            yield IdleDecision(decision=one, idle=why)


def _list_left(life: ArticleLife, rules: Rules, now: datetime) -> Iterator[IdleDecision]:
    """Yield the decisions on an article that was removed, the oldest first, with why they do nothing."""
    names = (life.article_id, *life.urls)
    found = {one for name in names for one in rules.decisions.by_key.get(name, ())}
    missing = Idle("its target is not stored", Excuse.REMOVED)
    for one in sorted(found, key=lambda one: (one.at, one.id)):
        yield IdleDecision(decision=one, idle=Idle.make_ended(one) if has_ended(one, now) else missing)


def _list_members(article_id: str, story_id: str | None, store: Store) -> frozenset[str]:
    """Return the articles of a story, one of which is known."""
    members = read_members(store, {story_id}).get(story_id, ()) if story_id else ()
    return frozenset({article_id, *(member.article_id for member in members)})


def _explain_topics(
    article: Article, source_ids: Sequence[str], changed_by: Mapping[str, list[str]], rules: Rules
) -> dict[str, str]:
    """Return why an article, as these sources carry it, is in topics or nearly is, by topic id.

    ``changed_by`` has by topic id the rules and decisions that put it there or take it out.
    """
    carriers = [rules.carriers[id_] for id_ in source_ids if id_ in rules.carriers]
    matches = [rules.matcher.match(article, only=one.topics, assign=one.assign) for one in carriers]
    matched = combine_matches(matches or [rules.matcher.match(article)], rules.topics)
    anywhere = rules.matcher.match(article).topics
    told = {id_: f"no: {NOT_ITS_SOURCES}" for id_ in anywhere if id_ not in matched.topics}
    told |= {**{id_: f"no: {why}" for id_, why in matched.rejected.items()}, **matched.reasons}
    for topic_id in {*article.topics, *matched.topics}:
        is_in, was_in = topic_id in article.topics, topic_id in matched.topics
        if is_in != was_in:
            names = ", ".join(changed_by.get(topic_id, ["what changed since"]))
            told[topic_id] = f"by {names}" if is_in else f"no: {TAKEN_OUT}{names}"
    return told


def _make_cases(
    article: Article, life: ArticleLife, rules: Rules, store: Store, setting: Setting
) -> Iterator[FeedCase]:
    """Yield a case for each feed, those of a topic beside each other."""
    now = setting.now
    story_id = life.story_id
    ids = {article.id, *([story_id] if story_id else [])}
    items = {
        (item.feed, item.item_id): item for all_ in read_items_by_id(store, ids).values() for item in all_
    }
    kept_out = read_kept_out(store, ids)
    coming = _foresee_items(article, rules, now)
    size_of = size_feeds(rules)
    waits = list_waits(article, life.decisions, life.rules, rules, now)
    for topic_id in list_topic_ids(rules):
        said, pin = life.topics.get(topic_id), find_pin(life.decisions, topic_id)
        topic = None if topic_id == ALL else rules.topics_by_id[topic_id]
        remedies = () if article.is_backlog else find_remedies(article, topic, rules, setting)
        for feed, item_id in zip(name_feeds(topic_id), (story_id, article.id), strict=True):
            case = FeedCase(
                feed=feed,
                topic=topic,
                article=article,
                size=size_of(feed),
                window=timedelta(days=rules.publishing.window_days),
                reason=said if said and not said.startswith("no: ") else None,
                refusal=said.removeprefix("no: ") if said and said.startswith("no: ") else None,
                pin=f"pinned by {PART}{pin.id}" if pin else "",
                waits=waits,
                remedies=remedies,
                limit=explain_limits(article, feed, item_id or "", kept_out=kept_out, rules=rules, now=now),
            )
            item = items.get((feed, item_id or ""))
            yield _set_place(case, item, store) if item else _foresee_place(case, coming.get(feed), store)


def _foresee_items(article: Article, rules: Rules, now: datetime) -> dict[str, FeedItem]:
    """Return by feed the places that an article gets there, and its story where that has it alone."""
    items = {item.feed: item for item in place_article(date_release(article, rules, now), rules, now)}
    return items | {
        feed.removesuffix(ARTICLES_FOLDER): replace(item, feed=feed.removesuffix(ARTICLES_FOLDER))
        for feed, item in items.items()
    }


def _foresee_place(case: FeedCase, item: FeedItem | None, store: Store) -> FeedCase:
    if item is None:
        return case
    return replace(case, item=item, is_coming=True, before=count_items_before(store, item))


def _set_place(case: FeedCase, item: FeedItem, store: Store) -> FeedCase:
    place = _find_place(item, case.size, store)
    return replace(case, item=item, place=place, before=count_items_before(store, item))


def _find_place(item: FeedItem, size: FeedSize, store: Store) -> int | None:
    shown = read_feed_items(store, item.feed, size)
    return next((place for place, held in enumerate(shown, start=1) if held.item_id == item.item_id), None)
