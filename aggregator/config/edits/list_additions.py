"""Many entries added at once to the operator's lists of sources and topics, with comments kept."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from aggregator.config.edits.entry_edits import append_entries
from aggregator.config.entry_reading import find_entries
from aggregator.config.files.file_bodies import Body, read_bodies, read_config_file
from aggregator.config.files.file_replacement import replace_file
from aggregator.config.files.yaml_document import read_document
from aggregator.config.loading import build_config
from aggregator.errors import ConfigError

Entries = Sequence[Mapping[str, object]]
FILES = {"topics": "topics.yaml", "sources": "sources.yaml"}
"""The file of each list; topics come first, as sources name them."""


def add_entries(folder: Path, *, sources: Entries, topics: Entries) -> None:
    """Append entries (keys as in the files) to sources.yaml and topics.yaml.

    Nothing is written where that would bring a problem into the configuration: ConfigError then carries
    the new problems.
    """
    bodies = read_bodies(folder)
    added = {"topics": topics, "sources": sources}
    edited = {
        FILES[key]: _append(folder, key, bodies[FILES[key]], entries)
        for key, entries in added.items()
        if entries
    }
    after = build_config(folder, {**bodies, **edited}, os.environ)[1]
    before = {(one.file, one.path) for one in build_config(folder, bodies, os.environ)[1]} if after else ()
    if problems := [str(one) for one in after if (one.file, one.path) not in before]:
        raise ConfigError(problems)
    for name, body in edited.items():
        replace_file(folder / name, body)


def _append(folder: Path, key: str, body: Body, entries: Entries) -> bytes:
    """Return a file with the entries; what is read of it is what was there, and these."""
    body = f"{key}: []\n".encode() if body is None else body
    document = read_config_file(folder, FILES[key], body)
    before, problems = find_entries(document, key)
    if found := [*document.problems, *problems]:
        raise ConfigError([str(problem) for problem in found])
    text = body.decode("utf-8") if isinstance(body, bytes) else ""
    edited = append_entries(before, text, entries).encode()
    after, _ = find_entries(read_document(document.file, edited), key)
    if not after.is_known or list(after.entries) != [*before.entries, *map(dict, entries)]:
        text = "cannot be edited without touching other entries, allowed: an edit by hand"
        raise ConfigError([str(document.problem((key,), text))])
    return edited
