"""When the page of an article that disappeared is asked for, and what its answer means: pure.

404 and 410 bear out that its publisher withdrew it. What is still there was only left out of a feed, and is
not proposed any more. Each is asked for a few more times, as publishers change their mind.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.model import Disappearance, DisappearanceKind, PageState

_HOUR = timedelta(hours=1)
FIRST_WAIT = {
    PageState.GONE: 24 * _HOUR,
    PageState.THERE: 6 * _HOUR,
    PageState.FRONT: 6 * _HOUR,
    PageState.UNKNOWN: _HOUR,
}
"""How long after its first answer a page is asked for again; then twice as long each time, up to a limit."""
LONGEST_WAIT = 72 * _HOUR
MOST_CHECKS = 7
PUT_OFF = timedelta(minutes=15)
"""The same where nothing could be asked."""


def make_page_gone(article_id: str, source_id: str, *, now: datetime) -> Disappearance:
    """Return what is known of an article whose page answered 410: it is asked for once more."""
    return Disappearance(
        article_id=article_id, source_id=source_id, kind=DisappearanceKind.PAGE, missing_since_at=now,
        check_at=now + _HOUR,
    )  # fmt: skip


def note_page(one: Disappearance, page: PageState, *, now: datetime) -> Disappearance | None:
    """Return what is known of a disappearance after its page answered; None: it did not disappear.

    An answer that could not be had changes nothing of what is known.
    """
    if one.kind is DisappearanceKind.PAGE and page is PageState.THERE:
        return None
    known = one.page if page is PageState.UNKNOWN and one.page is not None else page
    checks = one.checks + 1
    wait = min(FIRST_WAIT[page] * 2 ** (checks - 1), LONGEST_WAIT)
    is_borne_out = one.proposed_at is None and page is PageState.GONE
    return replace(
        one,
        page=known,
        proposed_at=now if is_borne_out else one.proposed_at,
        checks=checks,
        check_at=now + wait if checks < MOST_CHECKS else None,
    )


def put_off(one: Disappearance, *, now: datetime) -> Disappearance:
    """Return a disappearance whose page is asked for later."""
    return replace(one, check_at=now + PUT_OFF)


def explain_disappearance(one: Disappearance) -> str:
    """Return in words how an article disappeared."""
    return f"{_FOUND[one.kind]}{_ANSWERED[one.page]}"


_FOUND = {
    DisappearanceKind.GONE: "its source shows it no more, but still what stood before and after it",
    DisappearanceKind.DELETED: "its source marks it as deleted",
    DisappearanceKind.PAGE: "its page answered 410",
}
_ANSWERED = {
    None: "",
    PageState.GONE: "; its page is gone (404 or 410)",
    PageState.THERE: "; its page is still there",
    PageState.FRONT: "; its page leads to a front page",
    PageState.UNKNOWN: "; its page could not be asked for",
}
