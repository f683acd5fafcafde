"""Finding files of the tree that publishing made once, and would not make any more.

Only files in our folders that have names and content like ours are found; whatever else an operator puts
there stays.
"""

import json
import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from aggregator.publish.record_pages import name_record_pages, render_schema
from aggregator.publish.tree_paths import RECORD_PAGES, STORIES

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PAGE_KEYS = ["page", "value", "nextPage"]


def find_story_page_ids(folder: Path) -> frozenset[str]:
    """Return the ids of the stories that have a page below ``folder``."""
    with suppress(OSError):
        names = os.listdir(folder / STORIES)  # noqa: PTH208  # names, not paths: there are many
        ids = (name.removesuffix(".html") for name in names if name.endswith(".html"))
        return frozenset(id_ for id_ in ids if _UUID.fullmatch(id_))
    return frozenset()


def find_surplus_record_pages(folder: Path, topic_id: str | None, first: int) -> list[str]:
    """Return the names below ``folder`` of a topic's pages of records from the number ``first`` on.

    That is those of all records where ``topic_id`` is None.
    """
    pages = folder / RECORD_PAGES / (topic_id or "") / "page"
    numbers = {1, *(int(name) for name in _list_names(pages) if name.isascii() and name.isdigit())}
    found = (name for n in sorted(numbers) if n >= first for name in name_record_pages(topic_id, n))
    return [name for name in found if _is_our_json(folder / name, _is_page)]


def find_paged_topics(folder: Path) -> list[str]:
    """Return the ids of topics of which there are pages of records below ``folder``."""
    names = sorted(_list_names(folder / RECORD_PAGES))
    return [n for n in names if _is_our_json(folder / RECORD_PAGES / n / "index.json", _is_page)]


def find_record_schema(folder: Path) -> list[str]:
    """Return the name of the schema of records, if it is there."""
    titles = {name: json.loads(content)["title"] for name, content in render_schema().items()}
    return [
        n for n in titles if _is_our_json(folder / n, lambda schema: schema.get("title") in titles.values())
    ]


def _list_names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208  # names, not paths
    except OSError:  # it is not there
        return []


def _is_page(content: Mapping[str, Any]) -> bool:
    return list(content) == _PAGE_KEYS


def _is_our_json(path: Path, is_ours: Callable[..., bool]) -> bool:
    with suppress(OSError, ValueError):
        content = json.loads(path.read_bytes())
        return isinstance(content, dict) and is_ours(content)
    return False
