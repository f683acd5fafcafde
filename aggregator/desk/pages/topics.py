"""The topics: what their feeds hold, how many stories a day they get, and how soon."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from aggregator.desk.answers import Fields
from aggregator.desk.lists import cut_page
from aggregator.desk.site import DeskSite
from aggregator.pipeline.feed_sizes import size_feeds
from aggregator.pipeline.publish.feed_places import list_topic_ids
from aggregator.store import (
    ALL,
    ARTICLES_FOLDER,
    count_recent_items,
    find_newest_items,
    read_listed_items,
    read_topic_problems,
)

OVER = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicRow:
    """A topic: what its feeds show, items a day over the last week, and its publish lag in seconds.

    The lag is of the articles that were published last, since the service was started; None: of none.
    """

    id: str
    name: str
    stories: int
    articles: int
    stories_a_day: float
    articles_a_day: float
    newest_at: datetime | None
    lag_s: float | None
    worst_lag_s: float | None
    problem: str | None


def show_topics(site: DeskSite, asked: Fields) -> Mapping[str, object]:
    """Return what the list of topics shows."""
    cut = cut_page(list_topic_ids(site.rules), asked, ())
    return {"list": cut, "rows": _make_rows(site, cut.rows)}


def _make_rows(site: DeskSite, topic_ids: Sequence[str]) -> list[TopicRow]:
    store, size_of = site.store, size_feeds(site.rules)
    folders = {id_: (id_, f"{id_}{ARTICLES_FOLDER}") for id_ in topic_ids}
    feeds = [feed for both in folders.values() for feed in both]
    young = count_recent_items(store, feeds, site.read_time() - OVER)
    newest, problems = find_newest_items(store, topic_ids), read_topic_problems(store)
    held = {feed: len(read_listed_items(store, feed, size_of(feed))) for feed in feeds}
    return [
        TopicRow(
            id=id_,
            name="everything" if id_ == ALL else site.rules.topics_by_id[id_].name,
            stories=held[of_stories],
            articles=held[of_articles],
            stories_a_day=young.get(of_stories, 0) / OVER.days,
            articles_a_day=young.get(of_articles, 0) / OVER.days,
            newest_at=newest.get(id_),
            **_measure_lags(site.state.publication.lags_s.get(id_, ())),
            problem=problems.get(id_),
        )
        for id_, (of_stories, of_articles) in folders.items()
    ]


def _measure_lags(lags_s: Sequence[float]) -> dict[str, float | None]:
    known = sorted(lags_s)
    return {"lag_s": median(known) if known else None, "worst_lag_s": known[-1] if known else None}
