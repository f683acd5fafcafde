"""Mending a site: rows, then the tree made anew of what is stored; stored articles are never removed."""

from aggregator.pipeline.enrich.lost_files import forget_lost_files
from aggregator.pipeline.grouping import StoryDesk
from aggregator.pipeline.publish.orphaned_files import remove_orphaned_files
from aggregator.pipeline.publish.publication import publish
from aggregator.pipeline.publish.rebuild import rebuild
from aggregator.pipeline.publish.site_files import mark_damage
from aggregator.pipeline.records import rebuild_records
from aggregator.pipeline.site import Site
from aggregator.pipeline.verification.written_files import remove_stale_variants
from aggregator.secured import SecuredKeys
from aggregator.store import mend_store


def repair_site(site: Site, *, keys: SecuredKeys) -> tuple[str, ...]:
    """Mend what can be made anew, and return a line for each file that could not be written.

    Whoever calls it holds the store's lock. Killed in between, it may be called again. Pictures that are lost
    are fetched again by the service; until then nothing shows them.
    """
    mend_store(site.store)
    forget_lost_files(site)
    remove_stale_variants(site.rules)
    StoryDesk().group_site(site)
    done = rebuild(site)
    mark_damage(site.rules, site.store)  # pages that no story has any more
    again = publish(site)
    records = rebuild_records(site, keys=keys)
    remove_orphaned_files(rules=site.rules, store=site.store)
    return (*done.errors, *again.errors, *records.errors)
