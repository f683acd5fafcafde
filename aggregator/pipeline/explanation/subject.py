"""Which article or story is meant by an id, the beginning of one, an address, or words of a title."""

import re
from collections.abc import Iterable, Mapping

from aggregator.config.checks.problems import show
from aggregator.curate.editor_decisions import find_key
from aggregator.errors import AggregatorError
from aggregator.model.decisions import Decision, Verb
from aggregator.publish.tree_paths import STORIES
from aggregator.store import (
    Store,
    find_current_story,
    find_named_articles,
    find_stories_by_prefix,
    read_members,
    read_story_ids,
)
from aggregator.store.articles.article_search import (
    MOST_FOUND,
    FoundArticle,
    find_articles_by_prefix,
    find_articles_by_title,
    find_articles_by_url,
    read_found,
)
from aggregator.text import title_key
from aggregator.urls import canonical_url, unwrap_amp, unwrap_link

PROPOSED = 10
"""Articles or stories that are listed where several are meant: the newest."""
_STORY_PAGE = re.compile(rf"/{STORIES}/([0-9a-f]{{8}}-[0-9a-f-]{{27}})(?:\.html)?")
_QUOTES = "<>\"'“”„«»"


def find_article_id(text: str, store: Store, decisions: Iterable[Decision] = ()) -> str:
    """Return the id of the article that an operator means, stored or removed.

    ``text`` is its id, how that begins, an id of its story, any address of it, with or without a scheme, or
    words of its title, also of one that ``decisions`` gave it. Raises AggregatorError where none or several
    are meant.
    """
    text = _trim(text)
    found = _find_articles(text, store, decisions)
    advice = "give its id, how that begins, an address that a source had, or words of its title"
    told_by = dict(zip(found, found, strict=True))
    return _choose_one(told_by, text, f"no article {text!r} is known: {advice}", "articles", store)


def find_story_id(text: str, store: Store, decisions: Iterable[Decision] = ()) -> str:
    """Return the id of the story that an operator means, as it is now.

    ``text`` is its id, a former one, how either begins, or what names one of its articles, as for
    ``find_article_id``. Raises AggregatorError where none or several are meant.
    """
    text = _trim(text)
    found = _find_stories(text, store)
    newest = dict.fromkeys(found, "")
    if not found:
        articles = _find_articles(text, store, decisions)
        story_of = read_story_ids(store, articles)
        newest = {story_of[id_]: id_ for id_ in reversed(articles) if id_ in story_of}
    members = read_members(store, newest)
    living = {id_: newest[id_] or members[id_][0].article_id for id_ in newest if id_ in members}
    unknown = f"no story {text!r} is known: see `aggregator stories list`"
    return _choose_one(living, text, unknown, "stories", store)


def find_story_article(text: str, store: Store, decisions: Iterable[Decision] = ()) -> str:
    """Return the id of an article of the story that an operator means: the one named, if it is one of that.

    As for ``find_story_id``: a story may have the id of an article that has left it.
    """
    article_id = find_article_id(text, store, decisions)
    named = _find_stories(_trim(text), store)
    if len(named) != 1 or read_story_ids(store, [article_id]).get(article_id) == named[0]:
        return article_id
    members = read_members(store, named).get(named[0])
    return members[0].article_id if members else article_id


def _trim(text: str) -> str:
    """Return what is meant of what was typed or copied: a story's page is named by the story's id."""
    text = text.strip().strip(_QUOTES).strip().removeprefix("urn:uuid:")
    page = _STORY_PAGE.search(text)
    return page[1] if page else text


def _find_articles(text: str, store: Store, decisions: Iterable[Decision]) -> tuple[str, ...]:
    """Return the articles that are meant: by address, id, their story, or title, then the newest first."""
    found = find_articles_by_url(store, _list_addresses(text)) or find_articles_by_prefix(store, text)
    if found:
        return found
    members = read_members(store, _find_stories(text, store))
    if members:
        return tuple(theirs[0].article_id for theirs in members.values())
    is_address = "://" in text or ("/" in text and " " not in text)
    return () if is_address else _find_by_title(text, store, decisions)


def _find_stories(text: str, store: Store) -> tuple[str, ...]:
    known = find_current_story(store, text)
    return (known,) if known else find_stories_by_prefix(store, text) if text else ()


def _find_by_title(text: str, store: Store, decisions: Iterable[Decision]) -> tuple[str, ...]:
    """Return the articles whose title has these words; the one whose title is nothing else, if one is."""
    key = title_key(text)
    words = key.split()
    if not words:
        return ()
    titles = {
        find_key(one.target): title_key(one.value)
        for one in decisions
        if one.verb is Verb.RETITLE and one.value
    }
    meant = {target for target, title in titles.items() if all(word in title for word in words)}
    named = find_named_articles(store, meant)
    found = find_articles_by_title(store, words, article_ids=named.values())
    exact = {id_ for target, id_ in named.items() if titles[target] == key}
    exact |= {one.id for one in found if title_key(one.title) == key}
    return tuple(exact) if len(exact) == 1 else tuple(one.id for one in found)


def _choose_one(found: Mapping[str, str], text: str, unknown: str, noun: str, store: Store) -> str:
    """Return the only one found; raises AggregatorError: what is ``unknown``, or the newest of several.

    ``found`` has by the id of each that of the article that it is told by.
    """
    if not found:
        raise AggregatorError(unknown)
    if len(found) == 1:
        return next(iter(found))
    by_id = {one.id: one for one in read_found(store, found.values())}
    rows = [(id_, by_id.get(article_id)) for id_, article_id in found.items()]
    rows.sort(key=lambda row: row[1].published_at.timestamp() if row[1] else 0.0, reverse=True)
    more = f", the newest {PROPOSED}" if len(rows) > PROPOSED else ""
    count = f"{MOST_FOUND} or more" if len(found) >= MOST_FOUND else len(found)
    said = f"{count} {noun} are meant by {text!r}: write more of it, or an id of these{more}"
    raise AggregatorError("\n".join([f"{said}:", *(_describe(*row) for row in rows[:PROPOSED])]))


def _describe(id_: str, article: FoundArticle | None) -> str:
    if article is None:
        return f"  {id_}  not stored any more"
    at = f"{article.published_at:%Y-%m-%d %H:%M}"
    return f"  {id_}  {at}  {show(article.provider_domain)}  {show(article.title)}"


def _list_addresses(text: str) -> set[str]:
    """Return the canonical addresses that a text may mean; none where it is no address."""
    if ("." not in text and "://" not in text) or " " in text:
        return set()
    given = {text} if "://" in text else {f"https://{text}", f"http://{text}"}
    led = {unwrap_amp(unwrap_link(url)) for url in given}
    return {canonical_url(url) for url in given | led}
