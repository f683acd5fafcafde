"""Finding files of the tree that publishing made once, and would not make any more.

Only files in our folders that have names and content like ours are found; whatever else an operator puts
there stays.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from pathlib import Path

from aggregator.publish.record_pages import render_schema
from aggregator.publish.tree_paths import RECORD_PAGES, STORIES

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PAGE_PATHS = ("index.json", "page/*/index.json", "*/index.json", "*/page/*/index.json")
_PAGE_KEYS = ["page", "value", "nextPage"]


def find_stale_story_pages(folder: Path, wanted: Collection[str]) -> list[str]:
    """Return the names below ``folder`` of the pages of stories whose ids are not ``wanted``."""
    pages = (path for path in (folder / STORIES).glob("*.html") if _UUID.fullmatch(path.stem))
    return [f"{STORIES}/{path.name}" for path in sorted(pages) if path.stem not in wanted]


def find_stale_record_pages(folder: Path, wanted: Collection[str]) -> list[str]:
    """Return the names below ``folder`` of the pages and the schema of records that are not ``wanted``."""
    found = (path for pattern in _PAGE_PATHS for path in (folder / RECORD_PAGES).glob(pattern))
    pages = _find_stale(folder, found, wanted, lambda content: list(content) == _PAGE_KEYS)
    schemas = (folder / name for name in render_schema())
    titles = [json.loads(content)["title"] for content in render_schema().values()]
    return [*pages, *_find_stale(folder, schemas, wanted, lambda content: content.get("title") in titles)]


def _find_stale(
    folder: Path,
    found: Collection[Path] | Iterator[Path],
    wanted: Collection[str],
    is_ours: Callable[..., bool],
) -> list[str]:
    names = ((path, path.relative_to(folder).as_posix()) for path in found)
    return sorted({name for path, name in names if name not in wanted and _is_our_json(path, is_ours)})


def _is_our_json(path: Path, is_ours: Callable[..., bool]) -> bool:
    with suppress(OSError, ValueError):
        content = json.loads(path.read_bytes())
        return isinstance(content, dict) and is_ours(content)
    return False
