"""When a story last had something new to say, and when subscribers last had to hear of it; pure."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from aggregator.model import Article, Member
from aggregator.store import ShownUpdate
from aggregator.stories.coverage import Coverage


def find_news_time(
    coverage: Coverage, members: Mapping[str, Member], first: Article, own: Collection[str]
) -> datetime:
    """Return when a story last had something new to say: its first article, another lead, or a new voice.

    Never a copy, or what was old when it was found: that has nothing new to say. An article that joined it
    did so when it came; one that began a story which this one took in stood by its date, where it is among
    the ``own`` of a topic, and so does the story now: readers have seen it there, and nothing old comes up.
    """
    if not coverage.others:
        return first.published_at
    began = [a.published_at for a in coverage.articles if a.id in own and members[a.id].is_founder]
    moments = began or [first.published_at]
    joined = [members[article.id] for article in _list_later_news(coverage, members)]
    if coverage.lead.id != first.id:
        joined.append(members[coverage.lead.id])
    return max([*moments, *(member.joined_at for member in joined if not member.is_founder)])


def _list_later_news(coverage: Coverage, members: Mapping[str, Member]) -> list[Article]:
    """Return what had news after a story's first article, but for what was old when it was found."""
    news = list_news(coverage.articles, coverage.voices, members)[1:]
    return [article for article in news if not article.is_backlog]


def list_news(
    articles: Collection[Article], voices: Mapping[str, str], members: Mapping[str, Member]
) -> list[Article]:
    """Return which articles of a story had something new to say when they came, in the order they did.

    The first of each voice, and those that began stories of their own.
    """
    heard: set[str] = set()
    found = []
    for article in sorted(articles, key=lambda one: members[one.id].turn):
        if members[article.id].is_founder or voices[article.id] not in heard:
            found.append(article)
        heard.add(voices[article.id])
    return found


def is_time_of(at: datetime, members: Iterable[Member]) -> bool:
    """Tell whether a story may stand by a time for one of these: it was published or joined then."""
    times = (time for one in members for time in (one.joined_at, one.published_at))
    return any(abs(time - at) <= timedelta(seconds=1) for time in times)


def keep_news_time(
    found_at: datetime, known: ShownUpdate | None, members: Collection[Member], out: Collection[str]
) -> datetime:
    """Return when a story had news: as found, and no sooner than is ``known``, while it has what came then.

    Where articles were taken ``out`` of its ``members``, that is known, and what came since alone is news.
    Else it would move among what readers know: down when an article goes, or another story has its publisher
    first that it took in, and up when that comes back, or as another article is its first then.
    """
    if known is None or known.placed_at is None or not is_time_of(known.placed_at, members):
        return found_at
    if any(one.article_id in out for one in members):
        came = [one for one in members if one.article_id not in out and one.turn > (known.turn or 0)]
        if not any(found_at in (one.joined_at, one.published_at) for one in came):
            return known.placed_at
    if _is_told(found_at, known.placed_at, members):
        return known.placed_at
    return max(known.placed_at, found_at)


def _is_told(found_at: datetime, placed_at: datetime, members: Iterable[Member]) -> bool:
    """Tell whether what a story is found to stand by is only the article again that it stood by.

    That was its first, by its date, until one that came before it was back: it is no news as it joined that.
    """
    then = [one for one in members if is_time_of(found_at, [one])]
    return bool(then) and all(is_time_of(placed_at, [one]) for one in then)


def find_update_time(
    coverage: Coverage, usual: Coverage, members: Mapping[str, Member], news_at: datetime
) -> datetime:
    """Return when subscribers last had to hear of a story: by news, a changed lead or a correction.

    What was let in late is told then, though the story stands where it would without that.
    """
    corrected = (correction.at for article in coverage.articles for correction in article.corrections)
    let_in = (article.release_at or news_at for article in _list_later_news(usual, members))
    return max(news_at, coverage.lead.updated_at, *corrected, *let_in)
