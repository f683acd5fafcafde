"""When a story last had something new to say, and when subscribers last had to hear of it; pure."""

from collections.abc import Mapping
from datetime import datetime

from aggregator.model import Article, Member
from aggregator.stories.coverage import Coverage


def find_news_time(coverage: Coverage, members: Mapping[str, Member], first: Article) -> datetime:
    """Return when a story last had something new to say: its first article, another lead, or a new voice.

    Never a copy, or what was old when it was found: that has nothing new to say. Articles keep when they came
    in whatever story they are: one that takes in another, or is parted, has no news of that.
    """
    if not coverage.others:
        return first.published_at
    moments = [first.published_at]
    if coverage.lead.id != first.id:
        moments.append(members[coverage.lead.id].joined_at)
    return max([*moments, *(members[news.id].joined_at for news in _list_news(coverage, members))])


def _list_news(coverage: Coverage, members: Mapping[str, Member]) -> list[Article]:
    """Return the first articles of all voices but the first one, without what was old when it was found."""
    opened: dict[str, Article] = {}
    for article in sorted(coverage.articles, key=lambda article: members[article.id].turn):
        opened.setdefault(coverage.voices[article.id], article)
    return [article for article in list(opened.values())[1:] if not article.is_backlog]


def find_update_time(
    coverage: Coverage, usual: Coverage, members: Mapping[str, Member], news_at: datetime
) -> datetime:
    """Return when subscribers last had to hear of a story: by news, a changed lead or a correction.

    What was let in late is told then, though the story stands where it would without that.
    """
    corrected = (correction.at for article in coverage.articles for correction in article.corrections)
    let_in = (article.release_at or news_at for article in _list_news(usual, members))
    return max(news_at, coverage.lead.updated_at, *corrected, *let_in)
