"""Which articles may be shown already, and from when on: others wait for their page, or are held back."""

from datetime import datetime

from aggregator.curate.editor_decisions import add_corrections, is_held, is_killed
from aggregator.model import Article, revise
from aggregator.pipeline.page_wait import find_end_of_wait, waits_for_page
from aggregator.rules import Rules


def show_article(article: Article, rules: Rules, now: datetime) -> Article | None:
    """Return an article as it is placed in feeds ``now``, with what corrects it; None: not yet."""
    decisions = rules.decisions.of(article, now)
    if waits_for_page(article, rules, now) or is_held(decisions):
        return None
    return date_release(add_corrections(article, decisions), rules, now)


def date_release(article: Article, rules: Rules, now: datetime) -> Article:
    """Return an article that was held back, or accepted late, with when it was let in: it is updated then.

    Its date, and so its place among others, stays its publisher's: to readers it is new, not the newest.
    """
    times = (article.release_at, rules.decisions.find_release(article, now))
    at = max((at for at in times if at is not None and at <= now), default=None)
    if at is None:
        return article
    return revise(article, release_at=at, updated_at=max(article.updated_at, at))


def has_record(article: Article, rules: Rules, now: datetime) -> bool:
    """Tell whether an article may have a record ``now``."""
    decisions = rules.decisions.of(article, now)
    return not article.is_quarantined and not is_held(decisions) and not is_killed(decisions)


def find_next_release(article: Article, rules: Rules, now: datetime) -> datetime | None:
    """Return when it is to be asked again how an article is shown, None: never by time alone."""
    times = (find_end_of_wait(article, rules, now), rules.decisions.find_next_end(article, now))
    return min((at for at in times if at is not None), default=None)
