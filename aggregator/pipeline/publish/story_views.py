"""Stories as they are published: which article leads, which follow, and what is related."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from aggregator.curate.editor_decisions import is_taken_out
from aggregator.model import Article, Member
from aggregator.model.curation import list_barred
from aggregator.pipeline.publish.story_relations import RELATED, read_relations
from aggregator.pipeline.publish.story_times import (
    find_news_time,
    find_update_time,
    is_time_of,
    keep_news_time,
    list_news,
)
from aggregator.publish.story_view import StoryView
from aggregator.store import (
    ShownUpdate,
    Store,
    read_members,
    read_stored_articles,
    read_story_ids,
)
from aggregator.stories.coverage import Voices, cover, find_voices, rank_related
from aggregator.stories.editor_decisions import StoryChoices

Show = Callable[[Article], Article | None]
"""Returns an article as it is shown now, None: not yet."""
_NEAREST = 2 * RELATED
"""Linked stories that are read first: they have the articles to show, unless these are not published."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stories:
    """The stories of some articles, with all that is needed to show them.

    ``story_of`` has story ids by article id; ``members`` and ``links`` are by story id. ``articles`` are
    those of the stories, and of linked ones, that are published, by id. ``choices`` are editors';
    ``taken_out`` are the ids of those articles that they keep out, ``barred`` by topic id of those that they
    took out of that topic alone.
    """

    story_of: Mapping[str, str]
    members: Mapping[str, tuple[Member, ...]]
    links: Mapping[str, tuple[str, ...]]
    articles: Mapping[str, Article]
    choices: StoryChoices
    taken_out: frozenset[str]
    barred: Mapping[str, frozenset[str]]
    _voices: dict[str, Voices] = field(init=False, repr=False, compare=False, default_factory=dict)
    _views: dict[tuple[str, ...], StoryView] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def published(self, story_id: str) -> list[Article]:
        """Return the published articles of a story, in the order they were placed."""
        return [self.articles[one.article_id] for one in self.list_shown(story_id)]

    def find_lead(self, story_id: str) -> Article | None:
        """Return the published article that editors have speak for a story, None: they have none."""
        return self.choices.find_lead(self.published(story_id)) if self.choices.leads else None

    def list_shown(self, story_id: str) -> list[Member]:
        """Return how the published articles of a story were grouped, in the order they were placed."""
        return [one for one in self.members.get(story_id, ()) if one.article_id in self.articles]

    def list_standing(self, story_id: str) -> list[Member]:
        """Return how the articles of a story were grouped that it can stand by: published, or taken out."""
        known = (self.articles, self.taken_out)
        return [one for one in self.members.get(story_id, ()) if any(one.article_id in ids for ids in known)]

    def is_cut(self, story_id: str) -> bool:
        """Tell whether articles were taken out of a story."""
        return any(one.article_id in self.taken_out for one in self.members.get(story_id, ()))

    def by_article(self, *story_ids: str) -> dict[str, Member]:
        """Return how the articles of stories were grouped, by article id."""
        return {m.article_id: m for story_id in story_ids for m in self.members.get(story_id, ())}

    def voices(self, story_id: str) -> Voices:
        """Return whose words the published articles of a story have, found once for all topics."""
        found = self._voices.get(story_id)
        if found is None:
            found = find_voices(self.published(story_id), self.by_article(story_id))
            self._voices[story_id] = found
        return found

    def view(self, story_id: str, own: Sequence[Article]) -> "StoryView | None":
        """Return a whole story as topics show it whose ``own`` articles these are, made once for all."""
        key = (story_id, *(article.id for article in own))
        found = self._views.get(key)
        if found is None and (found := _view_story(self, story_id, own, None)) is not None:
            self._views[key] = found
        return found


