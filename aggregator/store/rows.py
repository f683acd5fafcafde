"""Records as rows, and back."""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import Any

from aggregator.model import (
    NO_WISHES,
    Article,
    Asks,
    Enclosure,
    Image,
    Provider,
    Sighting,
    Source,
    SourceState,
    Tally,
    Wishes,
    create_from,
)
from aggregator.store.columns import Encoded, read_json, read_texts
from aggregator.store.workers.shards import compute_page_shard
from aggregator.text import title_key

STATE = tuple(f.name for f in fields(SourceState) if f.name not in ("seen", "answer"))
_SIGHTING = tuple(f.name for f in fields(Sighting))
NOT_OF_POLLS = frozenset({"url", "quarantined_at", "quarantined_because", "push_until_at"})
READ_AGAIN = ("body_hash", "etag", "last_modified")
"""What is forgotten of a source so that its next document is read, and whole."""
ARTICLE = tuple(f.name for f in fields(Article) if f.name not in ("heat", "corrections"))
_values_of = attrgetter(*ARTICLE)
_sighted = attrgetter(*_SIGHTING)
_NAMES = {record: tuple(f.name for f in fields(record)) for record in (Image, Enclosure, Provider)}
_FIELDS = {record: (names, attrgetter(*names)) for record, names in _NAMES.items()}
_WISHES = tuple(f.name for f in fields(Wishes))
_ASKED_SPANS = ("ttl", "period", "fresh")
_SKIPPED = ("skip_hours", "skip_days")
_RECORDS = {"images": Image, "enclosures": Enclosure}
_TEXTS_KEPT = 256
"""The articles of a poll mostly have one provider, and few origins and parts of quality."""
_TEXTS_READ = 4096
_read_list = lru_cache(_TEXTS_READ)(read_texts)
_EMPTY = Encoded.of(())
ASKED = "asked"
"""Where a source's spec keeps the digest of how it is asked, which is nothing of the source itself."""
_REMEMBERED = ("name", "provider", "topics", "assign", "weight", "language", "page")


def make_article_row(article: Article) -> dict[str, Any]:
    """Return ``article`` as a row of ``articles``; its heat and corrections are not kept."""
    return dict(zip(ARTICLE, _values_of(article), strict=True)) | {
        "provider": _provider_text(article.provider),
        "provider_domain": article.provider.domain,
        "title_key": title_key(article.title),
        "seen_at": max(article.published_at, article.first_seen_at),
        "images": [_to_json(image) for image in article.images] or _EMPTY,
        "enclosures": [_to_json(enclosure) for enclosure in article.enclosures] or _EMPTY,
        "authors": article.authors or _EMPTY,
        "topics": _topics_text(article.topics),
        "quality_parts": _pairs_text(tuple(article.quality_parts.items())),
        "origins": _pairs_text(tuple(article.origins.items())),
        "wishes": _wishes_to_json(article.wishes),
        "page_shard": compute_page_shard(article),
    }


def article_of(row: Mapping[Any, Any]) -> Article:
    """Return the article that ``row`` holds."""
    values = {name: row[name] for name in ARTICLE}
    for name, record in _RECORDS.items():
        values[name] = tuple(record(**value) for value in row[name])
    for name in ("authors", "topics"):
        values[name] = tuple(row[name])
    values["provider"] = _provider_of(row["provider"])
    values["wishes"] = _wishes_of(row["wishes"])
    return create_from(Article, values)


def provider_name(text: str) -> str:
    """Return the name in a provider's stored text."""
    return _provider_of(json.loads(text)).name


@lru_cache(_TEXTS_READ)
def _read_provider(text: str) -> Provider:
    return _provider_of(read_json(text))


@lru_cache(_TEXTS_READ)
def _read_mapping(text: str) -> Mapping[str, Any]:
    values: Mapping[str, Any] = read_json(text)
    return values


def _read_wishes(text: str | None) -> Wishes:
    return _wishes_of(read_json(text))


def _read_images(text: str) -> tuple[Image, ...]:
    return () if text == _EMPTY.text else tuple(Image(**image) for image in read_json(text))


def _read_enclosures(text: str) -> tuple[Enclosure, ...]:
    return () if text == _EMPTY.text else tuple(Enclosure(**one) for one in read_json(text))


