"""What of an article may be shown and kept, as its publisher wishes.

A publisher who gave the operator permission (``reuse: granted`` in providers.yaml) is not asked again, and
imported records stay as they are.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from aggregator.model import NO_WISHES, Article, Wishes, revise
from aggregator.text import ELLIPSIS, cut_excerpt

OUT = -100
"""The part of the quality of an article that its page wants out of all feeds."""
UNAVAILABLE = "unavailable"
"""Its name where the page asks to be listed no longer."""


def limit_reuse(article: Article) -> Article:
    """Return ``article`` as it may be shown, unchanged where its publisher limits nothing of it.

    The excerpt is cut at a word, with an ellipsis within the limit. What the article is about, and which
    story it belongs to, is still found out by all of its text: that shows nothing of it.
    """
    wishes = find_limits(article)
    if wishes is NO_WISHES:
        return article
    return revise(
        article,
        excerpt=_cut_excerpt(article.excerpt, wishes.excerpt_chars),
        images=() if wishes.picture == "none" else article.images,
        featured_content=article.featured_content if wishes.may_embed else None,
    )


def list_wished_parts(article: Article, *, obeys_noindex: bool, now: datetime) -> Mapping[str, int]:
    """Return the parts of an article's quality by which its page keeps it out of feeds ``now``."""
    limits = find_limits(article)
    is_over = limits.unavailable_at is not None and limits.unavailable_at <= now
    reasons = {"noindex": obeys_noindex and not limits.may_index, UNAVAILABLE: is_over}
    return {name: OUT for name, holds in reasons.items() if holds}


def note_unavailable(article: Article, *, now: datetime) -> Article:
    """Return an article that is judged again when its page says that it is to be listed no longer."""
    at = find_limits(article).unavailable_at
    if at is None or at <= now:
        return article
    return revise(article, judge_again_at=min(at, article.judge_again_at or at))


def may_copy_pictures(article: Article) -> bool:
    """Tell whether copies of an article's pictures may be kept; else they are shown where they are.

    A copy is as large as the picture itself, or nearly: it is none that ``standard`` allows.
    """
    wishes = find_limits(article)
    return wishes.may_archive and wishes.picture == "large"


def find_limits(article: Article) -> Wishes:
    """Return the wishes that are to be obeyed, ``NO_WISHES`` itself where there are none."""
    is_free = article.provider.is_reuse_granted or article.imported is not None
    return NO_WISHES if is_free or article.wishes == NO_WISHES else article.wishes


def format_wishes(wishes: Wishes) -> Iterator[str]:
    """Yield the rules that say what ``wishes`` say, each as a publisher may write it."""
    if wishes.excerpt_chars is not None:
        yield f"max-snippet:{wishes.excerpt_chars}"
    if wishes.picture != "large":
        yield f"max-image-preview:{wishes.picture}"
    if not wishes.may_embed:
        yield "max-video-preview:0"
    if not wishes.may_archive:
        yield "noarchive"
    if not wishes.may_index:
        yield "noindex"
    if wishes.unavailable_at is not None:
        yield f"unavailable_after: {wishes.unavailable_at.isoformat()}"


def _cut_excerpt(excerpt: str | None, limit: int | None) -> str | None:
    if excerpt is None or limit is None:
        return excerpt
    cut = cut_excerpt(excerpt, limit)
    return cut if cut not in ("", ELLIPSIS) else None
