"""Adding a decision to the file of its month, which keeps its comments and its layout."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from aggregator.config.edits.entry_edits import append_entry, find_line_end, render_entries
from aggregator.config.files.decision_files import KEY, KINDS, find_listing
from aggregator.config.files.file_bodies import DECISIONS_FOLDER, Body, read_bodies
from aggregator.config.files.file_replacement import replace_file
from aggregator.config.files.yaml_document import LINES, YamlDocument, read_document
from aggregator.config.loading import Config, build_config
from aggregator.config.urgent_decisions import take_urgent
from aggregator.config.usable_config import UsableConfig
from aggregator.errors import ConfigError

BEGIN = """\
# What editors decided in this month: see docs/curation.md.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionDraft:
    """A decision that is not written yet: its ``file`` as it would be, and the configuration with it."""

    file: Path
    body: bytes
    config: Config


def draft_decision(
    usable: UsableConfig, month: str, entry: Mapping[str, object], *, key: str = KEY, comment: str = ""
) -> DecisionDraft:
    """Return ``entry`` (keys as in the file) added to the file of a month, as in ``2026-11``; writes nothing.

    It is added to the list below ``key``. The ``comment`` stands behind its target. Raises ConfigError with
    what is wrong in the configuration with it, but for problems that the files had without, or where the file
    cannot be edited without touching what else is in it.
    """
    if usable.problems:
        return _draft_beside_problems(usable.config, month, entry, key, comment)
    return _draft_in_files(usable.config.folder, month, entry, key, comment)


def _draft_in_files(
    folder: Path, month: str, entry: Mapping[str, object], key: str, comment: str
) -> DecisionDraft:
    bodies, decisions = read_bodies(folder), folder / DECISIONS_FOLDER
    file, edited = _add_entry(decisions / f"{month}.yaml", bodies, key, entry, comment)
    config, problems = build_config(folder, {**bodies, _name(file): edited}, os.environ)
    if problems:
        raise ConfigError([_describe(problem, file, entry) for problem in problems])
    return DecisionDraft(file=file, body=edited, config=config)


def _draft_beside_problems(
    in_force: Config, month: str, entry: Mapping[str, object], key: str, comment: str
) -> DecisionDraft:
    """Return a draft whose configuration is that ``in_force``, with the decision.

    Where the file of the month has a problem that its entry would be lost by, it is in one beside it.
    """
    folder = in_force.folder
    bodies, decisions = read_bodies(folder), folder / DECISIONS_FOLDER
    try:
        file, edited = _add_entry(decisions / f"{month}.yaml", bodies, key, entry, comment)
    except (ConfigError, UnicodeDecodeError):
        file, edited = _add_entry(decisions / f"{month}-urgent.yaml", bodies, key, entry, comment)
    parts, problems = build_config(folder, {**bodies, _name(file): edited}, os.environ)
    own = tuple(one for one in parts.decisions if one.id == entry["id"])
    if not own:
        raise ConfigError([_describe(problem, file, entry) for problem in problems])
    config, _ = take_urgent(in_force, replace(parts, decisions=own))
    return DecisionDraft(file=file, body=edited, config=config)


def _add_entry(
    file: Path, bodies: Mapping[str, Body], key: str, entry: Mapping[str, object], comment: str
) -> tuple[Path, bytes]:
    """Return a file of decisions, and what it is to hold: what it does now, and the entry."""
    known = bodies.get(_name(file))
    if isinstance(known, str):
        raise ConfigError([f"{file}: cannot be read ({known})"])
    text = known.decode("utf-8") if isinstance(known, bytes) and known.strip() else BEGIN
    document = read_document(str(file), text.encode())
    return file, _append(document, key, text, entry, comment)


def _name(file: Path) -> str:
    return f"{DECISIONS_FOLDER}/{file.name}"


def save_decision(draft: DecisionDraft) -> None:
    """Write a draft; raises ConfigError where that cannot be done."""
    try:
        draft.file.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise ConfigError([f"{draft.file.parent}: cannot be made ({error.strerror})"]) from error
    replace_file(draft.file, draft.body)


def _lacks(document: YamlDocument, key: str) -> bool:
    """Tell whether a file has nothing but comments, or the other list alone."""
    top = document.value
    return top is None or (isinstance(top, dict) and key not in top)


def _append(document: YamlDocument, key: str, text: str, entry: Mapping[str, object], comment: str) -> bytes:
    """Return the text with the entry; what is read of it is what was there, and the entry."""
    before, problems = find_listing(document, key)
    if document.problems or problems:
        raise ConfigError([str(problem) for problem in (*document.problems, *problems)])
    edited = _begin_list(key, text, entry) if _lacks(document, key) else append_entry(before, text, entry)
    wanted = {**_read_lists(text), key: [*before.entries, dict(entry)]}
    if _read_lists(edited) != wanted:
        problem = document.problem((key,), "cannot be edited without touching other entries, edit it by hand")
        raise ConfigError([str(problem)])
    told = _add_comment(edited, (key, len(before.entries), "target"), comment)
    return (told if _read_lists(told) == wanted else edited).encode()


def _begin_list(key: str, text: str, entry: Mapping[str, object]) -> str:
    line_end = find_line_end(LINES.findall(text) or ["\n"])
    above = text if text.endswith(("\n", "\r")) else f"{text}{line_end}"
    return above + line_end.join([f"{key}:", *(f"  {line}" for line in render_entries([entry])), ""])


def _read_lists(text: str) -> dict[str, list[object]]:
    document = read_document("", text.encode())
    return {key: list(find_listing(document, key)[0].entries) for key in KINDS}


def _add_comment(text: str, path: tuple[str | int, ...], comment: str) -> str:
    """Return the text with a comment at the end of the line of an entry's target."""
    lines = LINES.findall(text)
    at = read_document("", text.encode()).line_of(path) - 1
    line_end = find_line_end(lines)
    safe = "".join(sign if sign.isprintable() else "?" for sign in comment)
    if safe and lines[at].lstrip().startswith("target:"):
        lines[at] = f"{lines[at].rstrip()}  # {safe}{line_end}"
    return "".join(lines)


def _describe(problem: object, file: Path, entry: Mapping[str, object]) -> str:
    """Return a problem as a line; one of the entry that is not written yet has its file, but no line."""
    line = str(problem)
    return f"{line} (decision {entry.get('id')} is not written)" if line.startswith(str(file)) else line
