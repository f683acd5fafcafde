"""Records as rows, and back."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from aggregator.model import Article, Enclosure, Image, Provider, Sighting, Source, SourceState
from aggregator.text import title_key

_STATE = tuple(f.name for f in fields(SourceState))
_SIGHTING = tuple(f.name for f in fields(Sighting))
_NOT_OF_POLLS = frozenset({"held_at", "held_because", "push_until_at"})
_NOT_STORED = frozenset({"heat"})
_RECORDS = {"images": Image, "enclosures": Enclosure}
_REMEMBERED = ("name", "provider", "topics", "assign", "weight", "language", "page")


def article_row(article: Article) -> dict[str, Any]:
    """Return ``article`` as a row of ``articles``; its heat is not kept."""
    row = {f.name: getattr(article, f.name) for f in fields(Article) if f.name not in _NOT_STORED}
    return {
        **row,
        "provider": _provider_json(article.provider),
        "provider_domain": article.provider.domain,
        "title_key": title_key(article.title),
        "seen_at": max(article.published_at, article.first_seen_at),
        "images": [_json(image) for image in article.images],
        "enclosures": [_json(enclosure) for enclosure in article.enclosures],
        "quality_parts": dict(article.quality_parts),
        "origins": dict(article.origins),
    }


def article_of(row: Mapping[Any, Any]) -> Article:
    """Return the article that ``row`` holds."""
    values = {f.name: row[f.name] for f in fields(Article) if f.name not in _NOT_STORED}
    for name, record in _RECORDS.items():
        values[name] = tuple(record(**value) for value in row[name])
    for name in ("authors", "topics"):
        values[name] = tuple(row[name])
    return Article(**{**values, "provider": _provider_of(row["provider"])})


def sighting_row(sighting: Sighting) -> dict[str, Any]:
    """Return ``sighting`` as a row of ``sightings``."""
    return {name: getattr(sighting, name) for name in _SIGHTING}


def sighting_of(row: Mapping[Any, Any]) -> Sighting:
    """Return the sighting that ``row`` holds."""
    return Sighting(**{name: row[name] for name in _SIGHTING})


def state_row(state: SourceState) -> dict[str, Any]:
    """Return ``state`` as columns of ``sources``, without hold and pushes: no poll may overwrite them."""
    return {name: getattr(state, name) for name in _STATE if name not in _NOT_OF_POLLS}


def state_of(row: Mapping[Any, Any]) -> SourceState:
    """Return the state that ``row`` holds."""
    return SourceState(**{name: row[name] for name in _STATE})


def source_spec(source: Source) -> dict[str, Any]:
    """Return what is remembered of ``source`` once it is no longer configured; never its headers."""
    return {name: getattr(source, name) for name in _REMEMBERED}


def source_of(row: Mapping[Any, Any]) -> Source:
    """Return the source that ``row`` remembers."""
    spec = {**row["spec"], "topics": tuple(row["spec"].get("topics", ()))}
    return Source(id=row["source_id"], url=row["url"], enabled=row["is_enabled"], **spec)


def _json(record: Any) -> dict[str, Any]:
    values = ((f.name, getattr(record, f.name)) for f in fields(record))
    return {name: value for name, value in values if value is not None and value is not False}


def _provider_json(provider: Provider) -> dict[str, Any]:
    return {**_json(provider), "images": [_json(image) for image in provider.images]}


def _provider_of(value: Mapping[str, Any]) -> Provider:
    images = tuple(Image(**image) for image in value.get("images", ()))
    return Provider(**{**value, "images": images})
