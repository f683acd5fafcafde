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
a actualite actualité actualités africa aktuell aktuelles alabama alaska all alle america analysis
and angeles archive archives arizona arkansas article articles arts asia at atom au ausland
australia bangladesh berlin blog books boston brazil breaking britain british business by ca
california canada carolina channel chicago china climate colorado columnists columns comment
comments connecticut court cricket crime culture dakota de delaware deportes domestic du east
economy economía editorial editorials education election elections england entertainment environment
europe events fashion feature featured feed feeds film finance first florida food football for
france francisco from front georgia germany global hampshire hawaii headline headlines health home
homepage hong idaho illinois in index india indiana inland internacional international iowa iran
iraq ireland island israel italy items japan jersey kansas kentucky kingdom kong korea kultur latest
law le les lifestyle live local london los louisiana magazine main maine malaysia markets maryland
massachusetts media melbourne mexico michigan middle minnesota mississippi missouri monde money
montana more most movies music nachrichten nacional nation national nba nebraska nevada new news
newsfeed nfl north noticias obituaries of ohio oklahoma on one opinion oregon our page pakistan
panorama paris pennsylvania podcast podcasts politics politik popular portada post posts press
recent releases reviews rhode rss rugby russia san schlagzeilen science sciences scotland section
sections singapore site soccer sociedad society south spain sport sports startseite states stories
story style sydney tech technology tennessee tennis texas the titles today tokyo top topics travel
uk ukraine une united untitled update updates us usa utah vermont video videos virginia wales
washington weather web website welcome west wirtschaft wisconsin world wyoming york your zealand à
économie
"""
_GENERIC = frozenset(_SECTIONS.split())


SHARED_DOMAINS = frozenset(
    [
        "dailymotion.com",
        "github.com",
        "medium.com",
        "reddit.com",
        "soundcloud.com",
        "substack.com",
        "tumblr.com",
        "vimeo.com",
        "youtube.com",
    ]
)
"""Where many publish under one domain: a name is one channel's, not everybody's."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NameUse:
    """A name that articles of a publisher have, where it came from, and how many have it."""

    name: str
    origin: str
    articles: int


@lru_cache(maxsize=512)
def clean_site_name(title: str, domain: str) -> str:
    """Return the publisher's name in ``title``: ``ZDNet | Latest news`` gives ``ZDNet``; "" without one.

    Of the title's parts the one that resembles ``domain`` wins, else the first that is no section: a
    subject or a place alone, as "Sport" or "California", is one.
    """
    label = _squeeze(registrable_domain(domain).split(".")[0])
    parts = [_trim(part) for part in _SEPARATOR.split(title[:MAX_CHARS])]
    named = [part for part in parts if part and not _is_address(part)]
    alike = [part for part in named if _resembles(part, label)]
    if alike:
        return _drop_section(min(alike, key=len), label)
    return next((part for part in named if not _is_generic(part)), "")


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
    return _find_shared_words(sorted(of_feeds)) or domain


def _find_shared_words(names: list[str]) -> str:
    """Return the words that all names begin or end with, "" where they are generic ones alone."""
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
    part = part.strip(" \t-|–—:«\"'").removeprefix("www.")
    return _AFTER.sub("", _BEFORE.sub("", part, count=1) if _BEFORE.match(part) else part).strip(" -|–—:")


def _is_address(part: str) -> bool:
    return "://" in part


def _is_generic(part: str) -> bool:
    words = title_key(part).replace("-", " ").split()
    return all(word in _GENERIC or len(word) == 1 or word.isdigit() for word in words)


def _drop_section(part: str, label: str) -> str:
    """Return a name without the section behind it.

    ``RNZ New Zealand Headlines`` is RNZ; ``BBC News`` stays, and so does ``Nature Communications``.
    """
    words = part.split()
    for count in range(1, len(words) - 1):
        rest = " ".join(words[count:])
        is_list = words[-1].casefold() in ("news", "headlines", "stories", "articles", "topics")
        if is_list and _squeeze(" ".join(words[:count])) == label and _is_generic(rest):
            return " ".join(words[:count])
    return part


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
