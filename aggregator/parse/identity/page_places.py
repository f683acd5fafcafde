"""Anchors on one page that are articles of their own: comments under a post, notes on a news page. Pure.

An anchor that only says where a reader came from, or leads to a part that every page has, is no such place.
"""

import re

from aggregator.model import Article
from aggregator.parse.identity.entry_ids import are_other_ids
from aggregator.parse.identity.same_article import TextLikeness, compare_texts
from aggregator.text import title_key
from aggregator.urls import canonical_url, strip_tracking

_NO_PLACE = re.compile(
    r"!.*|:~:.*|[^=]*=.*|\..*|axzz.*|sthash.*|ref.*|_?rss.*|feed.*|atom.*|utm.*|xtor.*|source.*"
    r"|comments?|commentaires?|comentarios?|kommentare?|responses?|respond|reply|disqus_thread|more(?:-?\d+)?"
    r"|top|content|main(?:-?content)?|article|header|body|start|play(?:er)?|video|share",
    re.IGNORECASE | re.DOTALL,
)
_REVISION = re.compile(r"(?:v(?:er)?(?:sion)?|r(?:ev)?)?-?\d{1,3}")


def lead_to_other_places(stored: Article, seen: Article) -> bool:
    """Tell whether two entries of one source lead to two places on one page, and say two things.

    The places of a page may be numbered anew, and an edited article may get another anchor: so titles
    or texts must differ as well, and where the ids do not, the texts, or titles and dates.
    """
    one, other = _find_place(stored), _find_place(seen)
    if one is None or other is None or stored.source_id != seen.source_id:
        return False
    (page, anchor), (other_page, other_anchor) = one, other
    if anchor == other_anchor or page != other_page:
        return False
    ids = are_other_ids(stored.entry_id, seen.entry_id, seen.canonical_url or page)
    if ids is False or (ids is None and _REVISION.fullmatch(other_anchor)):
        return False
    text = compare_texts(stored.excerpt, seen.excerpt)
    if text is not TextLikeness.UNKNOWN:
        return text is TextLikeness.DIFFERENT or (
            bool(ids) and title_key(stored.title) != title_key(seen.title)
        )
    return bool(ids) or _have_other_titles_and_dates(stored, seen)


def _have_other_titles_and_dates(stored: Article, seen: Article) -> bool:
    if stored.stated_at is None or seen.stated_at is None or stored.stated_at == seen.stated_at:
        return False
    one, other = (set(title_key(article.title).split()) for article in (stored, seen))
    return 2 * len(one & other) <= max(len(one), len(other))


def _find_place(article: Article) -> tuple[str, str] | None:
    """Return the key of the page and the anchor on it that an article's address as given leads to."""
    for url in (article.web_url, article.original_url):  # the page itself calls itself by no anchor
        if url is not None and "#" in url:
            page, _, anchor = strip_tracking(url).partition("#")
            return None if not anchor or _NO_PLACE.fullmatch(anchor) else (canonical_url(page), anchor)
    return None