ARTICLE_READERS: Mapping[str, Callable[[Any], Any]] = {
    "provider": _read_provider,
    "images": _read_images,
    "enclosures": _read_enclosures,
    "authors": _read_list,
    "topics": _read_list,
    "quality_parts": _read_mapping,
    "origins": _read_mapping,
    "wishes": _read_wishes,
}
"""How an article's fields are read from what the database keeps, each text once: most articles share them."""


def make_sighting_row(sighting: Sighting) -> dict[str, Any]:
    """Return ``sighting`` as a row of ``sightings``."""
    return dict(zip(_SIGHTING, _sighted(sighting), strict=True))


def sighting_of(row: Mapping[Any, Any]) -> Sighting:
    """Return the sighting that ``row`` holds."""
    return Sighting(**{name: row[name] for name in _SIGHTING})


def make_state_row(state: SourceState) -> dict[str, Any]:
    """Return ``state`` as columns of ``sources``, without those that no poll may overwrite."""
    row = {name: getattr(state, name) for name in STATE if name not in NOT_OF_POLLS}
    return {**row, "asks": _asks_to_json(state.asks)}


def read_state_row(row: Mapping[Any, Any]) -> SourceState:
    """Return the state that ``row`` holds."""
    values = {name: row[name] for name in STATE}
    values["asks"] = _asks_of(row["asks"])
    values["tallies"] = tuple(map(Tally._make, row["tallies"]))
    return create_from(SourceState, values)


def make_source_spec(source: Source) -> dict[str, Any]:
    """Return what is remembered of ``source`` once it is no longer configured; never its headers."""
    return {name: getattr(source, name) for name in _REMEMBERED}


def read_source_row(row: Mapping[Any, Any]) -> Source:
    """Return the source that ``row`` remembers."""
    stored = {name: value for name, value in row["spec"].items() if name != ASKED}
    spec = {**stored, "topics": tuple(stored.get("topics", ()))}
    return Source(id=row["source_id"], url=row["url"], enabled=row["is_enabled"], **spec)


def _asks_to_json(asks: Asks) -> dict[str, Any] | None:
    seconds = {name: getattr(asks, name) for name in _ASKED_SPANS}
    spans = {name: span.total_seconds() for name, span in seconds.items() if span is not None}
    skipped = {name: list(getattr(asks, name)) for name in _SKIPPED if getattr(asks, name)}
    return {**spans, **skipped} or None


def _asks_of(value: Mapping[str, Any] | None) -> Asks:
    if not value:
        return Asks()
    stated: dict[str, Any] = {name: timedelta(seconds=value[name]) for name in _ASKED_SPANS if name in value}
    stated |= {name: tuple(value[name]) for name in _SKIPPED if name in value}
    return Asks(**stated)


def _wishes_to_json(wishes: Wishes) -> dict[str, Any] | None:
    """Return what is limited; None where nothing is, as of nearly all."""
    if wishes is NO_WISHES or wishes == NO_WISHES:
        return None
    values = {
        name: getattr(wishes, name) for name in _WISHES if getattr(wishes, name) != getattr(NO_WISHES, name)
    }
    end = wishes.unavailable_at
    return values if end is None else {**values, "unavailable_at": end.isoformat()}


def _wishes_of(value: Mapping[str, Any] | None) -> Wishes:
    if value is None:
        return NO_WISHES
    end = value.get("unavailable_at")
    values = {**value, "unavailable_at": datetime.fromisoformat(end) if end else None}
    return Wishes(**{**values, "statements": tuple(map(tuple, value.get("statements", ())))})


def _to_json(record: Any) -> dict[str, Any]:
    names, values_of = _FIELDS[type(record)]
    values = zip(names, values_of(record), strict=True)
    return {name: value for name, value in values if value is not None and value is not False}


@lru_cache(_TEXTS_KEPT)
def _provider_text(provider: Provider) -> Encoded:
    return Encoded.of({**_to_json(provider), "images": [_to_json(image) for image in provider.images]})


@lru_cache(_TEXTS_KEPT)
def _topics_text(topics: tuple[str, ...]) -> Encoded:
    return Encoded.of(topics)


@lru_cache(_TEXTS_KEPT)
def _pairs_text(pairs: tuple[tuple[str, int | str], ...]) -> Encoded:
    return Encoded.of(dict(pairs))


def _provider_of(value: Mapping[str, Any]) -> Provider:
    images = tuple(Image(**image) for image in value.get("images", ()))
    return Provider(**{**value, "images": images})
