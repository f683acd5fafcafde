"""Ids that people can read and type, for sources that a command adds: ``bbc``, ``nytimes-us``. Pure."""

import re
from collections.abc import Container, Iterator
from itertools import count
from unicodedata import normalize
from urllib.parse import unquote, urlsplit

from aggregator.config.edits.source_ids import make_source_id
from aggregator.urls import has_public_suffix, host_of, registrable_domain
from aggregator.urls.services import find_hoster

LONGEST = 40
MOST_WORDS = 3
LONGEST_WORD = 20

# What addresses of feeds and of the pages they belong to are made of, whatever they are about.
_SAYS_NOTHING = frozenset({
    "all", "alternate", "app", "archive", "archives", "article", "articles", "aspx", "atom", "blog", "blogs",
    "cat", "categories", "category", "cgi", "channel", "comments", "content", "current", "default", "en",
    "feed", "feedburner", "feeds", "front", "full", "frontpage", "headline", "headlines", "home", "homepage",
    "htm", "html", "index", "jsf", "json", "jsonfeed", "jsp", "latest", "main", "news", "newsfeed", "page",
    "pages", "php", "posts", "pub", "public", "publish", "rdf", "rss", "rss1", "rss2", "rssfeed", "rssfeeds",
    "section", "sections", "service", "services", "site", "startpage", "syndication", "tag", "tags", "top",
    "topic", "topics", "topstories", "users", "videos", "web", "wordpress", "wp", "www", "xml",
})  # fmt: skip
_NO_NAME = frozenset({
    "blog", "blogs", "feed", "feeds", "medium", "news", "rss", "www",
})  # fmt: skip
_NOT_WORD = re.compile(r"[\W_]+")
_LONG_NUMBER = re.compile(r"\d{3,}")


def make_readable_id(
    url: str, *, taken: Container[str], site_url: str | None = None, title: str | None = None
) -> str:
    """Return an id for the feed at ``url`` that is none of ``taken``: its publisher, and which of its feeds.

    The publisher is that of the site that the feed names; without a name to be had it is the feed's
    title, and last the whole address. Raises ValueError for what is no address.
    """
    return next(name for name in _candidate_ids(url, site_url, title) if name not in taken)


def _candidate_ids(url: str, site_url: str | None, title: str | None) -> Iterator[str]:
    site = site_url if site_url and has_public_suffix(host_of(site_url)) else url
    label = _publisher_label(host_of(site))
    is_own = site == url or registrable_domain(host_of(site)) == registrable_domain(host_of(url))
    words = _path_words(site, label) or (_path_words(url, label) if is_own else [])
    title_slug = _join_slug([word for word in _split_words(title or "") if word not in label.split("-")])
    if label:
        first = _join_slug([label, *words])
        yield first
        if not words and title_slug:
            yield _cut(f"{label}-{title_slug}")
    else:
        first = title_slug or make_source_id(url) or "source"
        yield first
    yield from (f"{first}-{number}" for number in count(2))


def _publisher_label(host: str) -> str:
    """Return the publisher's name in a host name, "" where that has none: an IP address, a local name."""
    if not has_public_suffix(host):
        return ""
    hoster = find_hoster(host)
    own = host.removesuffix(f".{hoster}") if hoster else registrable_domain(host).split(".")[0]
    label = own.split(".")[-1]
    if hoster == host or label == "www":
        return ""
    if label in _NO_NAME:
        label = registrable_domain(host)
    try:
        readable = label.encode("ascii").decode("idna")
    except UnicodeError:
        readable = label
    return _join_slug(_split_words(readable))


def _path_words(url: str, label: str) -> list[str]:
    """Return the words of a path that say what it is about, beside its publisher."""
    words = _split_words(unquote(urlsplit(url).path))
    return [word for word in words if _is_telling(word) and not label.startswith(word)]


def _is_telling(word: str) -> bool:
    is_random = len(word) > LONGEST_WORD or _LONG_NUMBER.search(word) is not None
    return len(word) > 1 and not is_random and word not in _SAYS_NOTHING


def _split_words(text: str) -> list[str]:
    """Return the words of a text in a-z and 0-9, accents dropped; words of other scripts are left out."""
    folded = normalize("NFKD", text[:200]).replace("ß", "ss").lower()
    plain = "".join(sign for sign in folded if sign.isascii() or sign.isalnum())
    return [word for word in _NOT_WORD.split(plain) if word and word.isascii()]


def _join_slug(words: list[str]) -> str:
    return _cut("-".join(words[: MOST_WORDS + 1]))


def _cut(slug: str) -> str:
    return slug[:LONGEST].strip("-")
