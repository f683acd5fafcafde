"""The bytes of the configuration's files, as they are read, and what they change."""

from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from aggregator.config.checks.misnamed_files import find_misnamed
from aggregator.config.checks.problems import Problem
from aggregator.config.files.yaml_document import YamlDocument, read_document

FILES = ("settings.yaml", "sources.yaml", "topics.yaml", "providers.yaml", "curation.yaml")
OPTIONAL = frozenset({"settings.yaml", "providers.yaml", "curation.yaml"})
_WITH_COLUMNS = frozenset({"curation.yaml"})
"""Files whose problems tell their column, too: clauses are long."""
DECISIONS_FOLDER = "decisions"
"""The folder beside these files whose ``*.yaml`` hold decisions."""


@dataclass(frozen=True, slots=True)
class Misnamed:
    """A file that is missing under the name that is read, and stands there as ``name``."""

    name: str


Body = bytes | str | Misnamed | None
"""The bytes of a file, or a text why it is unreadable, or what stands in its place; None: it is missing."""


def read_bodies(folder: Path) -> dict[str, Body]:
    """Return what is read of each of the five files, and of those of decisions."""
    bodies: dict[str, Body] = {name: _read_body(folder / name) for name in FILES}
    missing = [name for name, body in bodies.items() if body is None]
    there = _files_in(folder) if missing else []
    for name in missing:
        other = find_misnamed(name, there, FILES)
        bodies[name] = Misnamed(other) if other else None
    return bodies | {name: _read_body(folder / name) for name in list_decision_files(folder)}


def digest_files(folder: Path) -> bytes:
    """Return what changes whenever one of the files, as it is read, does."""
    digest = blake2b(digest_size=16)
    for name, body in read_bodies(folder).items():
        digest.update(repr((name, body)).encode("utf-8", "replace"))
    return digest.digest()


def _files_in(folder: Path) -> list[str]:
    try:
        return [path.name for path in folder.iterdir() if path.is_file()]
    except OSError:
        return []


def list_decision_files(folder: Path) -> tuple[str, ...]:
    """Return the names, below the configuration's ``folder``, of the files of decisions, in their order."""
    return tuple(f"{DECISIONS_FOLDER}/{name}" for name in list_names(folder) if name.endswith(".yaml"))


def list_names(folder: Path) -> list[str]:
    """Return the names of visible files in the folder of decisions, in the order of their characters."""
    with suppress(OSError):
        return sorted(path.name for path in (folder / DECISIONS_FOLDER).iterdir() if path.name[0] != ".")
    return []


def _read_body(path: Path) -> bytes | str | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        return error.strerror or "cannot be read"


def read_config_file(folder: Path, name: str, body: Body) -> YamlDocument:
    """Return the document of one of the files; an unreadable or missing one has that as its problem."""
    file = str(folder / name)
    if isinstance(body, Misnamed):
        other, key = str(folder / body.name), Path(name).stem
        text = f"a file of this name is not read: rename it, allowed: {name}"
        return YamlDocument(other, problems=(Problem(other, None, (key,), text),))
    if isinstance(body, bytes):
        return read_document(file, body, has_columns=name in _WITH_COLUMNS)
    if body is None and name in OPTIONAL:
        return YamlDocument(file)
    key = Path(name).stem
    if body is None:
        advice = f"write `{key}: []` to begin one, or name another folder with --config"
        text = f"the file is missing, {advice}, allowed: a list of {key}"
    else:
        text = f"cannot be read ({body}), allowed: a readable file"
    return YamlDocument(file, problems=(Problem(file, None, (key,), text),))
