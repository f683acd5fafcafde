"""Stories with what tells why they are as they are: one of them, or the newest."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from aggregator.model import Article, Member
from aggregator.pipeline.publish.story_views import Stories, read_stories_of, view_story
from aggregator.pipeline.site import Site
from aggregator.publish.story_view import StoryView
from aggregator.store import read_articles_since, read_members, read_stored_articles
from aggregator.stories.reasons import spell_term

PROPOSED = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class ExplainedStory:
    """A story with its ``members`` in order of time, and their ``articles``; no ``view``: none is shown."""

    id: str
    view: StoryView | None
    members: tuple[Member, ...]
    articles: Mapping[str, Article]
    stories: Stories

    def is_shown(self, member: Member) -> bool:
        """Tell whether an article of the story is published."""
        return member.article_id in self.stories.articles

    def spell_shared(self, member: Member) -> tuple[str, ...]:
        """Return what an article joined for, in words as the titles and excerpts of the story have them."""
        return spell_shared(member, self.articles)

    def list_related(self) -> Iterator[tuple[str, str]]:
        """Yield the ids of linked stories with the title of an article of each, first of a chosen lead."""
        for other in self.stories.links.get(self.id, ())[:PROPOSED]:
            named = self.stories.find_lead(other) or next(iter(self.stories.published(other)), None)
            if named is not None:
                yield other, named.title


def spell_shared(member: Member, articles: Mapping[str, Article]) -> tuple[str, ...]:
    """Return what an article joined for, in words as these articles have them, itself before the others."""
    known = [articles[member.article_id], *articles.values()]
    texts = [text for one in known for text in (one.title, one.excerpt or "")]
    return tuple(" ".join(spell_term(w, texts) for w in term.split(" ")) for term in member.shared)


def read_explained_story(story_id: str, site: Site) -> ExplainedStory:
    """Return a story of this id, which is one that is now."""
    members = read_members(site.store, {story_id})[story_id]
    articles = read_stored_articles(site.store, [member.article_id for member in members])
    found = read_stories_of(articles, site.store, choices=site.list_story_choices())
    return ExplainedStory(
        id=story_id,
        view=view_story(found, story_id, articles),
        members=tuple(sorted(members, key=lambda member: (member.published_at, member.turn))),
        articles={article.id: article for article in articles},
        stories=found,
    )


def find_newest_stories(topic_id: str | None, since: datetime, site: Site) -> Iterator[StoryView]:
    """Yield the stories of several published articles, one of them since a time, the newest first.

    ``topic_id`` None: of any topic.
    """
    recent = [a for a in read_articles_since(site.store, since) if a.is_published]
    found = read_stories_of(recent, site.store, choices=site.list_story_choices())
    own: dict[str, list[str]] = {}
    for article in recent:
        if article.id in found.story_of and (topic_id is None or topic_id in article.topics):
            own.setdefault(found.story_of[article.id], []).append(article.id)
    views = (view_story(found, i, [found.articles[a] for a in ids]) for i, ids in own.items())
    several = [story for story in views if story and story.others]
    yield from sorted(several, key=lambda story: (-story.published_at.timestamp(), story.id))
