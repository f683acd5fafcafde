"""Stories and their articles: the records of the store, and what grouping makes of them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from sys import intern

from aggregator.model import Member, Story
from aggregator.stories.editions import keep_series, keep_words
from aggregator.stories.formats import keep_formats
from aggregator.stories.hours import count_hours, read_hours
from aggregator.stories.open_story import GroupedArticle, OpenStory
from aggregator.stories.places import keep_countries
from aggregator.stories.sentences import keep_marks
from aggregator.stories.vocabulary import Vocabulary


def make_open_stories(
    stories: Iterable[Story], grouped: Mapping[str, list[GroupedArticle]], vocabulary: Vocabulary
) -> Iterable[OpenStory]:
    """Yield stories for grouping with their articles, by story in ``grouped``; none without any."""
    for story in stories:
        if story.id not in grouped:
            continue
        articles = grouped[story.id]
        yield OpenStory(
            id=story.id,
            packed=vocabulary.pack(story.total) or articles[0].packed,
            members=articles,
            has_excerpt=story.has_excerpt,
            founded=story.founded,
            turn=story.turn,
            checked=story.checked,
        )


def make_grouped_article(member: Member, vocabulary: Vocabulary) -> GroupedArticle:
    """Return an article of a story for grouping."""
    return GroupedArticle(
        member.article_id,
        vocabulary.pack(member.vector),
        count_hours(member.published_at),
        intern(member.provider),
        member.quality,
        member.turn,
        vocabulary,
        keep_countries(member.terms),
        keep_formats(member.terms),
        keep_series(member.terms),
        keep_marks(member.terms),
        vocabulary.pack_keys(keep_words(member.terms)[: member.title_terms]),
    )


def make_story(story: OpenStory, formed_at: datetime | None) -> Story:
    """Return a story for the store; ``formed_at`` is None where what is kept of it stays."""
    return Story(
        id=story.id,
        total=story.total,
        has_excerpt=story.has_excerpt,
        founded=story.founded,
        turn=story.turn,
        checked=story.checked,
        last_at=read_hours(story.last_h),
        formed_at=formed_at,
    )
