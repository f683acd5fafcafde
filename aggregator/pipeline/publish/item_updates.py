"""When items of feeds were updated: no sooner than readers know, and anew where they are headed otherwise.

what heads an item, and its time ─► compared with what is kept of it ─► that time, or the later one, or now
what a story stands by ─► the same, and that of what became part of another one
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.curate.editor_decisions import find_last
from aggregator.model import Article
from aggregator.model.decisions import Verb
from aggregator.pipeline.publish.feed_places import find_standing, select_own
from aggregator.pipeline.publish.story_views import Stories, view_story
from aggregator.pipeline.publish.topic_waits import show_in_topic
from aggregator.rules import Rules
from aggregator.store import ALL, ARTICLES_FOLDER, FeedItem, ShownUpdate

Key = tuple[str, str]
_WORDINGS = (Verb.RETITLE, Verb.RE_EXCERPT, Verb.PICTURE)


@dataclass(frozen=True, kw_only=True, slots=True)
class _ItemHead:
    """What heads an item, and when that was updated.

    ``placed_at`` is what a story stands by, with articles up to ``turn``.
    """

    lead: Article
    updated_at: datetime
    placed_at: datetime | None = None
    turn: int | None = None


def list_item_updates(
    placed: Iterable[Key],
    stories: Stories,
    *,
    before: Collection[Key],
    known: Mapping[Key, ShownUpdate],
    stood: Mapping[Key, ShownUpdate],
    rules: Rules,
    now: datetime,
) -> Iterator[tuple[Key, ShownUpdate]]:
    """Yield what is to be kept of items that are ``placed``, by feed and id, and differs from what is known.

    Nothing is kept of an article that stands for itself as its publisher wrote and dated it. ``before`` are
    the items that had their places until now; ``stood`` has by what they stand, or what they took in did.
    """
    for key in placed:
        kept = known.get(key)
        if kept is None and _is_plain(key, stories, rules, now):
            continue
        found = _find_head(key, stories, stood.get(key), rules, now)
        if found is None:
            continue
        head = _name_head(found.lead, rules, now)
        plain = ShownUpdate(head=key[1], updated_at=found.updated_at)
        seen = replace(plain, head=head, placed_at=found.placed_at, turn=found.turn)
        fresh = settle_update(kept or (plain if key in before else None), seen, now)
        if fresh != kept:
            yield key, fresh


def _is_plain(key: Key, stories: Stories, rules: Rules, now: datetime) -> bool:
    """Tell whether an item is an article by itself, as its publisher wrote and dated it: most are."""
    feed, item_id = key
    article: Article | None
    if feed.endswith(ARTICLES_FOLDER):
        article = stories.articles.get(item_id)
    else:
        articles = show_in_topic(stories, [item_id], feed, rules, now).published(item_id)
        article = articles[0] if len(articles) == 1 else None
    if article is None or article.corrections or article.release_at is not None:
        return False
    return _name_head(article, rules, now) == item_id


def _find_head(
    key: Key, stories: Stories, known: ShownUpdate | None, rules: Rules, now: datetime
) -> _ItemHead | None:
    """Return an item as it is headed, None: it is gone."""
    feed, item_id = key
    if feed.endswith(ARTICLES_FOLDER):
        article = stories.articles.get(item_id)
        return _ItemHead(lead=article, updated_at=article.updated_at) if article else None
    shown = show_in_topic(stories, [item_id], feed, rules, now)
    view = view_story(shown, item_id, select_own(shown.published(item_id), feed, rules), known)
    if view is None:
        return None
    return _ItemHead(
        lead=view.lead,
        updated_at=view.updated_at,
        placed_at=view.news_at,
        turn=max(one.turn for one in shown.list_shown(item_id)),
    )


def list_tombstone_updates(
    gone: Iterable[Key],
    stories: Stories,
    *,
    before: Mapping[Key, FeedItem],
    known: Mapping[Key, ShownUpdate],
    taken_out: Mapping[str, Collection[str]],
    merged: Collection[str],
    parted: Collection[tuple[str, str]],
    now: datetime,
) -> Iterator[tuple[Key, ShownUpdate]]:
    """Yield what is kept of stories that are ``gone`` from feeds which tell subscribers so.

    That is because of their articles that were ``taken_out``, each of the feeds of some topics, or as they
    are ``merged`` into others, or ``parted`` in that feed. What is back is newer than that. Where it stood
    ``before`` it was merged is kept for the other story, and of a pinned one where it is ``known`` to have
    stood without that.
    """
    for feed, item_id in gone:
        if feed.endswith(ARTICLES_FOLDER):
            continue
        theirs = (taken_out.get(article_id) for article_id in stories.by_article(item_id))
        is_out = any(topics is not None and (feed == ALL or feed in topics) for topics in theirs)
        if is_out or item_id in merged or (feed, item_id) in parted:
            key = (feed, item_id)
            placed_at = _find_place(before[key], known.get(key)) if item_id in merged else None
            yield (feed, item_id), ShownUpdate(head="", updated_at=now, placed_at=placed_at)


def _find_place(item: FeedItem, known: ShownUpdate | None) -> datetime | None:
    """Return by what time a story stood, without regard to a pin."""
    unpinned = known.placed_at if known else item.published_at  # an article by itself
    return find_standing(item) or unpinned


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
