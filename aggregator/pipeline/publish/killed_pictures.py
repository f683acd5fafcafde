"""The copies of pictures of articles that were killed: they go at once, however much room there is.

Those that decisions name are few, and looked at each time; of publishers that were taken down, what changed.
"""

from collections.abc import Collection
from datetime import datetime

from aggregator.curate.editor_decisions import is_killed
from aggregator.enrich.logos import LOGO_SIDES
from aggregator.model import Article
from aggregator.publish.files import remove_files
from aggregator.publish.tree_paths import PICTURE_COPIES, name_logo
from aggregator.rules import Rules
from aggregator.store import (
    MarkKind,
    Store,
    find_named_articles,
    find_own_copies,
    find_sharing_articles,
    find_twins,
    finish_marks,
    forget_copies,
    forget_logos,
    read_marks_by_key,
    read_stored_articles,
)

AT_A_TIME = 2_000
"""Marks that are taken up at once."""


def remove_killed_pictures(rules: Rules, store: Store, now: datetime) -> int:
    """Remove the copies that only killed articles show, and return how many; raises PublishError.

    The logo of a publisher that was taken down goes as well.
    """
    named = find_named_articles(store, rules.decisions.killed) if rules.decisions.killed else {}
    killed = {*named.values(), *find_twins(store, set(named.values()))}
    removed = _remove_copies(killed, rules, store, now) if named else 0
    while marks := read_marks_by_key(store, MarkKind.KILLED, now=now, limit=AT_A_TIME):
        sharing = find_sharing_articles(store, marks.keys())
        removed += _remove_copies({*marks, *sharing}, rules, store, now)
        _remove_logos(read_stored_articles(store, marks.keys()), rules, store, now)
        finish_marks(store, [mark for found in marks.values() for mark in found])
    return removed


def _remove_copies(article_ids: Collection[str], rules: Rules, store: Store, now: datetime) -> int:
    articles = read_stored_articles(store, article_ids)
    killed = {article.id for article in articles if is_killed(rules.decisions.of(article, now))}
    copies = find_own_copies(store, killed) if killed else ()
    remove_files(rules.feeds_dir, [f"{PICTURE_COPIES}/{name}" for name in copies])
    forget_copies(store, copies)
    return len(copies)


def _remove_logos(articles: Collection[Article], rules: Rules, store: Store, now: datetime) -> None:
    domains = {article.provider.domain for article in articles}
    gone = sorted(domain for domain in domains if rules.decisions.is_taken_down(domain, now))
    remove_files(rules.feeds_dir, [name_logo(domain, side) for domain in gone for side in LOGO_SIDES])
    forget_logos(store, gone)
