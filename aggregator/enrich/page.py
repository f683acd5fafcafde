"""What an article's page adds to its record: it fills gaps, and says where the article is."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from aggregator.enrich.reuse_limits import limit_reuse
from aggregator.enrich.site_names import clean_site_name
from aggregator.html import Head, is_decoration
from aggregator.model import Article, Image, Provider, Wishes
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
    values = {name: find(article, head) for name, find in FILLED}
    found: dict[str, Any] = {name: value for name, value in values.items() if value}
    if not found:
        return article
    is_visible = was_shown and bool(found.keys() & {"web_url", "excerpt", "images", "authors"})
    origins: Mapping[str, str] = {**article.origins, **dict.fromkeys(found, "page")}
    return replace(article, **found, origins=origins, updated_at=now if is_visible else article.updated_at)


def set_wishes(article: Article, wishes: Wishes, head: Head, *, now: datetime, was_shown: bool) -> Article:
    """Return ``article`` with what its page says about reuse; ``was_shown`` as for ``fill_from_page``.

    Readers who were shown more than they are shown now see the difference.
    """
    if _is_of_aggregator(article, head):
        return article
    limited = replace(article, wishes=wishes)
    is_visible = was_shown and limit_reuse(limited) != replace(limit_reuse(article), wishes=wishes)
    return replace(limited, updated_at=now) if is_visible else limited


def _is_of_aggregator(article: Article, head: Head) -> bool:
    """Tell whether the entry named its publisher, and neither link nor canonical address is that one's."""
    if article.origins.get("provider") != "entry":
        return False
    here = (article.web_url or article.original_url or "", head.canonical or "")
    own = registrable_domain(article.provider.domain)
    return all(registrable_domain(host_of(url)) != own for url in here)


def find_canonical(article: Article, head: Head) -> str | None:
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


def _find_web_url(article: Article, head: Head) -> str | None:
    canonical = find_canonical(article, head)
    return canonical if article.web_url is not None and canonical != article.web_url else None


def _find_excerpt(article: Article, head: Head) -> str | None:
    said = head.description
    if article.excerpt or not said or title_key(said) == title_key(article.title):
        return None
    return cut_excerpt(said)


def _find_images(article: Article, head: Head) -> tuple[Image, ...]:
    if article.images:
        return ()
    # A site in a network of its own has its pictures there, too.
    is_own_network = not is_public(article.web_url or "")
    images = {
        image.url: image
        for image in head.images
        if not is_decoration(image) and (is_own_network or is_public(image.url))
    }
    return tuple(images.values())[:MAX_IMAGES]


def _find_authors(article: Article, head: Head) -> tuple[str, ...]:
    return () if article.authors else tuple(dict.fromkeys(head.authors))


def _find_language(article: Article, head: Head) -> str | None:
    return head.language if article.language is None else None


def _find_provider(article: Article, head: Head) -> Provider | None:
    """Return the publisher under the name that its page uses, None where that adds nothing.

    A publisher knows its own name better than its feed's title does; the operator knows it best.
    """
    name = _find_name(article, head)
    is_better = name not in ("", article.provider.name) and article.origins.get("provider") != "config"
    return replace(article.provider, name=name) if is_better else None


def _find_name(article: Article, head: Head) -> str:
    """Return what the page calls its site, "" where the page is not the publisher's own."""
    domain = registrable_domain(article.provider.domain)
    if registrable_domain(host_of(article.web_url or article.original_url or "")) != domain:
        return ""
    names = (
        clean_site_name(said, article.provider.domain)
        for said in (head.site_name, head.publisher)
        if said and title_key(said) != title_key(article.title)
    )
    return next((name for name in names if name), "")


FILLED: tuple[tuple[str, Callable[[Article, Head], object]], ...] = (
    ("web_url", _find_web_url),
    ("excerpt", _find_excerpt),
    ("images", _find_images),
    ("authors", _find_authors),
    ("language", _find_language),
    ("provider", _find_provider),
)
"""The fields of an article that its page may fill, and what finds their value.

A field whose value is empty, 0 or False is left as it is. Of each that is filled ``origins`` says so, which
goes out in the ``secured`` text of records.
"""
