"""What a decision on stories names, from what an editor writes: articles, as its file has them."""

from collections.abc import Iterable

from aggregator.errors import AggregatorError
from aggregator.model.decisions import PAIR_VERBS, Decision, Verb
from aggregator.model.ids import is_id
from aggregator.pipeline.explanation.subject import find_story_article
from aggregator.store import Store, read_members, read_story_ids

MOST_OTHERS = 50
"""So many articles of a story one is kept apart from by name."""


def name_others(
    verb: Verb, article_id: str, value: str | None, store: Store, decisions: Iterable[Decision]
) -> str | None:
    """Return the value of a decision: an article of the other story, of ``split`` those that are left.

    That of verbs which name no others is as it was, None: without one. ``decisions`` may have retitled what
    is named. Raises AggregatorError where there is nothing to decide.
    """
    if verb in PAIR_VERBS:
        if not value:
            raise AggregatorError(f"{verb} needs the other story: its id, or an article of it")
        other = find_story_article(value, store, decisions)
        if other == article_id:
            raise AggregatorError("both are the same article: name one of each story")
        return other
    if verb is not Verb.SPLIT:
        return value
    return _name_rest(value, store, decisions) if value else _list_rest(article_id, store)


def _name_rest(value: str, store: Store, decisions: Iterable[Decision]) -> str:
    """Return articles as files name them: ids and addresses as they are, how an id begins in full."""
    return " ".join(
        one if is_id(one) or "://" in one else find_story_article(one, store, decisions)
        for one in value.split()
    )


def _list_rest(article_id: str, store: Store) -> str:
    story_id = read_story_ids(store, [article_id]).get(article_id, "")
    members = read_members(store, {story_id}).get(story_id, ())
    others = [one.article_id for one in members if one.article_id != article_id]
    if not others:
        raise AggregatorError(f"article {article_id} is alone in its story: there is nothing to split")
    return " ".join(others[:MOST_OTHERS])
