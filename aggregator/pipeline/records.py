"""Writing records: the files of ``_news/``, and the JSON pages."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from aggregator.errors import PublishError
from aggregator.model import PUBLISHED_QUALITY, Article
from aggregator.pipeline.publish.public_articles import make_public
from aggregator.pipeline.publish.selection import set_heat
from aggregator.pipeline.publish.story_views import Stories, find_related, read_stories_of
from aggregator.publish.files import remove_files, write_files
from aggregator.publish.front_matter import render_front_matter
from aggregator.publish.record_file import IMPORTED, build_record, identify_record
from aggregator.publish.record_json import name_record_file
from aggregator.publish.record_pages import render_record_pages, render_schema
from aggregator.publish.stale_pages import find_stale_record_pages
from aggregator.publish.tree_paths import RECORD_PAGES, RECORDS
from aggregator.rules import Rules
from aggregator.secured import SecuredKeys, digest_payload, seal
from aggregator.store import (
    Store,
    assign_record_names,
    find_stale_records,
    forget_records,
    read_article_batches,
    read_newest_articles,
    read_secured_texts,
    save_secured_texts,
)

EVERY_ARTICLE = 10_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordsWritten:
    """What publishing records did: files ``changed``, ``unchanged`` and ``removed``, and a line an error."""

    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    errors: tuple[str, ...] = ()


def publish_records(*, rules: Rules, store: Store, keys: SecuredKeys, now: datetime) -> RecordsWritten:
    """Write the records of articles that are not quarantined, the JSON pages of published ones, the schema.

    The files of what is not stored any more are removed; without ``publish.records``, all of them.
    """
    folder = rules.feeds_dir
    if not rules.publishing.records:
        return _remove_stale(RecordsWritten(), (), folder, rules, store)
    total = RecordsWritten()
    for batch in read_article_batches(store):
        stories = read_stories_of(batch, store)
        articles = [set_heat(article, stories, rules, now) for article in batch if not article.is_quarantined]
        total = _write(total, folder, _render_records(articles, stories, rules, store, keys))
    wanted = set(render_schema())
    for topic_id in (None, *(topic.id for topic in rules.topics)):
        pages = _render_topic_pages(topic_id, rules, store, now)
        wanted.update(pages)
        total = _write(total, folder, pages)
    return _remove_stale(_write(total, folder, render_schema()), wanted, folder, rules, store)


def _remove_stale(
    total: RecordsWritten, wanted: Collection[str], folder: Path, rules: Rules, store: Store
) -> RecordsWritten:
    """Remove the records of articles that are gone, and the pages that are not ``wanted``."""
    is_off = not rules.publishing.records
    if is_off and not (folder / RECORDS).is_dir() and not (folder / RECORD_PAGES).is_dir():
        return total
    try:
        gone = find_stale_records(store, except_source=IMPORTED, all_of_them=is_off)
        names = [*(f"{RECORDS}/{name}" for name in gone.values()), *find_stale_record_pages(folder, wanted)]
        removed = remove_files(folder, names)
        forget_records(store, gone)
    except PublishError as error:
        return replace(total, errors=(*total.errors, str(error)))
    return replace(total, removed=removed)


def _write(total: RecordsWritten, folder: Path, files: Mapping[str, bytes]) -> RecordsWritten:
    written = write_files(folder, files)
    return RecordsWritten(
        changed=total.changed + len(written.changed),
        unchanged=total.unchanged + written.unchanged,
        errors=(*total.errors, *written.errors),
    )


def _render_records(
    articles: Sequence[Article], stories: Stories, rules: Rules, store: Store, keys: SecuredKeys
) -> dict[str, bytes]:
    names = assign_record_names(store, {article.id: _choose_name(article) for article in articles})
    secured = _seal_records(articles, stories, rules, store, keys)
    topic_names = {topic.id: topic.name for topic in rules.topics}
    near = {article.id: find_related(stories, article) for article in articles if article.imported is None}
    others = (other for found in near.values() for other in found)
    public = make_public((*others, *articles), rules=rules, store=store).articles
    files = {}
    for article in (public[article.id] for article in articles):
        record = build_record(
            article,
            topic_names=topic_names,
            related=[public[other.id] for other in near.get(article.id, ())],
            secured=secured.get(article.id),
        )
        newline = str(article.imported["newline"]) if article.imported else "\n"
        files[f"{RECORDS}/{names[article.id]}"] = render_front_matter(record, newline=newline).encode()
    return files


def _choose_name(article: Article) -> str:
    is_named = article.imported is not None and article.entry_id is not None
    return article.entry_id if is_named and article.entry_id else name_record_file(article)


def _render_topic_pages(topic_id: str | None, rules: Rules, store: Store, now: datetime) -> dict[str, bytes]:
    found = read_newest_articles(store, topic_id=topic_id, limit=EVERY_ARTICLE, min_quality=PUBLISHED_QUALITY)
    stories = read_stories_of(found, store)
    articles = [set_heat(article, stories, rules, now) for article in found]
    public = make_public(articles, rules=rules, store=store).articles
    articles = [public[article.id] for article in articles]
    names = assign_record_names(store, {article.id: _choose_name(article) for article in articles})
    topic_names = {topic.id: topic.name for topic in rules.topics}
    locale = rules.site.locale
    return render_record_pages(
        articles, topic_id=topic_id, names=names, topic_names=topic_names, locale=locale
    )


def _seal_records(
    articles: Sequence[Article], stories: Stories, rules: Rules, store: Store, keys: SecuredKeys
) -> dict[str, str]:
    """Return the sealed texts of ``articles``, made anew where payload or key changed; none without a key."""
    if not keys.keys:
        return {}
    kept = read_secured_texts(store, [article.id for article in articles])
    texts, sealed = {}, {}
    for article in articles:
        payload = _build_payload(article, stories.story_of.get(article.id), rules)
        identity = identify_record(build_record(article, topic_names={}))
        digest = digest_payload(payload, identity=identity, keys=keys)
        if kept.get(article.id, ("",))[0] != digest:
            sealed[article.id] = kept[article.id] = (digest, seal(payload, identity=identity, keys=keys))
        texts[article.id] = kept[article.id][1]
    save_secured_texts(store, sealed)
    return texts


def _build_payload(article: Article, story_id: str | None, rules: Rules) -> dict[str, object]:
    source = rules.carriers.get(article.source_id)
    return {
        "id": article.id,
        "source": article.source_id,
        "sourceUrl": source.url if source else None,
        "entryId": article.entry_id,
        "firstSeen": article.first_seen_at.isoformat(),
        "storyId": story_id,
        "quality": dict(article.quality_parts),
        "origins": dict(article.origins),
        "decisions": rules.explain(article),
    }
