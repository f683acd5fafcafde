"""The files of a configuration as one text, to be kept where it is in force, and read again from there.

Headers of sources, which may hold what is secret, are left out.
"""

import base64
import hashlib
import json
import zlib
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import lru_cache

from aggregator.config.edits.source_ids import make_entry_id
from aggregator.config.files.file_bodies import FILES
from aggregator.config.files.yaml_document import read_document
from aggregator.config.files.yaml_text import dump_value
from aggregator.config.loading import Config, build_config

Texts = Mapping[str, bytes]
"""The contents of files by their names below the folder."""
OWN_SECTIONS = ("storage", "fetch", "server")
"""Sections of the settings that are about the machine more than about what is published."""
_SOURCES = "sources.yaml"
_HEADERS = "headers"
_WITH_HEADERS = "sources with headers"
"""Below what is kept which sources need headers that are not."""


def digest_texts(texts: Texts) -> str:
    """Return what differs where files do, but for the headers of sources; "" where there are none."""
    if not texts:
        return ""
    kept = json.dumps(sorted(_strip(tuple(texts.items())).items()))
    return hashlib.blake2b(kept.encode(), digest_size=16).hexdigest()


def pack_texts(texts: Texts) -> str:
    """Return the files as one text, without the headers of sources."""
    kept = {**_strip(tuple(texts.items())), _WITH_HEADERS: json.dumps(_list_with_headers(texts))}
    return base64.b85encode(zlib.compress(json.dumps(kept).encode())).decode()


def load_packed(
    packed: str, like: Config, environ: Mapping[str, str], own: Collection[str] = OWN_SECTIONS
) -> Config | None:
    """Return the configuration of files that were packed, None where this version cannot read it.

    Headers, and the sections ``own`` of the settings, are those of the configuration ``like``, which stands
    in the folder now. A source that needs headers and is not there is not polled.
    """
    try:
        kept = json.loads(zlib.decompress(base64.b85decode(packed)))
        secret = frozenset(json.loads(kept.pop(_WITH_HEADERS, "[]")))
        texts = {name: body.encode() for name, body in kept.items()}
    except (ValueError, zlib.error, AttributeError):
        return None
    config, problems = build_config(like.folder, {**dict.fromkeys(FILES), **texts}, environ)
    if problems:
        return None
    headers = {source.id: source.headers for source in like.sources}
    lost = secret - headers.keys()
    sources = tuple(
        replace(source, headers=headers.get(source.id, {}), enabled=source.enabled and source.id not in lost)
        for source in config.sources
    )
    settings = config.settings.model_copy(update={name: getattr(like.settings, name) for name in own})
    return replace(config, sources=sources, settings=settings)


@lru_cache(4)
def _strip(texts: tuple[tuple[str, bytes], ...]) -> dict[str, str]:
    """Return the files as they are kept; asked for at every publication, of the same ones."""
    kept = {name: body.decode("utf-8", "replace") for name, body in texts}
    if _HEADERS in kept.get(_SOURCES, ""):
        kept[_SOURCES] = _drop_headers(dict(texts)[_SOURCES])
    return kept


def _drop_headers(body: bytes) -> str:
    """Return the file of sources without their headers."""
    kept = [{k: v for k, v in one.items() if k != _HEADERS} for one in _list_sources(body)]
    return dump_value({"sources": kept})


def _list_with_headers(texts: Texts) -> list[str]:
    """Return the ids of the sources that have headers."""
    body = texts.get(_SOURCES, b"")
    if _HEADERS.encode() not in body:
        return []
    return [name for one in _list_sources(body) if one.get(_HEADERS) and (name := make_entry_id(one))]


def _list_sources(body: bytes) -> list[dict[str, object]]:
    listed = read_document(_SOURCES, body).value
    entries = listed.get("sources") if isinstance(listed, dict) else None
    return [one for one in entries or [] if isinstance(one, dict)]
