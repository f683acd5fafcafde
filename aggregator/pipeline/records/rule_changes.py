"""Taking up changed rules and keys: what they change in records is marked."""

import hashlib
import json
from functools import lru_cache

from aggregator.pipeline.publish.program import digest_program
from aggregator.pipeline.records.page_changes import mark_whole_pages
from aggregator.pipeline.records.writing_result import RecordsWritten
from aggregator.publish.files import find_missing_files, write_files
from aggregator.publish.record_pages import render_schema
from aggregator.publish.stale_pages import find_paged_topics
from aggregator.rules import Rules
from aggregator.secured import SecuredKeys
from aggregator.store import ALL, WRITTEN_BY, Store, mark_records_of_sources, read_note, restart_records

SEALED_URLS = "addresses in records"
"""The note of the addresses of sources that sealed texts name, by source id."""


def take_up_rules(rules: Rules, store: Store, keys: SecuredKeys) -> RecordsWritten:
    """Mark all records and pages where they are made of something else, apart from articles, than before.

    Then the schema of records is written, too. Where that is gone, somebody removed the tree: all is marked.
    """
    if keys.keys:
        _take_up_urls(rules, store)
    written_by = digest_rules(rules, keys)
    schema = render_schema()
    if read_note(store, WRITTEN_BY) == written_by and not find_missing_files(rules.feeds_dir, schema):
        return RecordsWritten()
    written = write_files(rules.feeds_dir, schema, has_variants=rules.publishing.compressed)
    topic_ids = {ALL, *(topic.id for topic in rules.topics), *find_paged_topics(rules.feeds_dir)}
    restart_records(store, written_by, [mark_whole_pages(topic_id) for topic_id in sorted(topic_ids)])
    return RecordsWritten.of(written)


@lru_cache(2)
def digest_rules(rules: Rules, keys: SecuredKeys) -> str:
    """Return a digest of all that records are made of apart from articles, and addresses of sources."""
    parts = (
        digest_program(),
        str(rules.feeds_dir),
        (rules.site.base_url, rules.site.locale),
        [(topic.id, topic.name) for topic in rules.topics],
        (rules.heat_half_life, rules.publishing.window_days, rules.publishing.compressed),
        (rules.images.cache, rules.images.sizes, rules.images.logos),
        # What is sealed also says why an article is in its topics.
        (hashlib.sha256(keys.keys[0]).hexdigest(), rules.topics) if keys.keys else None,
    )
    return hashlib.blake2b(repr(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()


def _take_up_urls(rules: Rules, store: Store) -> None:
    urls = {source_id: source.url for source_id, source in rules.carriers.items()}
    note = json.dumps(urls, sort_keys=True)
    noted = read_note(store, SEALED_URLS)
    if noted == note:
        return
    known = json.loads(noted or "{}")
    changed = [id_ for id_ in urls.keys() | known.keys() if urls.get(id_) != known.get(id_)]
    mark_records_of_sources(store, changed, note=(SEALED_URLS, note))
