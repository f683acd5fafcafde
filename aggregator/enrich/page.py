"""What an article's page adds to its record: it fills gaps, and says where the article is."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from aggregator.enrich.naming import clean_site_name
from aggregator.html import Head, is_decoration
from aggregator.model import Article
from aggregator.text import cut_excerpt, title_key
from aggregator.urls import host_of, is_public, registrable_domain, strip_tracking
from aggregator.urls.anchors import is_comment_anchor

MAX_IMAGES = 5


def fill_from_page(article: Article, head: Head, *, now: datetime, was_shown: bool) -> Article:
    """Return ``article`` with its gaps filled from its page, and the page's canonical address.

    What the source said stays, but for ``web_url``, if the canonical address is of the same registrable
    domain. ``updated_at`` moves to ``now`` only where readers were shown the article before
    (``was_shown``) and would see the difference. Each field filled has ``page`` for its origin. The page of
    an aggregator that only leads to the publisher says nothing of the article.
    """
    if _is_of_aggregator(article, head):
        return article
    found: dict[str, Any] = {**_address(article, head), **_gaps(article, head)}
    if not found:
        return article
    is_visible = was_shown and bool(found.keys() & {"web_url", "excerpt", "images", "authors"})
    origins: Mapping[str, str] = {**article.origins, **dict.fromkeys(found, "page")}
    return replace(article, **found, origins=origins, updated_at=now if is_visible else article.updated_at)


def _is_of_aggregator(article: Article, head: Head) -> bool:
    """Whether the entry named its publisher, and neither its link nor its page's canonical is that one's."""
    if article.origins.get("provider") != "entry":
        return False
    here = (article.web_url or article.original_url or "", head.canonical or "")
    own = registrable_domain(article.provider.domain)
    return all(registrable_domain(host_of(url)) != own for url in here)


def canonical_of(article: Article, head: Head) -> str | None:
    """Return the article's address by its page, None where the page names none of the same domain.

    None for a comment: the page names the address of the post above it.
    """
    if head.canonical is None or is_comment_anchor((article.web_url or "").partition("#")[2]):
        return None
    own = registrable_domain(host_of(article.web_url or article.original_url or ""))
    # A page that calls its site's front page canonical is mistaken.
    is_front = urlsplit(head.canonical).path in ("", "/")
    is_own = registrable_domain(host_of(head.canonical)) == own
    return strip_tracking(head.canonical) if is_own and not is_front else None


def _address(article: Article, head: Head) -> dict[str, Any]:
    canonical = canonical_of(article, head)
    if article.web_url is None or canonical in (None, article.web_url):
        return {}
    return {"web_url": canonical}


def _gaps(article: Article, head: Head) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if not article.excerpt and head.description and title_key(head.description) != title_key(article.title):
        found["excerpt"] = cut_excerpt(head.description)
    if not article.images:
        # A site in a network of its own has its pictures there, too.
        here = not is_public(article.web_url or "")
        images = {i.url: i for i in head.images if not is_decoration(i) and (here or is_public(i.url))}
        found["images"] = tuple(images.values())[:MAX_IMAGES]
    if not article.authors:
        found["authors"] = tuple(dict.fromkeys(head.authors))
    if article.language is None:
        found["language"] = head.language
    # A publisher knows its own name better than its feed's title does; the operator knows it best.
    name = _name_on_page(article, head)
    if name not in ("", article.provider.name) and article.origins.get("provider") != "config":
        found["provider"] = replace(article.provider, name=name)
    return {key: value for key, value in found.items() if value}


def _name_on_page(article: Article, head: Head) -> str:
    """What the page calls its site: the publisher's name only where the page is the publisher's own."""
    domain = registrable_domain(article.provider.domain)
    if registrable_domain(host_of(article.web_url or article.original_url or "")) != domain:
        return ""
    names = (
        clean_site_name(said, article.provider.domain)
        for said in (head.site_name, head.publisher)
        if said and title_key(said) != title_key(article.title)
    )
    return next((name for name in names if name), "")
