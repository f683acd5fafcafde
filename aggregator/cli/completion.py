"""What a shell proposes for ids while a command is typed: those in the operator's files."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import typer

from aggregator.cli.options import DEFAULT_CONFIG


def complete_source_id(context: typer.Context, incomplete: str) -> list[str]:
    """Return the ids of configured sources that begin as what is typed does."""
    return _complete(context, incomplete, _read_source_ids)


def complete_topic_id(context: typer.Context, incomplete: str) -> list[str]:
    """Return the ids of configured topics that begin as what is typed does."""
    return _complete(context, incomplete, _read_topic_ids)


SOURCE_ID: Mapping[str, Any] = {"metavar": "ID", "autocompletion": complete_source_id}
"""What an option or argument needs that takes the id of a source."""
TOPIC_ID: Mapping[str, Any] = {"metavar": "ID", "autocompletion": complete_topic_id}
"""What one needs that takes the id of a topic."""


def _complete(
    context: typer.Context, incomplete: str, read_ids: Callable[[Path], Iterator[str]]
) -> list[str]:
    try:
        ids = sorted(set(read_ids(Path(context.params.get("config") or DEFAULT_CONFIG))))
    except Exception:  # whatever is wrong with the files, a shell is not where to say it
        return []
    return [name for name in ids if name.startswith(incomplete)]


def _read_source_ids(folder: Path) -> Iterator[str]:
    from aggregator.config.edits.source_ids import make_entry_id  # noqa: PLC0415

    yield from filter(None, map(make_entry_id, _read_entries(folder, "sources")))


def _read_topic_ids(folder: Path) -> Iterator[str]:
    for entry in _read_entries(folder, "topics"):
        if isinstance(entry, dict) and isinstance(entry.get("id"), str):
            yield entry["id"]


def _read_entries(folder: Path, key: str) -> tuple[object, ...]:
    from aggregator.config.entry_reading import find_entries  # noqa: PLC0415
    from aggregator.config.files.yaml_document import read_document  # noqa: PLC0415

    file = folder / f"{key}.yaml"
    return find_entries(read_document(str(file), file.read_bytes()), key)[0].entries
