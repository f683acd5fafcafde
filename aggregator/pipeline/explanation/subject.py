"""Which article or story is meant by an id, the beginning of one, or an address."""

from collections.abc import Sequence

from aggregator.errors import AggregatorError
from aggregator.store import (
    Store,
    find_current_story,
    find_stories_by_prefix,
    read_members,
    read_story_ids,
)
from aggregator.store.article_search import find_articles_by_prefix, find_articles_by_url
from aggregator.urls import canonical_url, unwrap_amp, unwrap_link

PROPOSED = 5


def find_article_id(text: str, store: Store) -> str:
    """Return the id of the article that an operator means, stored or removed.

    ``text`` is its id, how that begins, an id of its story, or any address of it, with or without a scheme.
    Raises AggregatorError where none or several are meant.
    """
    text = _trim(text)
    found = find_articles_by_url(store, _list_addresses(text)) or find_articles_by_prefix(store, text)
    if not found and (story_id := find_current_story(store, text)):
        found = tuple(member.article_id for member in read_members(store, {story_id})[story_id][:1])
    advice = "give its id, how that begins, or an address that a source had"
    return _choose_one(found, text, f"no article {text!r} is known: {advice}", "articles")


def find_story_id(text: str, store: Store) -> str:
    """Return the id of the story that an operator means, as it is now.

    ``text`` is its id, a former one, the id of one of its articles, how any of these begins, or an address
    of one of its articles. Raises AggregatorError where none or several are meant.
    """
    text = _trim(text)
    known = find_current_story(store, text)
    found = (known,) if known else find_stories_by_prefix(store, text) if text else ()
    if not found:
        of_articles = read_story_ids(store, find_articles_by_url(store, _list_addresses(text)))
        found = tuple(sorted(set(of_articles.values())))
    members = read_members(store, found)
    living = [story_id for story_id in found if story_id in members]
    return _choose_one(living, text, f"no story {text!r} is known: see `aggregator stories list`", "stories")


def _trim(text: str) -> str:
    return text.strip().removeprefix("urn:uuid:")


def _choose_one(found: Sequence[str], text: str, unknown: str, noun: str) -> str:
    """Return the only one found; raises AggregatorError: what is ``unknown``, or some of several."""
    if not found:
        raise AggregatorError(unknown)
    if len(found) > 1:
        some = ", ".join(found[:PROPOSED]) + (", …" if len(found) > PROPOSED else "")
        raise AggregatorError(f"{len(found)} {noun} are meant by {text!r}, write more of it: {some}")
    return found[0]


def _list_addresses(text: str) -> set[str]:
    """Return the canonical addresses that a text may mean; none where it is no address."""
    if "." not in text and "://" not in text:
        return set()
    given = {text} if "://" in text else {f"https://{text}", f"http://{text}"}
    led = {unwrap_amp(unwrap_link(url)) for url in given}
    return {canonical_url(url) for url in given | led}
