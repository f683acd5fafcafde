"""When items of feeds were updated: no sooner than readers know, and anew where they are headed otherwise.

what heads an item, and its time ─► compared with what is kept of it ─► that time, or the later one, or now
what a story stands by ─► the same, where articles were taken out of it
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.curate.editor_decisions import find_last
from aggregator.model import Article
from aggregator.model.decisions import Verb
from aggregator.pipeline.publish.feed_places import select_own, settle_place
from aggregator.pipeline.publish.story_views import Stories, view_story
from aggregator.pipeline.publish.topic_waits import show_in_topic
from aggregator.rules import Rules
from aggregator.store import ALL, ARTICLES_FOLDER, ShownUpdate

Key = tuple[str, str]
_WORDINGS = (Verb.RETITLE, Verb.RE_EXCERPT, Verb.PICTURE)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Headed:
    """What heads an item, when that was updated, and whether others follow.

    ``news_at`` is what a story would stand by, whose articles were in part taken out where it ``is_cut``.
    """

    lead: Article
    updated_at: datetime
    has_others: bool = False
    news_at: datetime | None = None
    is_cut: bool = False


def list_item_updates(
    placed: Iterable[Key],
    stories: Stories,
    *,
    before: Collection[Key],
    known: Mapping[Key, ShownUpdate],
    rules: Rules,
    now: datetime,
) -> Iterator[tuple[Key, ShownUpdate]]:
    """Yield what is to be kept of items that are ``placed``, by feed and id, and differs from what is known.

    Nothing is kept of an article that stands for itself as its publisher wrote it. ``before`` are the items
    that had their places until now.
    """
    for key in placed:
        found = _find_headed(key, stories, rules, now)
        if found is None:
            continue
        head = _name_head(found.lead, rules, now)
        plain = ShownUpdate(head=key[1], updated_at=found.updated_at)
        kept = known.get(key)
        seen = ShownUpdate(
            head=head, updated_at=found.updated_at,
            placed_at=found.news_at and settle_place(kept, found.news_at, is_cut=found.is_cut),
        )  # fmt: skip
        fresh = settle_update(kept or (plain if key in before else None), seen, now)
        is_plain = not found.has_others and head == key[1] and not found.lead.corrections
        if fresh != kept and (kept or not is_plain):
            yield key, fresh


def _find_headed(key: Key, stories: Stories, rules: Rules, now: datetime) -> _Headed | None:
    """Return an item as it is headed, None: it is gone."""
    feed, item_id = key
    if feed.endswith(ARTICLES_FOLDER):
        article = stories.articles.get(item_id)
        return _Headed(lead=article, updated_at=article.updated_at) if article else None
    shown = show_in_topic(stories, [item_id], feed, rules, now)
    articles = shown.published(item_id)
    view = view_story(shown, item_id, select_own(articles, feed, rules))
    if view is None:
        return None
    return _Headed(
        lead=view.lead, updated_at=view.updated_at, has_others=len(articles) > 1,
        news_at=view.news_at, is_cut=shown.is_cut(item_id),
    )  # fmt: skip


def list_graves(
    gone: Iterable[Key], stories: Stories, taken_out: Mapping[str, Collection[str]], now: datetime
) -> Iterator[tuple[Key, ShownUpdate]]:
    """Yield what is kept of stories that are ``gone`` from feeds which tell subscribers so.

    That is because of their articles that were ``taken_out``, each of the feeds of some topics. What is back
    is newer than that.
    """
    for feed, item_id in gone:
        if feed.endswith(ARTICLES_FOLDER):
            continue
        theirs = (taken_out.get(article_id) for article_id in stories.by_article(item_id))
        if any(topics is not None and (feed == ALL or feed in topics) for topics in theirs):
            yield (feed, item_id), ShownUpdate(head="", updated_at=now)


def settle_update(known: ShownUpdate | None, fresh: ShownUpdate, now: datetime) -> ShownUpdate:
    """Return what is kept of an item: no sooner than known, and ``now`` where its head is another."""
    if known is None:
        return fresh
    at = max(known.updated_at, fresh.updated_at)
    if fresh.head != known.head:
        at = max(at, now)
    return replace(fresh, updated_at=at)


def _name_head(lead: Article, rules: Rules, now: datetime) -> str:
    if not rules.decisions:
        return lead.id
    decisions = rules.decisions.of(lead, now)
    wordings = (find_last(decisions, verb) for verb in _WORDINGS)
    return " ".join([lead.id, *(one.id for one in wordings if one)])
