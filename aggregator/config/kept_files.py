"""The files of a configuration as one text, to be kept where it is in force, and read again from there.

Headers of sources, which may hold what is secret, are left out.
"""

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from aggregator.config.file_bodies import FILES
from aggregator.config.loading import Config, build_config
from aggregator.config.yaml_document import read_document
from aggregator.config.yaml_text import dump_value

Texts = Mapping[str, bytes]
"""The contents of files by their names below the folder."""
_SOURCES = "sources.yaml"
_HEADERS = "headers"


def digest_texts(texts: Texts) -> str:
    """Return what differs where files do, but for the headers of sources; "" where there are none."""
    if not texts:
        return ""
    kept = json.dumps(sorted(_strip(tuple(texts.items())).items()))
    return hashlib.blake2b(kept.encode(), digest_size=16).hexdigest()


def pack_texts(texts: Texts) -> str:
    """Return the files as one text, without the headers of sources."""
    kept = _strip(tuple(texts.items()))
    return base64.b85encode(zlib.compress(json.dumps(kept).encode())).decode()


def load_packed(packed: str, like: Config, environ: Mapping[str, str]) -> Config | None:
    """Return the configuration of files that were packed, None where this version cannot read it.

    Folders, limits of exchanges, the server and headers are those of the configuration ``like``, which stands
    in the folder now.
    """
    try:
        kept = json.loads(zlib.decompress(base64.b85decode(packed)))
        texts = {name: body.encode() for name, body in kept.items()}
    except (ValueError, zlib.error, AttributeError):
        return None
    config, problems = build_config(like.folder, {**dict.fromkeys(FILES), **texts}, environ)
    if problems:
        return None
    headers = {source.id: source.headers for source in like.sources}
    sources = tuple(replace(source, headers=headers.get(source.id, {})) for source in config.sources)
    own = like.settings
    settings = config.settings.model_copy(
        update={"storage": own.storage, "fetch": own.fetch, "server": own.server}
    )
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
    listed = read_document(_SOURCES, body).value
    entries = listed.get("sources") if isinstance(listed, dict) else None
    kept = [{k: v for k, v in one.items() if k != _HEADERS} for one in entries or [] if isinstance(one, dict)]
    return dump_value({"sources": kept})
