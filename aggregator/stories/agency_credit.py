"""Whose words an article has: its own publisher's, or those of an agency that it credits."""

import re
from collections.abc import Iterator

from aggregator.model import Article, Provider
from aggregator.text import title_key

# LONDON, Nov. 3 (Reuters) — …
_DATELINE = re.compile(r"[^a-z(]{2,40}(?:, \w+\.? \d{1,2})? ?\((?P<agency>[^()]{2,40})\) ?[-–—:]")
_AGENCIES = {
    "ap": ("ap", "associated press", "the associated press", "apnews"),
    "reuters": ("reuters", "thomson reuters"),
    "afp": ("afp", "agence france presse"),
    "dpa": ("dpa", "deutsche presse agentur"),
    "efe": ("efe", "agencia efe"),
    "upi": ("upi", "united press international"),
    "pa": ("pa", "pa media", "press association"),
    "cp": ("the canadian press", "canadian press"),
    "aap": ("aap", "australian associated press"),
    "xinhua": ("xinhua", "xinhua news agency"),
    "kyodo": ("kyodo", "kyodo news"),
    "ansa": ("ansa",),
    "tass": ("tass",),
    "pti": ("pti", "press trust of india"),
    "ani": ("ani",),
    "bernama": ("bernama",),
    "yonhap": ("yonhap", "yonhap news agency"),
}
_KEYS = {name: key for key, names in _AGENCIES.items() for name in names}


def find_agency(article: Article) -> str | None:
    """Return who the article's text is from where that is not its publisher; None where it is its own.

    Looked at are who it is credited to (RSS ``<source>``), the dateline and the byline.
    """
    own = {make_publisher_key(article.provider), _find_key(article.provider.domain.partition(".")[0])}
    return next((key for key in _find_credits(article) if key and key not in own), None)


def make_publisher_key(provider: Provider) -> str:
    """Return what tells a publisher from others in credits: its name in plain letters."""
    return _find_key(provider.name or provider.domain)


def _find_credits(article: Article) -> Iterator[str]:
    if article.credit:
        yield _find_key(article.credit)
    dateline = _DATELINE.match(article.excerpt or "")
    if dateline:
        yield _find_key(dateline["agency"])
    for author in article.authors:
        name = title_key(author).removeprefix("by ")
        if name in _KEYS:
            yield _KEYS[name]


def _find_key(name: str) -> str:
    plain = title_key(name)
    return _KEYS.get(plain, plain)
