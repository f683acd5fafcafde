"""The records of some articles: their files, and what they say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.curate import (
    OUT_OF_PLAY,
    cool_down,
    find_measuring,
    find_next_cooling,
    find_next_measuring,
    measure_warmth,
)
from aggregator.enrich.reuse_limits import format_wishes
from aggregator.model import PUBLISHED_QUALITY, Article
from aggregator.model.predicates import is_listed
from aggregator.pipeline.publish.public_articles import make_public
from aggregator.pipeline.publish.release import has_record
from aggregator.pipeline.publish.story_views import Stories, find_related, measure_pace, read_stories_of
from aggregator.pipeline.site import Site
from aggregator.publish.front_matter import render_front_matter
from aggregator.publish.record_file import build_record, identify_record
from aggregator.publish.record_json import name_record_file
from aggregator.publish.record_pages import render_page_item
from aggregator.publish.tree_paths import RECORDS
from aggregator.rules import Rules
from aggregator.secured import SecuredKeys, digest_payload, seal
from aggregator.store import (
    ALL,
    RecordState,
    Store,
    assign_record_names,
    read_secured_texts,
    save_secured_texts,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class RenderedRecord:
    """The record of an article: its file's ``name`` below the tree's root and ``content``, and its state."""

    name: str
    content: bytes
    state: RecordState


@dataclass(frozen=True, kw_only=True, slots=True)
class Heat:
    """An article's ``heat``; it falls from ``warmth``, None: never, and next at ``cools_at``, None: never."""

    heat: int
    warmth: float | None = None
    cools_at: datetime | None = None


def render_records(articles: Sequence[Article], site: Site, *, keys: SecuredKeys) -> list[RenderedRecord]:
    """Return the records of articles, none of which is quarantined, as they are ``now``."""
    stories = read_stories_of(
        articles, site.store,
        choices=site.list_story_choices(),
        show=lambda a: a if has_record(a, site.rules, site.now) else None,
    )  # fmt: skip
    heats = {article.id: find_heat(article, stories, site.rules, site.now) for article in articles}
    articles = [replace(article, heat=heats[article.id].heat) for article in articles]
    names = assign_record_names(site.store, {article.id: _choose_name(article) for article in articles})
    secured = _seal_records(articles, stories, site.rules, site.store, keys)
    related = {article.id: find_related(stories, article) for article in articles if article.imported is None}
    others = (other for found in related.values() for other in found)
    public = make_public((*others, *articles), site).articles
    topic_names = {topic.id: topic.name for topic in site.rules.topics}
    rendered = []
    for article in (public[article.id] for article in articles):
        record = build_record(
            article,
            topic_names=topic_names,
            related=[public[other.id] for other in related.get(article.id, ())],
            secured=secured.get(article.id),
        )
        newline = str(article.imported["newline"]) if article.imported else "\n"
        name = names[article.id]
        state = _describe(article, heats[article.id], name, topic_names, site.rules.site.locale)
        content = render_front_matter(record, newline=newline).encode()
        rendered.append(RenderedRecord(name=f"{RECORDS}/{name}", content=content, state=state))
    return rendered


def find_heat(article: Article, stories: Stories, rules: Rules, now: datetime) -> Heat:
    """Return the heat that an article and its story have now; an imported one keeps its own."""
    if article.imported is not None:
        return Heat(heat=article.heat)
    if article.quality < PUBLISHED_QUALITY:
        return Heat(heat=OUT_OF_PLAY)
    voices, pace_h = measure_pace(stories, article)
    warmth = measure_warmth(article.quality, voices=voices, pace_h=pace_h)
    return find_heat_left(warmth, article.published_at, rules, now)


def find_heat_left(warmth: float, published_at: datetime, rules: Rules, now: datetime) -> Heat:
    """Return the heat that was left of an article's ``warmth`` when that was last measured before ``now``."""
    age, half_life = find_measuring(published_at, now) - published_at, rules.heat_half_life
    window = timedelta(days=rules.publishing.window_days)
    cools = find_next_cooling(warmth, age=age, half_life=half_life, window=window)
    return Heat(
        heat=cool_down(warmth, age=age, half_life=half_life, window=window),
        warmth=warmth,
        cools_at=find_next_measuring(published_at, published_at + cools) if cools is not None else None,
    )


def _describe(
    article: Article, heat: Heat, name: str, topic_names: Mapping[str, str], locale: str
) -> RecordState:
    listed = is_listed(article)
    item = render_page_item(article, name=name, topic_names=topic_names, locale=locale) if listed else None
    on_pages = sorted({ALL, *(topic_id for topic_id in article.topics if topic_id in topic_names)})
    return RecordState(
        article_id=article.id,
        published_at=article.published_at,
        heat=heat.heat,
        warmth=heat.warmth,
        cools_at=heat.cools_at,
        item=item,
        topic_ids=tuple(on_pages) if listed else (),
    )


def _choose_name(article: Article) -> str:
    is_named = article.imported is not None and article.entry_id is not None
    return article.entry_id if is_named and article.entry_id else name_record_file(article)


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
        **_describe_reuse(article),
        "decisions": rules.explain(article),
    }


def _describe_reuse(article: Article) -> dict[str, object]:
    """Return what its publisher says about reuse of the article, as far as it says anything."""
    wishes = list(format_wishes(article.wishes))
    statements = [f"{where}: {what}" for where, what in article.wishes.statements]
    granted = "granted" if article.provider.is_reuse_granted else None
    said = {"wishes": wishes, "statements": statements, "reuse": granted}
    return {name: value for name, value in said.items() if value}
