"""Reading records: files of ``_news/`` into the store."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from aggregator.errors import AggregatorError
from aggregator.model import Article, Changes, Known, Sighting, SourceState
from aggregator.pipeline.site import Site
from aggregator.publish.front_matter import read_front_matter
from aggregator.publish.record_file import IMPORTED, build_article, read_record_text
from aggregator.store import Store, save_poll

IMPORT_BATCH = 200


def import_records(paths: Iterable[Path], site: Site, *, on_file: Callable[[str | None], None]) -> int:
    """Read record files into the store and return how many are new or changed.

    ``on_file`` hears of each file: None where it went well, else its problem; a bad file does not stop the
    rest. A record that is stored already is left as it is; importing again changes nothing.
    """
    topic_ids = {topic.name: topic.id for topic in site.rules.topics}
    batch: list[Article] = []
    written = 0
    for path in paths:
        try:
            batch.append(_read_record(path, topic_ids, site.now))
            on_file(None)
        except AggregatorError as error:
            on_file(str(error))
        if len(batch) == IMPORT_BATCH:
            written += _store_records(batch, site.store)
            batch = []
    return written + (_store_records(batch, site.store) if batch else 0)


def _read_record(path: Path, topic_ids: Mapping[str, str], now: datetime) -> Article:
    record, newline = read_front_matter(read_record_text(path), path=str(path))
    article = build_article(record, newline=newline, topic_ids=topic_ids, name=path.name)
    # It is kept for as long as what comes in now, whatever its date.
    return replace(article, first_seen_at=now)


def _store_records(batch: Sequence[Article], store: Store) -> int:
    changes = save_poll(
        store, SourceState(source_id=IMPORTED), batch, lambda known: _decide_changes(batch, known)
    )
    return len(changes.inserted) + len(changes.updated)


def _decide_changes(batch: Sequence[Article], known: Known) -> Changes:
    """Return what the batch changes: new records come in, and changed ones replace what was imported.

    What came from a source stays as it is.
    """
    by_id = {article.id: article for article in batch}
    fresh, edited = [], []
    for article in by_id.values():
        stored = known.articles.get(known.urls.get(article.canonical_url or "", article.id))
        if stored is None:
            fresh.append(article)
        elif stored.imported is not None and stored.imported != article.imported:
            edited.append(replace(article, id=stored.id, first_seen_at=stored.first_seen_at))
    taken = (*fresh, *edited)
    return Changes(
        inserted=tuple(fresh),
        updated=tuple(edited),
        sightings=tuple(Sighting(source_id=IMPORTED, article_id=a.id, entry_id=a.entry_id) for a in taken),
        urls={a.canonical_url: a.id for a in taken if a.canonical_url},
    )
