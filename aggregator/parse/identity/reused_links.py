"""Whether a known link now leads to something else: today's picture under yesterday's address.

News pages are rewritten under their address, so another title alone says nothing: title, text and date must
all be others. An address that was made for the article, of its number or of the words of its title, stays
that article's, unless its source also gives the entry another id, and another day where it has a number.
"""

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from aggregator.model import Article, Sighting
from aggregator.parse.identity.entry_ids import are_other_ids
from aggregator.parse.identity.identity_evidence import has_stated_title
from aggregator.parse.identity.same_article import TextLikeness, compare_texts
from aggregator.text import signed_key, title_key

_A_DAY = timedelta(hours=12)
"""What comes daily does not come to the minute."""
_TITLE_WORDS = 3
_NUMBERED = re.compile(
    r"(?<![0-9a-z])(?!(?:19|20)\d\d(?![0-9a-z]))(?:\d{3,}|(?=[a-z]*\d)(?=\d*[a-z])[0-9a-z]{7,})(?![0-9a-z])"
    r"|[?&](?:p|n|nr|no|\w{0,20}id)=[0-9a-z]",
    re.IGNORECASE,
)


def is_reused_link(
    before: Sighting, stored: Article | None, seen: Article, *, is_same_document: bool
) -> bool:
    """Tell whether ``seen`` is another article than the one whose link it has.

    ``before`` is how that one last stood at the same source, ``stored`` the article, None where it was
    pruned; ``is_same_document`` tells that both stand in one document.
    """
    link = seen.canonical_url or ""
    if before.canonical_url != link or _is_same_date(before.stated_at, seen.stated_at):
        return False
    ids = are_other_ids(before.entry_id, seen.entry_id, link)
    if ids is False:
        return False
    if _is_named_after(link, before.title_key, seen) or not _say_other_things(before, stored, seen):
        return False
    is_other_day = _days_differ(before.stated_at, seen.stated_at)
    is_numbered = _NUMBERED.search(_strip_host(link)) is not None
    if _has_title(before, stored, seen):
        return bool(ids) and (is_other_day or is_same_document) and not is_numbered
    return is_other_day if ids and is_numbered else bool(ids) or (is_other_day and not is_numbered)


def is_permalink(link: str, title: str) -> bool:
    """Tell whether an address was made for one article: it has a number, or words of the title's key."""
    shared = _split_words(link) & {word for word in title.split() if len(word) > 2}
    return _NUMBERED.search(_strip_host(link)) is not None or len(shared) >= _TITLE_WORDS


def _is_same_date(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and one == other


def _days_differ(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and abs(one - other) >= _A_DAY


def _has_title(before: Sighting, stored: Article | None, seen: Article) -> bool:
    if not has_stated_title(seen):
        return False
    if stored is not None and before.title_key == title_key(stored.title):
        return signed_key(stored.title) == signed_key(seen.title)
    return before.title_key == title_key(seen.title)


def _say_other_things(before: Sighting, stored: Article | None, seen: Article) -> bool:
    text = compare_texts(stored.excerpt, seen.excerpt) if stored is not None else TextLikeness.UNKNOWN
    if text is TextLikeness.UNKNOWN:  # their dates must speak for it then
        return before.stated_at is not None and seen.stated_at is not None
    return text is TextLikeness.DIFFERENT


def _is_named_after(link: str, known_title: str, seen: Article) -> bool:
    """Tell whether the address has words of the title that it had, and has not any more."""
    words = set(known_title.split()) - set(title_key(seen.title).split())
    return any(len(word) > 2 for word in words & _split_words(link))


def _split_words(link: str) -> set[str]:
    return set(re.split(r"[^0-9a-z]+", _strip_host(link).lower()))


def _strip_host(link: str) -> str:
    try:
        parts = urlsplit(link)
    except ValueError:
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
