"""The newest stories, and one story with all that says why its articles are together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from aggregator.desk.answers import Fields
from aggregator.desk.lists import cut_page
from aggregator.desk.site import DeskSite
from aggregator.model import Article, Member
from aggregator.pipeline.explanation.decisions_on_story import find_decisions_on_story
from aggregator.pipeline.explanation.explained_stories import (
    find_newest_stories,
    read_explained_story,
    spell_shared,
)
from aggregator.pipeline.explanation.story_reasons import describe_reasons
from aggregator.pipeline.explanation.subject import find_story_id
from aggregator.publish.story_view import StoryView
from aggregator.store import read_members

LISTED = timedelta(days=3)


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryRow:
    """A story in the list, and by id its articles, and what each of them joined for."""

    view: StoryView
    joined_for: Mapping[str, Member]
    articles: Mapping[str, Article]

    def spell_shared(self, member: Member) -> tuple[str, ...]:
        """Return what an article joined for, in words as the titles and excerpts of the story have them."""
        return spell_shared(member, self.articles)


def show_stories(site: DeskSite, asked: Fields) -> Mapping[str, object]:
    """Return what the list of stories of several articles shows, the newest first."""
    seen, topics = site.look_at_site(), site.rules.topics_by_id
    topic = asked.get("topic", "") if asked.get("topic") in topics else ""
    found = find_newest_stories(topic or None, seen.now - LISTED, seen)
    cut = cut_page(tuple(found), asked, ("topic",))
    return {"list": cut, "rows": _make_rows(site, cut.rows), "topic": topic, "topics": site.rules.topics}


def _make_rows(site: DeskSite, views: Sequence[StoryView]) -> list[StoryRow]:
    members = read_members(site.store, {view.id for view in views})
    return [
        StoryRow(
            view=view,
            joined_for={one.article_id: one for one in members.get(view.id, ())},
            articles={article.id: article for article in view.articles},
        )
        for view in views
    ]


def show_story(site: DeskSite, asked: Fields) -> Mapping[str, object]:
    """Return what the page of a story shows; raises AggregatorError where none is meant."""
    seen = site.look_at_site()
    story_id = find_story_id(asked.get("id", ""), site.store, site.config.decisions)
    story = read_explained_story(story_id, seen)
    reasons = describe_reasons(story_id, story.members, story.articles, seen)
    together, apart = part_reasons(reasons)
    related = list(story.list_related())
    decided = find_decisions_on_story(story_id, {*story.articles}, seen)
    return {"story": story, "together": together, "apart": apart, "related": related, "decided": decided}


def part_reasons(lines: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return what puts articles together, or how they are shown, and what keeps others out."""
    told = [line for line in lines if not line.endswith(":")]
    together = [line.removeprefix("- ") for line in told if line.startswith("- ")]
    return together, [line for line in told if not line.startswith("- ")]
