"""The copies of pictures of articles that were killed: they go at once, however much room there is.

Those that decisions name are few, and looked at each time; of publishers that were taken down, what changed.
"""

from collections.abc import Collection

from aggregator.curate.editor_decisions import is_killed
from aggregator.enrich.logos import LOGO_SIDES
from aggregator.model import Article
from aggregator.pipeline.site import Site
from aggregator.publish.files import remove_files
from aggregator.publish.tree_paths import PICTURE_COPIES, name_logo
from aggregator.store import (
    MarkKind,
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


def remove_killed_pictures(site: Site) -> int:
    """Remove the copies that only killed articles show, and return how many; raises PublishError.

    The logo of a publisher that was taken down goes as well.
    """
    named = (
        find_named_articles(site.store, site.rules.decisions.killed) if site.rules.decisions.killed else {}
    )
    killed = {*named.values(), *find_twins(site.store, set(named.values()))}
    removed = _remove_copies(killed, site) if named else 0
    while marks := read_marks_by_key(site.store, MarkKind.KILLED, now=site.now, limit=AT_A_TIME):
        sharing = find_sharing_articles(site.store, marks.keys())
        removed += _remove_copies({*marks, *sharing}, site)
        _remove_logos(read_stored_articles(site.store, marks.keys()), site)
        finish_marks(site.store, [mark for found in marks.values() for mark in found])
    return removed


def _remove_copies(article_ids: Collection[str], site: Site) -> int:
    articles = read_stored_articles(site.store, article_ids)
    killed = {article.id for article in articles if is_killed(site.rules.decisions.of(article, site.now))}
    copies = find_own_copies(site.store, killed) if killed else ()
    remove_files(site.rules.feeds_dir, [f"{PICTURE_COPIES}/{name}" for name in copies])
    forget_copies(site.store, copies)
    return len(copies)


def _remove_logos(articles: Collection[Article], site: Site) -> None:
    domains = {article.provider.domain for article in articles}
    gone = sorted(domain for domain in domains if site.rules.decisions.is_taken_down(domain, site.now))
    remove_files(site.rules.feeds_dir, [name_logo(domain, side) for domain in gone for side in LOGO_SIDES])
    forget_logos(site.store, gone)
