"""Mending a site: rows, then the tree made anew of what is stored; stored articles are never removed."""

from datetime import datetime

from aggregator.pipeline.enrich.lost_files import forget_lost_files
from aggregator.pipeline.grouping import StoryDesk
from aggregator.pipeline.publish.orphaned_files import remove_orphaned_files
from aggregator.pipeline.publish.publication import publish
from aggregator.pipeline.publish.rebuild import rebuild
from aggregator.pipeline.publish.site_files import mark_damage
from aggregator.pipeline.records import rebuild_records
from aggregator.pipeline.verification.written_files import remove_stale_variants
from aggregator.rules import Rules
from aggregator.secured import SecuredKeys
from aggregator.store import Store, mend_store


def repair_site(*, rules: Rules, store: Store, keys: SecuredKeys, now: datetime) -> tuple[str, ...]:
    """Mend what can be made anew, and return a line for each file that could not be written.

    Whoever calls it holds the store's lock. Killed in between, it may be called again. Pictures that are lost
    are fetched again by the service; until then nothing shows them.
    """
    mend_store(store)
    forget_lost_files(rules=rules, store=store, now=now)
    remove_stale_variants(rules)
    StoryDesk().group(rules=rules, store=store, now=now)
    done = rebuild(rules=rules, store=store, now=now)
    mark_damage(rules, store)  # pages that no story has any more
    again = publish(rules=rules, store=store, now=now)
    records = rebuild_records(rules=rules, store=store, keys=keys, now=now)
    remove_orphaned_files(rules=rules, store=store)
    return (*done.errors, *again.errors, *records.errors)
