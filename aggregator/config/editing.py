"""Adding, moving and removing sources in the operator's file, which keeps its comments and its layout."""

import glob
import os
import re
import tempfile
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from aggregator.config.document import read_document
from aggregator.config.entry_list import Listing
from aggregator.config.identity import id_of
from aggregator.config.loading import Body, document_of, examine, listing_of, read_bodies
from aggregator.config.problems import Problem, nearest, show, spell_path
from aggregator.config.splicing import with_address, with_entry, without_entry
from aggregator.errors import ConfigError

FILE = "sources.yaml"
KEY = "sources"
NEW_FILE_MODE = 0o644
UNFINISHED = ".unfinished"
UNFINISHED_AFTER_S = 3600
_CREDENTIALS = re.compile(r"(?<=//)[^/?#]*@")


def add_source(folder: Path, source: Mapping[str, object]) -> str:
    """Append ``source`` (keys as in the file) to sources.yaml and return its id.

    Nothing is written where that would bring a problem into the configuration, such as an address
    or id that is already there: ConfigError then carries the new problems only.
    """
    entry, edited = _with_source(folder, source)
    replace_file(folder / FILE, edited)
    return id_of(entry) or ""


def check_source(folder: Path, source: Mapping[str, object]) -> None:
    """Raise ConfigError where ``source`` could not be added; writes nothing."""
    _with_source(folder, source)


def _with_source(folder: Path, source: Mapping[str, object]) -> tuple[Mapping[str, object], bytes]:
    """Return ``source`` as an entry, and sources.yaml with it."""
    if not folder.is_dir():
        raise ConfigError([f"{folder}: no such folder: make it, or name another one with --config"])
    bodies = read_bodies(folder)
    bodies[FILE] = b"sources: []\n" if bodies[FILE] is None else bodies[FILE]
    before = _listing(folder, bodies[FILE])
    entry = {key: list(value) if isinstance(value, tuple) else value for key, value in source.items()}
    edited = with_entry(before, _text(bodies[FILE]), entry).encode()
    _confirm(before, edited, [*before.entries, entry])
    _raise_new(folder, bodies, edited, number=len(before.entries), entry=entry)
    return entry, edited


def remove_source(folder: Path, source_id: str) -> None:
    """Take the source of this id out of sources.yaml; raises ConfigError where there is none."""
    body = read_bodies(folder)[FILE]
    before = _listing(folder, body)
    number = _number(before, source_id)
    edited = without_entry(before, _text(body), number).encode()
    _confirm(before, edited, [*before.entries[:number], *before.entries[number + 1 :]])
    replace_file(folder / FILE, edited)


def move_source(folder: Path, source_id: str, url: str) -> None:
    """Give the source of this id in sources.yaml another address; see ``moved_source``."""
    _, edited = moved_source(folder, source_id, url)
    replace_file(folder / FILE, edited.encode())


def moved_source(folder: Path, source_id: str, url: str) -> tuple[str, str]:
    """Return sources.yaml as it is, and with another address for the source of this id; writes nothing.

    The source keeps its id: where that was made from the old address, it is written down. Raises
    ConfigError where there is no such source, or the edit would bring a problem.
    """
    bodies = read_bodies(folder)
    before = _listing(folder, bodies[FILE])
    number = _number(before, source_id)
    entry = before.entries[number]
    keys: Mapping[str, object] = entry if isinstance(entry, dict) else {}
    has_id = "id" in keys
    text = _text(bodies[FILE])
    try:
        edited = with_address(before, text, number, url=url, source_id=None if has_id else source_id)
    except ValueError as error:
        problem = before.document.problem((KEY, number), f"{error}, allowed: an edit by hand")
        raise ConfigError([str(problem)]) from error
    fresh = {**keys, "url": url} if has_id else {**keys, "id": source_id, "url": url}
    _confirm(before, edited.encode(), [*before.entries[:number], fresh, *before.entries[number + 1 :]])
    _raise_new(folder, bodies, edited.encode(), number=number, entry=fresh)
    return text, edited


