"""What the forms of the desk do, besides decisions: review, and moves of sources."""

import os
from collections.abc import Callable, Mapping

from aggregator.config import UsableConfig, load_usable_parts
from aggregator.desk.answers import Fields, Redirect, ShownPage
from aggregator.desk.pages.source import find_source
from aggregator.desk.sessions import DeskSession
from aggregator.desk.site import DeskSite
from aggregator.errors import AggregatorError
from aggregator.pipeline.editing.accepted_feeds import find_accepted_feeds
from aggregator.pipeline.editing.moves import accept_move
from aggregator.pipeline.editing.quarantine import explain_lack
from aggregator.pipeline.editing.withdrawals import withdraw_proposed
from aggregator.store import (
    accept_article,
    accept_source,
    find_article,
    reject_article,
    reject_source,
    reject_withdrawal,
)
from aggregator.text import format_count

GONE = "that waits no longer: somebody has decided on it already"


def accept_address(site: DeskSite, form: Fields, _session: DeskSession) -> Redirect:
    """Give a source the address that was proposed for it, as it was shown; raises AggregatorError."""
    source = find_source(site, form.get("id", ""))
    accept_move(site.folder, source, site.store, now=site.read_time(), shown=form.get("url", ""))
    said = f"{source.id} has its new address in sources.yaml; the service takes it up within seconds."
    return Redirect(page="review", said=said)


def answer_review(site: DeskSite, form: Fields, session: DeskSession) -> ShownPage | Redirect:
    """Do what is said of something that waits; what cannot be taken back is asked once more."""
    what, id_ = form.get("what", ""), form.get("id", "")
    if what in _SURE and form.get("sure") != "yes":
        question, text, yes = _SURE[what]
        values = {"question": question, "text": text.format(id_), "yes": yes, "what": what, "id": id_}
        return ShownPage(template="sure.html", values={"place": "review", **values})
    if what not in _REVIEWS:
        raise AggregatorError(f"there is no such answer: {what!r}")
    return Redirect(page="review", said=_REVIEWS[what](site, id_, session.by))


def _accept_source(site: DeskSite, source_id: str, _by: str) -> str:
    count = accept_source(site.store, source_id, now=site.read_time())
    return f"Accepted {source_id}, with {format_count(count, 'article')}; it is polled next."


def _reject_source(site: DeskSite, source_id: str, _by: str) -> str:
    count = _check(reject_source(site.store, source_id))
    return f"Rejected {format_count(count, 'article')} of {source_id}."


def _accept_article(site: DeskSite, article_id: str, _by: str) -> str:
    article = find_article(site.store, article_id)
    _check(accept_article(site.store, article_id, now=site.read_time()))
    lack = article and explain_lack(article)
    if lack:
        return f"Accepted article {article_id}; no feed shows it all the same: {lack}."
    if article is None:
        return f"Accepted article {article_id}."
    feeds = find_accepted_feeds(article, site.look_at_site())
    return f"Accepted article {article_id}: {feeds.describe()}."


def _reject_article(site: DeskSite, article_id: str, _by: str) -> str:
    _check(reject_article(site.store, article_id))
    return f"Rejected article {article_id}."


def _withdraw(site: DeskSite, article_id: str, by: str) -> str:
    parts, problems = load_usable_parts(site.folder, os.environ)
    usable = UsableConfig(site.config if problems else parts, problems)
    file = withdraw_proposed(article_id, usable, site.store, site.read_time(), by=by)
    if file is None:
        raise AggregatorError(GONE)
    return f"Article {article_id} is withdrawn by a decision in {file.name}."


def _keep(site: DeskSite, article_id: str, _by: str) -> str:
    _check(reject_withdrawal(site.store, article_id, now=site.read_time()))
    return f"Article {article_id} stays; it is not proposed for withdrawal again."


def _check(count: int) -> int:
    """Return a count of what was changed; raises AggregatorError where that was nothing."""
    if not count:
        raise AggregatorError(GONE)
    return count


_REVIEWS: Mapping[str, Callable[[DeskSite, str, str], str]] = {
    "accept-source": _accept_source,
    "reject-source": _reject_source,
    "accept-article": _accept_article,
    "reject-article": _reject_article,
    "withdraw": _withdraw,
    "keep": _keep,
}
_SURE = {
    "reject-source": (
        "Remove them for ever?",
        "All quarantined articles of {} are removed and never come back. The source stays quarantined.",
        "Remove them",
    ),
    "reject-article": ("Remove it for ever?", "Article {} is removed and never comes back.", "Remove it"),
}
