"""The copies of pictures of articles that were killed: they go at once, however much room there is."""

from datetime import datetime

from aggregator.curate.editor_decisions import is_killed
from aggregator.publish.files import remove_files
from aggregator.publish.tree_paths import PICTURE_COPIES
from aggregator.rules import Rules
from aggregator.store import Store, find_named_articles, find_own_copies, forget_copies, read_stored_articles


def remove_killed_pictures(rules: Rules, store: Store, now: datetime) -> int:
    """Remove the copies that only killed articles show, and return how many; raises PublishError."""
    named = find_named_articles(store, rules.decisions.killed) if rules.decisions.killed else {}
    articles = read_stored_articles(store, set(named.values()))
    killed = {article.id for article in articles if is_killed(rules.decisions.of(article, now))}
    copies = find_own_copies(store, killed) if killed else ()
    remove_files(rules.feeds_dir, [f"{PICTURE_COPIES}/{name}" for name in copies])
    forget_copies(store, copies)
    return len(copies)
