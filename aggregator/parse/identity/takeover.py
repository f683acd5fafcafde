"""Whether a source is still itself: its new entries compared with what it showed before. Pure.

A domain that expired, a feed proxy that was taken over or a broken redirect give a feed that is well-formed
and somebody else's. Each of these signs is enough:

domain      the new entries link to domains that the source, which links to few, never linked to
language    they state another language, or are written in another script
replaced    of the last entries none is left, and more are new than the time explains
rhythm      far more are new at once than the source ever published in that time

and of these two together:

authors     none of the new entries is by anybody that the source, which has few authors, has shown
name        the feed calls itself by another name, or its site is another domain
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from unicodedata import name as character_name

from aggregator.model import WATCHED_ENTRIES, Article, SourceState
from aggregator.text import title_key
from aggregator.urls import host_of, registrable_domain

LEAST_KNOWN = 5
"""Fewer articles do not show what a source is like."""
MOSTLY = 0.8
ALMOST_ALL = 0.9
FEW_DOMAINS = 3
"""A source that links to more domains, and to more than a tenth of its articles, collects links."""
LEAST_UPDATES = 3
LAST_ENTRIES = 10
LEAST_REPLACED = 5
REPLACED_TIMES = 3
LEAST_BURST = 30
BURST_TIMES = 20
_SHOWN_CHARS = 60
_KANA = dict.fromkeys(("hiragana", "katakana", "katakana-hiragana"), "cjk")
"""Japanese mixes its scripts in every title."""
_LETTERS = 40
"""Letters of a title that tell its script."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceChange:
    """What one document brought, and what its source was before.

    ``new``      the articles that were not known
    ``seen``     all articles of the document
    ``recent``   the newest articles of the source that were known, the newest first
    ``elapsed``  the time since the source was last known to have nothing new
    ``before``   the source's state as it was, ``after`` as it is: for what the feed calls itself
    """

    new: Sequence[Article]
    seen: Sequence[Article]
    recent: Sequence[Article]
    elapsed: timedelta
    before: SourceState
    after: SourceState


def describe_takeover(change: SourceChange) -> str | None:
    """Return how a source differs from what it was, in words for an operator; None where it does not.

    None also where too little is new, or too little was known, to tell.
    """
    if len(change.new) < WATCHED_ENTRIES or len(change.recent) < LEAST_KNOWN:
        return None
    signs = [
        *_compare_domains(change),
        *_compare_languages(change),
        *_compare_scripts(change),
        *_look_for_replacement(change),
        *_look_for_burst(change),
    ]
    hints = [*_compare_authors(change), *_compare_names(change)]
    return "; ".join((*signs, *hints)) if signs or len(hints) > 1 else None


def _compare_domains(change: SourceChange) -> Iterator[str]:
    known = Counter(_read_each(change.recent, _find_link_domain))
    if len(known) <= max(FEW_DOMAINS, len(change.recent) / 10):
        yield from _find_change(
            "its new entries link to {}, not to {}", known, _read_each(change.new, _find_link_domain)
        )


def _compare_languages(change: SourceChange) -> Iterator[str]:
    known = Counter(_read_each(change.recent, _find_main_language))
    yield from _find_change(
        "its new entries are in {}, not in {}",
        _keep_main(known),
        _read_each(change.new, _find_main_language),
    )


def _compare_scripts(change: SourceChange) -> Iterator[str]:
    known = Counter(_read_each(change.recent, _find_script))
    yield from _find_change(
        "its new entries are written in {}, not in {}",
        _keep_main(known),
        _read_each(change.new, _find_script),
    )


def _look_for_replacement(change: SourceChange) -> Iterator[str]:
    last = change.recent[:LAST_ENTRIES]
    shown = {mark for article in change.seen for mark in _list_marks(article)}
    is_left = any(mark in shown for article in last for mark in _list_marks(article))
    if not is_left and len(change.new) >= LEAST_REPLACED + REPLACED_TIMES * _estimate_usual(change):
        yield f"of its last {len(last)} entries none is left, and {len(change.new)} are new"