def read_stories_of(
    articles: Iterable[Article],
    store: Store,
    *,
    choices: StoryChoices,
    show: Show = lambda article: article,
) -> Stories:
    """Return the stories of ``articles`` and those linked with them, without articles that are left out."""
    known = {article.id: article for article in articles}
    return read_stories(set(read_story_ids(store, known).values()), known, store, choices=choices, show=show)


def read_stories(
    story_ids: Collection[str],
    known: Mapping[str, Article],
    store: Store,
    *,
    choices: StoryChoices,
    show: Show = lambda article: article,
) -> Stories:
    """Return these stories and those linked with them; articles that are ``known`` are not read again."""
    links = read_relations(story_ids, choices, store)
    nearest = {id_: others[:_NEAREST] for id_, others in links.items()}
    stories = _read_stories(story_ids, nearest, known, store, choices=choices, show=show)
    if all(_is_enough(stories, nearest[id_], links[id_]) for id_ in links):
        return stories
    return _read_stories(story_ids, links, stories.articles, store, choices=choices, show=show)


def _is_enough(stories: Stories, read: Collection[str], linked: Collection[str]) -> bool:
    """Tell whether those of the linked stories that were read are as many as are ever shown."""
    if len(read) == len(linked):
        return True
    # What is barred from a topic is not shown there: only the rest is enough for every topic.
    return sum(any(not list_barred(a) for a in stories.published(id_)) for id_ in read) >= RELATED


def read_unlinked_stories(
    story_ids: Collection[str],
    known: Mapping[str, Article],
    store: Store,
    *,
    choices: StoryChoices,
    show: Show,
) -> Stories:
    """Return these stories as if they were linked with none."""
    return _read_stories(story_ids, {}, known, store, choices=choices, show=show)


def _read_stories(
    story_ids: Collection[str],
    links: Mapping[str, tuple[str, ...]],
    known: Mapping[str, Article],
    store: Store,
    *,
    choices: StoryChoices,
    show: Show,
) -> Stories:
    members = read_members(store, {*story_ids, *(other for ids in links.values() for other in ids)})
    missing = {m.article_id for all_ in members.values() for m in all_} - known.keys()
    found = {**known, **{article.id: article for article in read_stored_articles(store, missing)}}
    published = ((i, show(article)) for i, article in found.items() if article.is_published)
    shown_articles = {i: shown for i, shown in published if shown is not None}
    return Stories(
        story_of={m.article_id: id_ for id_, all_ in members.items() for m in all_},
        members=members,
        links=links,
        articles=shown_articles,
        choices=choices,
        taken_out=frozenset(i for i, article in found.items() if is_taken_out(article)),
        barred=_find_barred(shown_articles.values()),
    )


def _find_barred(articles: Iterable[Article]) -> dict[str, frozenset[str]]:
    """Return by topic id the ids of those of the articles that editors took out of the topic."""
    found: dict[str, set[str]] = {}
    for article in articles:
        for topic_id in list_barred(article):
            found.setdefault(topic_id, set()).add(article.id)
    return {topic_id: frozenset(ids) for topic_id, ids in found.items()}


def leave_out_barred(stories: Stories, story_ids: Iterable[str], topic_id: str) -> Stories:
    """Return stories without the articles of these that editors took out of a topic."""
    barred = stories.barred.get(topic_id)
    if not barred:
        return stories
    out = barred.intersection(m.article_id for id_ in story_ids for m in stories.members.get(id_, ()))
    if not out:
        return stories
    kept = {id_: article for id_, article in stories.articles.items() if id_ not in out}
    return replace(stories, articles=kept, taken_out=stories.taken_out | out)


def view_story(
    stories: Stories, story_id: str, own: Sequence[Article], known: ShownUpdate | None = None
) -> StoryView | None:
    """Return a story as the topic shows it whose ``own`` articles are given; None where none is published.

    Its news are of no sooner than is ``known``; where articles were taken out of it, of that time, and what
    came since.
    """
    if stories.is_cut(story_id):
        return _view_story(stories, story_id, own, known)
    view = stories.view(story_id, own)
    if view is None or not view.others:
        return view
    news_at = keep_news_time(view.news_at, known, stories.list_standing(story_id), ())
    if news_at == view.news_at:
        return view
    return replace(view, news_at=news_at, updated_at=max(view.updated_at, news_at))


