"""What a publisher is called: its brand in the title of a feed or a page, never the name of a section."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from aggregator.text import title_key
from aggregator.urls import registrable_domain

MAX_CHARS = 200
_SEPARATOR = re.compile(r"\s+[|–—:·•»›>/~-]+\s+|\s*[|»›·•]\s*|:\s+")  # dashes as titles use them
_BEFORE = re.compile(
    r"(?:the )?(?:(?:all|latest|top|breaking|new|recent|rss|atom|xml|feed|news"
    r"|articles?|posts?|stories|headlines|updates?)[ -]){1,4}(?:from|by|at|of|for|on|via) (?:the (?=rss ))?",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"[ -]*[(\[]?\b(?:rss|atom|xml)(?: ?2\.0| ?1\.0)?(?:[ -]news)?(?:[ -]feeds?)?[)\]]?$"
    r"|[ -](?:news)?feeds?$",
    re.IGNORECASE,
)
_SECTIONS = """
a actualite actualité actualités aktuell aktuelles all alle america analysis and archive archives
article articles asia at atom au australia blog breaking business by ca california canada channel
china climate comment comments culture de du economy education entertainment environment europe
events feed feeds finance first for from front global headline headlines health home homepage in
index india international items latest le les lifestyle live local london magazine main markets
media money more most nachrichten national new news newsfeed noticias of on one opinion our page
politics popular portada post posts press recent releases reviews rss schlagzeilen science section
sections site society sport sports startseite stories story tech technology texas the titles today
top topics travel uk une united untitled update updates us usa video videos weather web website
welcome world york your à
"""
_GENERIC = frozenset(_SECTIONS.split())


@dataclass(frozen=True, kw_only=True, slots=True)
class NameUse:
    """A name that articles of a publisher have, where it came from, and how many have it."""

    name: str
    origin: str
    articles: int


@lru_cache(maxsize=512)
def clean_site_name(title: str, domain: str, *, is_stated: bool = True) -> str:
    """Return the publisher's name in ``title``: ``ZDNet | Latest news`` gives ``ZDNet``; "" without one.

    Of the title's parts the one that resembles ``domain`` wins, else the first that is no section. What only
    a feed's title says (``is_stated`` False) is no name where it is a single word unlike the domain.
    """
    label = _squeeze(registrable_domain(domain).split(".")[0])
    parts = [_trim(part) for part in _SEPARATOR.split(title[:MAX_CHARS])]
    named = [part for part in parts if part and not _is_address(part)]
    alike = [part for part in named if _resembles(part, label)]
    if alike:
        return min(alike, key=len)
    known = [part for part in named if not _is_generic(part)]
    if not known or (not is_stated and len(title_key(known[0]).split()) < 2 and _is_spaced(known[0])):
        return ""
    return known[0]


def choose_name(uses: Iterable[NameUse], domain: str) -> str:
    """Return the one name of a publisher: what its pages say, else what its feeds share, else its domain.

    What most pages say counts. A name that resembles the domain comes before others of its kind.
    """
    label = _squeeze(registrable_domain(domain).split(".")[0])
    counts: dict[tuple[bool, str], int] = {}
    for use in uses:
        if use.name not in ("", domain):
            key = (use.origin == "page", use.name)
            counts[key] = counts.get(key, 0) + use.articles
    of_pages = {name: count for (is_page, name), count in counts.items() if is_page}
    of_feeds = {name: count for (is_page, name), count in counts.items() if not is_page}
    if of_pages:
        return min(of_pages, key=lambda name: (not _resembles(name, label), -of_pages[name], name))
    alike = [name for name in of_feeds if _resembles(name, label)]
    if alike:
        return min(alike, key=lambda name: (len(name), name))
    if len(of_feeds) == 1:
        return next(iter(of_feeds))
    return _shared(sorted(of_feeds)) or domain


def _shared(names: list[str]) -> str:
    """The words that all names begin, or end, with, where they are more than generic ones."""
    words = [name.split() for name in names]
    for step in (1, -1):
        common = []
        for same in zip(*(each[::step] for each in words), strict=False):
            if len(set(same)) > 1:
                break
            common.append(same[0])
        name = " ".join(common[::step])
        if name and not _is_generic(name):
            return name
    return ""


def _trim(part: str) -> str:
    part = part.strip(" \t-|–—:«\"'")
    return _AFTER.sub("", _BEFORE.sub("", part, count=1) if _BEFORE.match(part) else part).strip(" -|–—:")


def _is_address(part: str) -> bool:
    return "://" in part or part.startswith("www.")


def _is_generic(part: str) -> bool:
    words = title_key(part).replace("-", " ").split()
    return all(word in _GENERIC or len(word) == 1 or word.isdigit() for word in words)


def _is_spaced(part: str) -> bool:
    return part.isascii()  # a name in Han or kana is one word however long it is


def _resembles(part: str, label: str) -> bool:
    key = _squeeze(part)
    if not key or not label:
        return False
    words = title_key(part).split()
    initials = "".join(word[0] for word in words)
    if key == label or (len(words) > 1 and label in (initials, initials.removeprefix("t"))):
        return True
    if _is_generic(part):
        return False
    # A short word such as "AI" stands in many a domain by chance.
    return label in key or (len(key) >= 4 and key in label) or (len(key) == 3 and label.startswith(key))


def _squeeze(text: str) -> str:
    return title_key(text).replace(" ", "").replace("-", "").removeprefix("the")
