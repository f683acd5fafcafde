"""When items of feeds were updated: no sooner than readers know, and anew where they are headed otherwise.

what heads an item, and its time ─► compared with what is kept of it ─► that time, or the later one, or now
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from aggregator.curate.editor_decisions import find_last
from aggregator.model import Article
from aggregator.model.decisions import Verb
from aggregator.pipeline.publish.feed_places import select_own
from aggregator.pipeline.publish.story_views import Stories, view_story
from aggregator.pipeline.publish.topic_waits import show_in_topic
from aggregator.rules import Rules
from aggregator.store import ARTICLES_FOLDER, ShownUpdate

Key = tuple[str, str]
_WORDINGS = (Verb.RETITLE, Verb.RE_EXCERPT, Verb.PICTURE)


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
        found = _find_lead(key, stories, rules, now)
        if found is None:
            continue
        lead, at, has_others = found
        head = _name_head(lead, rules, now)
        plain = ShownUpdate(head=key[1], updated_at=at)
        kept = known.get(key, plain if key in before else None)
        fresh = settle_update(kept, ShownUpdate(head=head, updated_at=at), now)
        is_plain = not has_others and head == key[1] and not lead.corrections
        if fresh != known.get(key) and (key in known or not is_plain):
            yield key, fresh


def _find_lead(
    key: Key, stories: Stories, rules: Rules, now: datetime
) -> tuple[Article, datetime, bool] | None:
    """Return what heads an item, when that was updated, and whether others follow; None: it is gone."""
    feed, item_id = key
    if feed.endswith(ARTICLES_FOLDER):
        article = stories.articles.get(item_id)
        return (article, article.updated_at, False) if article else None
    shown = show_in_topic(stories, [item_id], feed, rules, now)
    articles = shown.published(item_id)
    view = view_story(shown, item_id, select_own(articles, feed, rules))
    return (view.lead, view.updated_at, len(articles) > 1) if view else None


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