def _look_for_burst(change: SourceChange) -> Iterator[str]:
    # What is old already is not announced, however much of it comes.
    fresh = sum(not article.is_backlog for article in change.new)
    usual = _estimate_usual(change)
    if fresh >= LEAST_BURST and fresh > BURST_TIMES * (usual + 1):
        yield f"{fresh} entries are new at once, where about {usual:.0f} would be usual"


def _compare_authors(change: SourceChange) -> Iterator[str]:
    known = Counter(name for article in change.recent for name in article.authors)
    new = {name for article in change.new for name in article.authors}
    is_small_circle = LEAST_KNOWN <= known.total() >= 2 * len(known)
    if is_small_circle and new and not new & known.keys():
        yield "nobody who wrote its new entries wrote for it before"


def _compare_names(change: SourceChange) -> Iterator[str]:
    old, new = change.before, change.after
    if title_key(old.title or "") != title_key(new.title or "") and old.title:
        yield f"it calls itself {_shorten(new.title)}, not {_shorten(old.title)}"
    elif old.site_url and new.site_url and _find_site(old.site_url) != _find_site(new.site_url):
        yield f"its site is {_shorten(_find_site(new.site_url))}, not {_shorten(_find_site(old.site_url))}"


def _find_change(sentence: str, known: Counter[str], new: Sequence[str]) -> Iterator[str]:
    """Yield ``sentence`` where most of what is new is none of what was known."""
    strange = Counter(value for value in new if value not in known)
    if known and len(new) >= WATCHED_ENTRIES and strange.total() >= MOSTLY * len(new):
        yield sentence.format(_shorten(_find_most_common(strange)), _shorten(_find_most_common(known)))


def _keep_main(known: Counter[str]) -> Counter[str]:
    """Return the value that almost all have, nothing where they differ."""
    return Counter(
        {value: n for value, n in known.items() if n >= max(LEAST_KNOWN, ALMOST_ALL * known.total())}
    )


def _find_most_common(counted: Counter[str]) -> str:
    return min(counted, key=lambda value: (-counted[value], value))


def _estimate_usual(change: SourceChange) -> float:
    """Return how many new entries are usual: its pace for the time, or the most that it showed at once.

    Infinite until it published several times: what it showed first may be the work of years or of a day.
    """
    since = change.before.first_polled_at
    updates = Counter(a.first_seen_at for a in change.recent if since is None or a.first_seen_at > since)
    dates = [article.published_at for article in change.recent]
    span = max(dates) - min(dates)
    if len(updates) < LEAST_UPDATES or not span:
        return float("inf")
    return max(*updates.values(), len(dates) * (change.elapsed / span))


def _list_marks(article: Article) -> Iterator[str]:
    """Yield what an entry may be recognised by."""
    yield from (mark for mark in (article.id, article.canonical_url, article.entry_id) if mark)


def _read_each(articles: Iterable[Article], read: Callable[[Article], str | None]) -> list[str]:
    return [value for article in articles if (value := read(article))]


def _find_link_domain(article: Article) -> str | None:
    return _find_site(article.web_url) if article.web_url else None


def _find_site(url: str) -> str:
    return registrable_domain(host_of(url))


def _find_main_language(article: Article) -> str | None:
    return article.language and article.language.partition("-")[0]


def _find_script(article: Article) -> str | None:
    letters = [sign for sign in article.title if sign.isalpha()][:_LETTERS]
    scripts = Counter(character_name(sign, "").partition(" ")[0].lower() for sign in letters)
    return _KANA.get(_find_most_common(scripts), _find_most_common(scripts)) if scripts else None


def _shorten(text: str | None) -> str:
    return repr((text or "")[:_SHOWN_CHARS]) if text is None or not text.isidentifier() else text