def _view_story(
    stories: Stories, story_id: str, own: Sequence[Article], known: ShownUpdate | None
) -> StoryView | None:
    articles = stories.published(story_id)
    first = {article.id for article in own}
    if not articles or not first:
        return None
    by_article = stories.by_article(story_id)
    voices = stories.voices(story_id) if len(articles) > 1 else None
    lead = stories.find_lead(story_id)
    coverage = cover(story_id, articles, by_article, first=first, lead=lead, voices=voices)
    # A lead that editors choose is no news: the story stays in its place.
    usual = cover(story_id, articles, by_article, first=first, voices=voices) if lead else coverage
    found_at = find_news_time(usual, by_article, articles[0], first)
    news_at = keep_news_time(found_at, known, stories.list_standing(story_id), stories.taken_out)
    return StoryView(
        id=story_id,
        lead=coverage.lead,
        others=coverage.others,
        related=_find_linked(stories, coverage.lead, story_id),
        publishers=coverage.publishers,
        independent=coverage.independent,
        published_at=articles[0].published_at,
        news_at=news_at,
        updated_at=find_update_time(coverage, usual, by_article, news_at),
    )


def find_news(stories: Stories, story_id: str, own: Sequence[Article], news_at: datetime) -> list[Article]:
    """Return those of a topic's articles of a story that brought something new, or as it says ``news_at``."""
    if len(own) == 1:
        return list(own)
    voices, members = stories.voices(story_id).of, stories.by_article(story_id)
    said_then = [article for article in own if is_time_of(news_at, [members[article.id]])]
    return [*list_news([a for a in own if a.id in voices], voices, members), *said_then]


def change_articles(story: StoryView, change: Callable[[Article], Article]) -> StoryView:
    """Return a story with each of its articles changed."""
    return replace(
        story,
        lead=change(story.lead),
        others=tuple(map(change, story.others)),
        related=tuple(map(change, story.related)),
    )


def find_related(stories: Stories, article: Article) -> tuple[Article, ...]:
    """Return what a record names as related: others of its story, then those of linked stories; at most 5."""
    story_id = stories.story_of.get(article.id)
    if story_id is None:
        return ()
    others = [other for other in stories.published(story_id) if other.id != article.id]
    lead = stories.find_lead(story_id)
    nearest = rank_related(article, others, stories.by_article(story_id))
    nearest = tuple(sorted(nearest, key=lambda other: other is not lead))
    return (*nearest, *_find_linked(stories, article, story_id))[:RELATED]


def measure_pace(stories: Stories, article: Article) -> tuple[int, float]:
    """Return how many voices an article's story has, and the mean hours between the first articles of two."""
    story_id = stories.story_of.get(article.id, "")
    articles = stories.published(story_id)
    if len(articles) < 2:
        return 1, 0.0
    voices = stories.voices(story_id).of
    first: dict[str, datetime] = {}
    for known in articles:
        voice = voices[known.id]
        first[voice] = min(known.published_at, first.get(voice, known.published_at))
    span_h = (max(first.values()) - min(first.values())) / timedelta(hours=1)
    return len(first), span_h / max(1, len(first) - 1)


def _find_linked(stories: Stories, article: Article, story_id: str) -> tuple[Article, ...]:
    found: list[Article] = []
    for other_id in stories.links.get(story_id, ()):
        nearest = [lead] if (lead := stories.find_lead(other_id)) else stories.published(other_id)
        if len(nearest) > 1:
            nearest[:] = rank_related(article, nearest, stories.by_article(story_id, other_id))[:1]
        found += nearest
        if len(found) == RELATED:
            break
    return tuple(found)
