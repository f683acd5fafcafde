"""Which article is meant by an id, the beginning of one, or an address."""

from aggregator.errors import AggregatorError
from aggregator.store import Store, find_current_story, read_members
from aggregator.store.article_search import find_articles_by_prefix, find_articles_by_url
from aggregator.urls import canonical_url, unwrap_amp, unwrap_link

PROPOSED = 5


def find_article_id(text: str, store: Store) -> str:
    """Return the id of the article that an operator means, stored or removed.

    ``text`` is its id, how that begins, an id of its story, or any address of it, with or without a scheme.
    Raises AggregatorError where none or several are meant.
    """
    text = text.strip().removeprefix("urn:uuid:")
    found = find_articles_by_url(store, _list_addresses(text)) or find_articles_by_prefix(store, text)
    if not found and (story_id := find_current_story(store, text)):
        found = tuple(member.article_id for member in read_members(store, {story_id})[story_id][:1])
    if not found:
        raise AggregatorError(
            f"no article {text!r} is known: give its id, how that begins, or an address that a source had"
        )
    if len(found) > 1:
        some = ", ".join(found[:PROPOSED]) + (", …" if len(found) > PROPOSED else "")
        raise AggregatorError(f"several articles are meant by {text!r}, write more of it: {some}")
    return found[0]


def _list_addresses(text: str) -> set[str]:
    """Return the canonical addresses that a text may mean; none where it is no address."""
    if "." not in text and "://" not in text:
        return set()
    given = {text} if "://" in text else {f"https://{text}", f"http://{text}"}
    led = {unwrap_amp(unwrap_link(url)) for url in given}
    return {canonical_url(url) for url in given | led}
