"""What makes an item of a feed enter, leave or move: the judgement of its articles by both configurations."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain

from aggregator.curate.editor_decisions import PART, apply_to_texts, find_last
from aggregator.curate.editor_rules import EditorRules
from aggregator.model import Article
from aggregator.model.curation import ALONE, EditorRule, StoryFacts, name_rule
from aggregator.model.decisions import Decision, Verb
from aggregator.model.feed_differences import FeedDifference, ItemChange
from aggregator.pipeline.feed_sizes import size_feeds
from aggregator.pipeline.page_wait import waits_for_page
from aggregator.pipeline.publish.feed_places import select_own
from aggregator.pipeline.publish.release import show_article
from aggregator.pipeline.publish.story_relations import read_relations
from aggregator.pipeline.publish.story_views import Stories, read_unlinked_stories, view_story
from aggregator.pipeline.publish.topic_waits import show_in_topic
from aggregator.pipeline.story_facts import read_story_facts
from aggregator.rules import Rules, has_changed
from aggregator.store import (
    ALL,
    ARTICLES_FOLDER,
    Store,
    read_carriers,
    read_items_by_id,
    read_members,
    read_stored_articles,
)
from aggregator.stories.editor_decisions import EditorPair

OTHERS = "other items"
"""What does it where nothing about the item itself differs: others took its place, or left theirs."""
_PLACING = frozenset({Verb.PIN, Verb.HOLD_UNTIL, Verb.ADD_TOPIC, Verb.REMOVE_TOPIC, Verb.CORRECT})
"""What editors decide that moves an item without being a part of its quality."""
_SHOWING = frozenset({Verb.RETITLE, Verb.RE_EXCERPT, Verb.PICTURE, Verb.CORRECT})
"""What they decide that changes what an item says."""
_NAMED = ("rule ", "decision ")
"""How the parts of quality begin that editors gave their names."""


@dataclass(kw_only=True, slots=True)
class ChangedItems:
    """Explains differences between feeds by the rules ``in_force`` and those ``planned``.

    The ``store`` holds the articles as they are judged by the planned rules, and the places that they take.
    ``other_rules`` are the editors' rules that differ, as they were and as they are planned.
    """

    in_force: Rules
    planned: Rules
    store: Store
    now: datetime
    other_rules: tuple[Sequence[EditorRule], Sequence[EditorRule]] = ((), ())
    _others: tuple[Rules, ...] = field(init=False)
    _other_pairs: tuple[EditorPair, ...] = field(init=False)
    _other_leads: Sequence[tuple[str, Decision]] = field(init=False)
    _stories: Stories = field(init=False)
    _articles: Mapping[str, Article] = field(init=False)
    _carriers: Mapping[str, tuple[str, ...]] = field(init=False)
    _recent_at: Mapping[tuple[str, str], datetime] = field(init=False)
    _related: Mapping[str, Sequence[str]] = field(init=False)
    _facts: Mapping[str, StoryFacts] = field(default_factory=dict)

    def __post_init__(self) -> None:
        both = zip((self.in_force, self.planned), self.other_rules, strict=True)
        # Only those that differ are asked about articles: a site may have hundreds.
        self._others = tuple(
            replace(rules, editor_rules=EditorRules(others, rules.topics)) for rules, others in both if others
        )
        was, is_ = (rules.stories.decisions.list_pairs(self.now) for rules in (self.in_force, self.planned))
        leads = (
            {*r.stories.decisions.list_choices(self.now).leads.items()} for r in (self.in_force, self.planned)
        )
        self._other_leads = sorted(set.symmetric_difference(*leads), key=lambda led: led[1].id)
        self._other_pairs = tuple(sorted({*was} ^ {*is_}, key=lambda pair: (pair.decision.id, pair.other_id)))

    def explain(self, differences: Sequence[FeedDifference]) -> Iterator[FeedDifference]:
        """Yield the differences with the titles of their items, their addresses, and what does it."""
        self._read(differences)
        for one in differences:
            yield replace(
                one,
                entering=tuple(self._explain(item, one.feed) for item in one.entering),
                leaving=tuple(self._explain(item, one.feed) for item in one.leaving),
                moving=tuple(self._explain(item, one.feed) for item in one.moving),
                changing=tuple(self._explain(item, one.feed, is_changing=True) for item in one.changing),
            )

    def _read(self, differences: Sequence[FeedDifference]) -> None:
        alone, stories = (
            {c.item_id for d in differences if _is_of_articles(d.feed) is wanted for c in d.changes}
            for wanted in (True, False)
        )
        known = {article.id: article for article in read_stored_articles(self.store, alone)}
        choices = self.planned.stories.decisions.list_choices(self.now)
        changing = {c.item_id for d in differences if not _is_of_articles(d.feed) for c in d.changing}
        related = read_relations(changing, choices, self.store)
        # Both before and after, a story has the same members: what is published of them is asked each time.
        members = read_members(self.store, {*stories, *chain.from_iterable(related.values())})
        self._related = {
            id_: [member.article_id for other in others for member in members.get(other, ())]
            for id_, others in related.items()
        }
        ids = {member.article_id for all_ in members.values() for member in all_}
        # A story that became part of another one is told by its first article, whose id it has.
        rest = read_stored_articles(self.store, (ids | stories) - known.keys())
        self._articles = {**known, **{article.id: article for article in rest}}
        self._carriers = read_carriers(self.store, sorted(self._articles))
        if self.in_force.editor_rules.uses_stories or self.planned.editor_rules.uses_stories:
            self._facts = read_story_facts(self._articles, self.store)
        self._stories = read_unlinked_stories(
            stories,
            self._articles,
            self.store,
            choices=choices,
            show=lambda article: show_article(article, self.planned, self.now),
        )
        places = read_items_by_id(self.store, alone | stories)
        self._recent_at = {(i.feed, i.item_id): i.recent_at for items in places.values() for i in items}

    def _explain(self, item: ItemChange, feed: str, *, is_changing: bool = False) -> ItemChange:
        topic_id = feed.removesuffix(ARTICLES_FOLDER)
        articles = self._list_articles(item.item_id, feed)
        shown = self._choose_shown(item.item_id, feed, articles, topic_id)
        reasons = dict.fromkeys(
            reason for article in articles for reason in self._compare_judgements(article, topic_id)
        )
        if is_changing:
            reasons |= dict.fromkeys(
                reason for article in articles for reason in self._compare_shown(article)
            )
        if not _is_of_articles(feed):
            reasons |= dict.fromkeys(self._compare_stories(frozenset(article.id for article in articles)))
        if is_changing and not reasons:
            reasons = dict.fromkeys(self._compare_related(item.item_id, topic_id))
        reasons = reasons or dict.fromkeys(self._compare_sizes(item, feed))
        return replace(
            item,
            title=self._find_title(shown) if shown else "",
            url=(shown.web_url or shown.original_url) if shown else None,
            published_at=shown.published_at if shown else None,
            because=tuple(reasons) or (OTHERS,),
        )

    def _find_title(self, article: Article) -> str:
        return apply_to_texts(article, self.planned.decisions.of(article, self.now)).title

    def _list_articles(self, item_id: str, feed: str) -> list[Article]:
        if _is_of_articles(feed):
            return [self._articles[item_id]] if item_id in self._articles else []
        members = self._stories.members.get(item_id, ())
        found = [self._articles[m.article_id] for m in members if m.article_id in self._articles]
        return found or [self._articles[id_] for id_ in (item_id,) if id_ in self._articles]

    def _choose_shown(
        self, item_id: str, feed: str, articles: Sequence[Article], topic_id: str
    ) -> Article | None:
        """Return the article that gives an item its title: of a story its lead, else the first of it."""
        if not _is_of_articles(feed) and item_id in self._stories.members:
            stories = show_in_topic(self._stories, [item_id], topic_id, self.planned, self.now)
            own = select_own(stories.published(item_id), topic_id, self.planned)
            view = view_story(stories, item_id, own)
            if view is not None:
                return view.lead
        return articles[0] if articles else None

    def _compare_judgements(self, after: Article, topic_id: str) -> Iterator[str]:
        """Yield what has this article judged otherwise, as far as it matters to a topic."""
        before = self._judge_before(after)
        was, is_ = (
            bool(select_own([a], topic_id, r)) for a, r in ((before, self.in_force), (after, self.planned))
        )
        yield from self._compare_parts(before, after)
        yield from self._compare_decisions(after, topic_id)
        if has_changed(before, after):
            yield from self._find_applied_rules(after)
        lost_or_gained = set(before.topics) ^ set(after.topics)
        if was != is_ or before.quality != after.quality:
            yield from self._find_changed_topics(lost_or_gained | ({topic_id} - {ALL}))
            yield from self._find_changed_sources(after)
            yield from self._find_changed_provider(before, after)
        if before.is_published and waits_for_page(before, self.in_force, self.now) != waits_for_page(
            after, self.planned, self.now
        ):
            yield "settings enrich"

    def _compare_parts(self, before: Article, after: Article) -> Iterator[str]:
        """Yield the rules and decisions that give an article another quality."""
        was, is_ = (frozenset(rules.decisions.find_on(after)) for rules in (self.in_force, self.planned))
        kept = {f"{PART}{one.id}" for one in was & is_}
        # A decision that stays and counts no more, or counts again, does so by what restores it.
        restoring = [f"{PART}{one.id}" for one in was ^ is_ if one.verb is Verb.RESTORE]
        for name in _find_other_parts(before, after):
            yield from restoring if restoring and name in kept else (name,)

    def _compare_decisions(self, article: Article, topic_id: str) -> Iterator[str]:
        """Yield the decisions that count by one of both configurations alone, but those that judge it."""
        both = (self.in_force, self.planned)
        was, is_ = (rules.decisions.of(article, self.now) for rules in both)
        all_was, all_is = (frozenset(rules.decisions.find_on(article)) for rules in both)
        others = sorted(all_was ^ all_is, key=lambda decision: decision.at)
        replacing = find_last(others, Verb.HOLD_UNTIL)
        for one in sorted({*was} ^ {*is_}, key=lambda decision: decision.at):
            if one.verb in _PLACING and one.topic in (None, topic_id):
                # A hold that stays and counts no more, or counts again, does so by another one.
                is_replaced = one.verb is Verb.HOLD_UNTIL and one in all_was & all_is
                yield f"{PART}{replacing.id if replacing and is_replaced else one.id}"

    def _compare_shown(self, after: Article) -> Iterator[str]:
        """Yield what shows an article otherwise: its wording, picture and notes, topics and publisher."""
        was, is_ = (rules.decisions.of(after, self.now) for rules in (self.in_force, self.planned))
        for one in sorted({*was} ^ {*is_}, key=lambda decision: decision.at):
            if one.verb in _SHOWING:
                yield f"{PART}{one.id}"
        before = self._judge_before(after)
        yield from self._find_changed_topics({*before.topics, *after.topics})
        if self.in_force.registry.refresh(after).provider != self.planned.registry.refresh(after).provider:
            yield f"provider {after.provider.domain}"

    def _compare_related(self, story_id: str, topic_id: str) -> Iterator[str]:
        """Yield what has the stories that a story may name as related told otherwise, or elsewhere."""
        ids = [id_ for id_ in self._related.get(story_id, ()) if id_ in self._articles]
        for article in (self._articles[id_] for id_ in ids):
            yield from self._compare_judgements(article, topic_id)
            yield from self._compare_shown(article)
        yield from self._compare_stories(frozenset(ids))

    def _compare_stories(self, article_ids: frozenset[str]) -> Iterator[str]:
        """Yield the decisions that join, part or lead these articles by one of both configurations alone."""
        for pair in self._other_pairs:
            if not article_ids.isdisjoint((pair.article_id, pair.other_id)):
                yield f"{PART}{pair.decision.id}"
        yield from (f"{PART}{one.id}" for article_id, one in self._other_leads if article_id in article_ids)

    def _judge_before(self, after: Article) -> Article:
        story = self._facts.get(after.id, ALONE)
        return self.in_force.judge_again(after, self._carriers.get(after.id, ()), now=self.now, story=story)

    def _find_applied_rules(self, article: Article) -> Iterator[str]:
        """Yield those of the rules that differ which say something of an article."""
        carriers, story = self._carriers.get(article.id, ()), self._facts.get(article.id, ALONE)
        for rules in self._others:
            traces = rules.explain_rules(article, carriers, now=self.now, story=story)
            yield from (name_rule(trace.rule_id) for trace in traces if trace.is_applied)

    def _find_changed_topics(self, topic_ids: Iterable[str]) -> Iterator[str]:
        was, is_ = self.in_force.topics_by_id, self.planned.topics_by_id
        yield from (f"topic {id_}" for id_ in sorted(topic_ids) if was.get(id_) != is_.get(id_))

    def _find_changed_sources(self, article: Article) -> Iterator[str]:
        for source_id in self._carriers.get(article.id, ()):
            was, is_ = (rules.carriers.get(source_id) for rules in (self.in_force, self.planned))
            judged = [(s.topics, s.assign, s.weight) for s in (was, is_) if s is not None]
            if len(judged) < 2 or judged[0] != judged[1]:
                yield f"source {source_id}"

    def _find_changed_provider(self, before: Article, after: Article) -> Iterator[str]:
        if before.provider.weight != after.provider.weight:
            yield f"provider {after.provider.domain}"

    def _compare_sizes(self, item: ItemChange, feed: str) -> Iterator[str]:
        """Yield which settings of feeds do it, for an item of which nothing differs but that it is shown."""
        topic_id = feed.removesuffix(ARTICLES_FOLDER)
        if topic_id != ALL and (topic_id in self.in_force.topics_by_id) != (
            topic_id in self.planned.topics_by_id
        ):
            yield f"topic {topic_id}"
            return
        was, is_ = self.in_force.publishing, self.planned.publishing
        recent_at = self._recent_at.get((feed, item.item_id))
        if (
            recent_at is not None
            and len({recent_at >= self.now - timedelta(days=p.window_days) for p in (was, is_)}) > 1
        ):
            yield "settings publish.window_days"
        sizes = [size_feeds(rules)(feed) for rules in (self.in_force, self.planned)]
        if sizes[0] != sizes[1]:
            limits = [
                topic and topic.limit
                for topic in (r.topics_by_id.get(topic_id) for r in (self.in_force, self.planned))
            ]
            yield "settings publish.max_items" if limits[0] == limits[1] else f"topic {topic_id}"
        if self.in_force.polling.backlog != self.planned.polling.backlog:
            yield "settings polling.backlog_days"


def _is_of_articles(feed: str) -> bool:
    return feed.endswith(ARTICLES_FOLDER)


def _find_other_parts(before: Article, after: Article) -> Iterator[str]:
    """Yield the parts of quality by editors of which an article has more or less than before."""
    was, is_ = before.quality_parts, after.quality_parts
    named = (name for name in {**was, **is_} if name.startswith(_NAMED))
    yield from (name for name in named if was.get(name) != is_.get(name))
