"""Adding a decision to the file of its month, which keeps its comments and its layout."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aggregator.config.decision_files import KEY
from aggregator.config.entry_edits import append_entry, line_end_of
from aggregator.config.entry_reading import find_entries
from aggregator.config.file_bodies import DECISIONS_FOLDER, read_bodies
from aggregator.config.file_replacement import replace_file
from aggregator.config.loading import Config, build_config
from aggregator.config.yaml_document import LINES, YamlDocument, read_document
from aggregator.errors import ConfigError

BEGIN = """\
# What editors decided in this month, on one article each: see docs/curation.md.
decisions: []
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionDraft:
    """A decision that is not written yet: its ``file`` as it would be, and the configuration with it."""

    file: Path
    body: bytes
    config: Config


def draft_decision(
    folder: Path, month: str, entry: Mapping[str, object], *, comment: str = ""
) -> DecisionDraft:
    """Return ``entry`` (keys as in the file) added to the file of a month, as in ``2026-11``; writes nothing.

    The ``comment`` stands behind its target. Raises ConfigError with what is wrong in the configuration with
    it, or where the file cannot be edited without touching what else is in it.
    """
    name = f"{DECISIONS_FOLDER}/{month}.yaml"
    bodies = read_bodies(folder)
    known = bodies.get(name)
    if isinstance(known, str):
        raise ConfigError([f"{folder / name}: cannot be read ({known})"])
    text = known.decode("utf-8") if isinstance(known, bytes) and known.strip() else BEGIN
    document = read_document(str(folder / name), text.encode())
    if document.value is None and not document.problems:  # nothing but comments
        text = f"{text.rstrip()}\n{KEY}: []\n"
        document = read_document(str(folder / name), text.encode())
    edited = _append(document, text, entry, comment)
    config, problems = build_config(folder, {**bodies, name: edited}, os.environ)
    if problems:
        raise ConfigError([_describe(problem, folder / name, entry) for problem in problems])
    return DecisionDraft(file=folder / name, body=edited, config=config)


def save_decision(draft: DecisionDraft) -> None:
    """Write a draft; raises ConfigError where that cannot be done."""
    try:
        draft.file.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise ConfigError([f"{draft.file.parent}: cannot be made ({error.strerror})"]) from error
    replace_file(draft.file, draft.body)


def _append(document: YamlDocument, text: str, entry: Mapping[str, object], comment: str) -> bytes:
    """Return the text with the entry; what is read of it is what was there, and the entry."""
    before, problems = find_entries(document, KEY)
    if document.problems or problems:
        raise ConfigError([str(problem) for problem in (*document.problems, *problems)])
    edited = append_entry(before, text, entry)
    wanted = [*before.entries, dict(entry)]
    if not _holds(edited, wanted):
        problem = document.problem((KEY,), "cannot be edited without touching other entries, edit it by hand")
        raise ConfigError([str(problem)])
    told = _add_comment(edited, len(before.entries), comment)
    return (told if _holds(told, wanted) else edited).encode()


def _holds(text: str, entries: list[object]) -> bool:
    read, _ = find_entries(read_document("", text.encode()), KEY)
    return list(read.entries) == entries


def _add_comment(text: str, number: int, comment: str) -> str:
    """Return the text with a comment at the end of the line of an entry's target."""
    lines = LINES.findall(text)
    at = read_document("", text.encode()).line_of((KEY, number, "target")) - 1
    line_end = line_end_of(lines)
    safe = "".join(sign if sign.isprintable() else "?" for sign in comment)
    if safe and lines[at].lstrip().startswith("target:"):
        lines[at] = f"{lines[at].rstrip()}  # {safe}{line_end}"
    return "".join(lines)


def _describe(problem: object, file: Path, entry: Mapping[str, object]) -> str:
    """Return a problem as a line; one of the entry that is not written yet has its file, but no line."""
    line = str(problem)
    return f"{line} (decision {entry.get('id')} is not written)" if line.startswith(str(file)) else line
