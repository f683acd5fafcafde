"""Adding, moving and removing sources in the operator's file, which keeps its comments and its layout."""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from aggregator.config.checks.entry_list import EntryList
from aggregator.config.checks.problems import Problem, show, spell_path, suggest
from aggregator.config.edits.entry_edits import append_entry, remove_entry, replace_address
from aggregator.config.edits.source_ids import make_entry_id
from aggregator.config.entry_reading import find_entries
from aggregator.config.files.file_bodies import Body, read_bodies, read_config_file
from aggregator.config.files.file_replacement import replace_file
from aggregator.config.files.yaml_document import read_document
from aggregator.config.loading import build_config
from aggregator.errors import ConfigError

FILE = "sources.yaml"
KEY = "sources"
_CREDENTIALS = re.compile(r"(?<=//)[^/?#]*@")


def add_source(folder: Path, source: Mapping[str, object]) -> str:
    """Append ``source`` (keys as in the file) to sources.yaml and return its id.

    Nothing is written where that would bring a problem into the configuration, such as an address
    or id that is already there: ConfigError then carries the new problems only.
    """
    entry, edited = _draft_edit(folder, source)
    replace_file(folder / FILE, edited)
    return make_entry_id(entry) or ""


def check_source(folder: Path, source: Mapping[str, object]) -> None:
    """Raise ConfigError where ``source`` could not be added; writes nothing."""
    _draft_edit(folder, source)


def _draft_edit(folder: Path, source: Mapping[str, object]) -> tuple[Mapping[str, object], bytes]:
    """Return ``source`` as an entry, and sources.yaml with it."""
    if not folder.is_dir():
        raise ConfigError([f"{folder}: no such folder: make it, or name another one with --config"])
    bodies = read_bodies(folder)
    bodies[FILE] = b"sources: []\n" if bodies[FILE] is None else bodies[FILE]
    before = _read_entries(folder, bodies[FILE])
    entry = {key: list(value) if isinstance(value, tuple) else value for key, value in source.items()}
    edited = append_entry(before, _decode(bodies[FILE]), entry).encode()
    _confirm(before, edited, [*before.entries, entry])
    _raise_new(folder, bodies, edited, number=len(before.entries), entry=entry)
    return entry, edited


def remove_source(folder: Path, source_id: str) -> None:
    """Take the source of this id out of sources.yaml; raises ConfigError where there is none."""
    body = read_bodies(folder)[FILE]
    before = _read_entries(folder, body)
    number = _find_number(before, source_id)
    edited = remove_entry(before, _decode(body), number).encode()
    _confirm(before, edited, [*before.entries[:number], *before.entries[number + 1 :]])
    replace_file(folder / FILE, edited)


def move_source(folder: Path, source_id: str, url: str) -> None:
    """Give the source of this id in sources.yaml another address; see ``preview_move``."""
    _, edited = preview_move(folder, source_id, url)
    replace_file(folder / FILE, edited.encode())


def preview_move(folder: Path, source_id: str, url: str) -> tuple[str, str]:
    """Return sources.yaml as it is, and with another address for the source of this id; writes nothing.

    The source keeps its id: where that was made from the old address, it is written down. Raises
    ConfigError where there is no such source, or the edit would bring a problem.
    """
    bodies = read_bodies(folder)
    before = _read_entries(folder, bodies[FILE])
    number = _find_number(before, source_id)
    entry = before.entries[number]
    keys: Mapping[str, object] = entry if isinstance(entry, dict) else {}
    has_id = "id" in keys
    text = _decode(bodies[FILE])
    try:
        edited = replace_address(before, text, number, url=url, source_id=None if has_id else source_id)
    except ValueError as error:
        problem = before.document.problem((KEY, number), f"{error}, allowed: an edit by hand")
        raise ConfigError([str(problem)]) from error
    fresh = {**keys, "url": url} if has_id else {**keys, "id": source_id, "url": url}
    _confirm(before, edited.encode(), [*before.entries[:number], fresh, *before.entries[number + 1 :]])
    _raise_new(folder, bodies, edited.encode(), number=number, entry=fresh)
    return text, edited


def _find_number(before: EntryList, source_id: str) -> int:
    ids = [make_entry_id(entry) for entry in before.entries]
    if source_id not in ids:
        text = (
            f"no source {show(source_id)}{suggest(source_id, filter(None, ids))} allowed: the id of a source"
        )
        _raise_if_any([before.document.problem((KEY,), text)])
    return ids.index(source_id)


def _raise_new(
    folder: Path, bodies: Mapping[str, Body], edited: bytes, *, number: int, entry: Mapping[str, object]
) -> None:
    """Raise the problems that an edit brings into the configuration, not those it had.

    Those of the edited ``entry`` have no line: what is wrong there stands in no file.
    """
    after = build_config(folder, {**bodies, FILE: edited}, os.environ)[1]
    if not after:
        return
    known = {(problem.file, problem.path) for problem in build_config(folder, bodies, os.environ)[1]}
    new = [problem for problem in after if (problem.file, problem.path) not in known]
    own = str(folder / FILE), (KEY, number)
    lines = [
        _describe_unwritten(problem, entry) if (problem.file, problem.path[:2]) == own else str(problem)
        for problem in new
    ]
    if lines:
        raise ConfigError(lines)


def _describe_unwritten(problem: Problem, entry: object) -> str:
    """Return what is wrong with an entry that is not written, by its key and value."""
    steps = problem.path[2:]
    for step in steps:
        try:
            entry = entry[step]  # type: ignore[index]  # as the path leads, or not
        except (KeyError, IndexError, TypeError):
            entry = None
    value = "" if entry is None else show(_CREDENTIALS.sub("", str(entry)))
    is_shown = not value or value in problem.text
    name = spell_path(tuple(step for step in steps if isinstance(step, str))) or KEY
    return f"not written to {problem.file}: {name}: {'' if is_shown else f'{value}: '}{problem.text}"


def _read_entries(folder: Path, body: Body) -> EntryList:
    document = read_config_file(folder, FILE, body)
    listing, problems = find_entries(document, KEY)
    _raise_if_any([*document.problems, *problems])
    return listing


def _decode(body: Body) -> str:
    return body.decode("utf-8") if isinstance(body, bytes) else ""


def _confirm(before: EntryList, edited: bytes, entries: list[object]) -> None:
    """Read the edited text again: its list must be ``entries`` exactly, or nothing is written."""
    read, _ = find_entries(read_document(before.document.file, edited), KEY)
    if not read.is_known or list(read.entries) != entries:
        text = "cannot be edited without touching other entries, allowed: an edit by hand"
        _raise_if_any([before.document.problem((KEY,), text)])


def _raise_if_any(problems: Iterable[Problem]) -> None:
    lines = [str(problem) for problem in problems]
    if lines:
        raise ConfigError(lines)