def _number(before: Listing, source_id: str) -> int:
    ids = [id_of(entry) for entry in before.entries]
    if source_id not in ids:
        text = (
            f"no source {show(source_id)}{nearest(source_id, filter(None, ids))} allowed: the id of a source"
        )
        _raise([before.document.problem((KEY,), text)])
    return ids.index(source_id)


def _raise_new(
    folder: Path, bodies: Mapping[str, Body], edited: bytes, *, number: int, entry: Mapping[str, object]
) -> None:
    """Raise the problems that an edit brings into the configuration, not those it had.

    Those of the edited ``entry`` are told without a line: what is wrong there stands in no file.
    """
    after = examine(folder, {**bodies, FILE: edited}, os.environ)[1]
    if not after:
        return
    known = {(problem.file, problem.path) for problem in examine(folder, bodies, os.environ)[1]}
    new = [problem for problem in after if (problem.file, problem.path) not in known]
    own = str(folder / FILE), (KEY, number)
    told = [
        _tell(problem, entry) if (problem.file, problem.path[:2]) == own else str(problem) for problem in new
    ]
    if told:
        raise ConfigError(told)


def _tell(problem: Problem, entry: object) -> str:
    """Return what is wrong with an entry that is not written, by its key and value."""
    steps = problem.path[2:]
    for step in steps:
        try:
            entry = entry[step]  # type: ignore[index]  # as the path leads, or not
        except (KeyError, IndexError, TypeError):
            entry = None
    value = "" if entry is None else show(_CREDENTIALS.sub("", str(entry)))
    is_told = not value or value in problem.text
    name = spell_path(tuple(step for step in steps if isinstance(step, str))) or KEY
    return f"not written to {problem.file}: {name}: {'' if is_told else f'{value}: '}{problem.text}"


def _listing(folder: Path, body: Body) -> Listing:
    document = document_of(folder, FILE, body)
    listing, problems = listing_of(document, KEY)
    _raise([*document.problems, *problems])
    return listing


def _text(body: Body) -> str:
    return body.decode("utf-8") if isinstance(body, bytes) else ""


def _confirm(before: Listing, edited: bytes, entries: list[object]) -> None:
    """Read the edited text again: its list must be ``entries`` exactly, or nothing is written."""
    read, _ = listing_of(read_document(before.document.file, edited), KEY)
    if not read.is_known or list(read.entries) != entries:
        text = "cannot be edited without touching other entries, allowed: an edit by hand"
        _raise([before.document.problem((KEY,), text)])


def _raise(problems: Iterable[Problem]) -> None:
    told = [str(problem) for problem in problems]
    if told:
        raise ConfigError(told)


def replace_file(path: Path, body: bytes) -> None:
    """Write ``body`` beside the file and move it in place, so that no reader sees half of it.

    The file keeps its mode and, where that can be, its owner. Raises ConfigError where it cannot be written.
    """
    try:
        _write_beside(path.resolve(), body)
    except OSError as error:
        raise ConfigError([f"{path}: cannot be written ({error.strerror}); it stays as it was"]) from error


def _write_beside(path: Path, body: bytes) -> None:
    _clear_unfinished(path)
    with tempfile.NamedTemporaryFile(
        dir=path.parent, prefix=f".{path.name}.", suffix=UNFINISHED, delete=False
    ) as fresh:
        try:
            fresh.write(body)
            fresh.flush()
            os.fsync(fresh.fileno())
            _take_over_mode(path, Path(fresh.name))
            Path(fresh.name).replace(path)
        except BaseException:
            Path(fresh.name).unlink(missing_ok=True)
            raise


def _clear_unfinished(path: Path) -> None:
    """Remove what killed edits left beside the file; a young one may be another command's."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*{UNFINISHED}"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > UNFINISHED_AFTER_S:
                left.unlink()


def _take_over_mode(path: Path, fresh: Path) -> None:
    try:
        before = path.stat()
    except FileNotFoundError:
        fresh.chmod(NEW_FILE_MODE)
        return
    with suppress(PermissionError):
        os.chown(fresh, before.st_uid, before.st_gid)
    fresh.chmod(before.st_mode & 0o7777)
