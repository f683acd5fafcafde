"""From the folder of the four files to the configuration, or to every problem in them at once."""

import os
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

from aggregator.config.checks import check_providers, check_sources, check_storage, check_topics
from aggregator.config.entries import ProviderKeys, SourceKeys, TopicKeys
from aggregator.config.entry_list import EntryList
from aggregator.config.fields import KeyGroup
from aggregator.config.misnamed_files import find_misnamed
from aggregator.config.problems import Problem, suggest
from aggregator.config.settings import DATABASE_NAME, Settings
from aggregator.config.validation import validate
from aggregator.config.variables import fill_variables
from aggregator.config.yaml_document import YamlDocument, read_document
from aggregator.errors import ConfigError
from aggregator.machine.memory import defer_garbage_collection
from aggregator.model import Provider, Source, Topic

K = TypeVar("K", bound=KeyGroup)
R = TypeVar("R")

FILES = ("settings.yaml", "sources.yaml", "topics.yaml", "providers.yaml")
OPTIONAL = frozenset({"settings.yaml", "providers.yaml"})
USUAL_NAME = "config"
"""How the folder is called that holds nothing but the four files, beside what they lead to."""


@dataclass(frozen=True, slots=True)
class Misnamed:
    """A file that is missing under the name that is read, and stands there as ``name``."""

    name: str


KnownEntries = dict[str, dict[bytes, Any]]
"""The records of entries that were valid, by the key of their list and all that they say."""

Body = bytes | str | Misnamed | None
"""The bytes of a file, or a text why it is unreadable, or what stands in its place; None: it is missing."""


@dataclass(frozen=True, slots=True)
class Config:
    """The whole configuration, checked; ``folder`` is where it was read from."""

    folder: Path
    settings: Settings
    sources: tuple[Source, ...] = ()
    topics: tuple[Topic, ...] = ()
    providers: tuple[Provider, ...] = ()

    @classmethod
    def default(cls) -> "Config":
        """Return the configuration of no files at all: default settings and nothing to poll."""
        return cls(folder=Path(), settings=Settings())


def load_config(folder: Path, environ: Mapping[str, str], known: KnownEntries | None = None) -> Config:
    """Return the configuration in ``folder``; raises ConfigError with all problems of all its files.

    ``known`` are the entries that were valid before, of which only what changed is validated; it is kept up.
    """
    config, problems = build_config(folder, read_bodies(folder), environ, known)
    if problems:
        raise ConfigError(_format_problems(folder, problems))
    return config


def load_valid_parts(folder: Path, environ: Mapping[str, str]) -> Config:
    """Return what is right of the configuration in ``folder``, defaults where a file cannot be used."""
    return build_config(folder, read_bodies(folder), environ)[0]


def check_config(folder: Path, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return every problem in ``folder``, file by file and line by line, empty where there is none."""
    return tuple(_format_problems(folder, build_config(folder, read_bodies(folder), environ)[1]))


def _format_problems(folder: Path, problems: Sequence[Problem]) -> list[str]:
    """Return problems as lines: one where it is not the folder that is meant, whatever is missing in it."""
    if problems and not folder.is_dir():
        what = "this is no folder" if folder.exists() else "there is no such folder"
        return [f"{folder}: {what}: name the one that holds sources.yaml with --config"]
    below = folder / "config"
    if problems and not _has_required(folder) and _has_required(below):
        return [f"{folder}: holds no configuration, but {below} does: name that one with --config"]
    return [str(problem) for problem in problems]


def _has_required(folder: Path) -> bool:
    return any((folder / name).exists() for name in FILES if name not in OPTIONAL)


def read_bodies(folder: Path) -> dict[str, Body]:
    """Return what is read of each of the four files."""
    bodies: dict[str, Body] = {name: _read_body(folder / name) for name in FILES}
    missing = [name for name, body in bodies.items() if body is None]
    there = _files_in(folder) if missing else []
    for name in missing:
        other = find_misnamed(name, there, FILES)
        bodies[name] = Misnamed(other) if other else None
    return bodies


def digest_files(folder: Path) -> bytes:
    """Return what changes whenever one of the four files, as it is read, does."""
    digest = blake2b(digest_size=16)
    for name, body in read_bodies(folder).items():
        digest.update(repr((name, body)).encode("utf-8", "replace"))
    return digest.digest()


def _files_in(folder: Path) -> list[str]:
    try:
        return [path.name for path in folder.iterdir() if path.is_file()]
    except OSError:
        return []


def build_config(
    folder: Path, bodies: Mapping[str, Body], environ: Mapping[str, str], known: KnownEntries | None = None
) -> tuple[Config, tuple[Problem, ...]]:
    """Return the configuration that ``bodies`` hold, and its problems; only without any is it whole.

    ``known`` is as for ``load_config``.
    """
    with defer_garbage_collection():
        return _build_config(folder, bodies, environ, {} if known is None else known)


def _build_config(
    folder: Path, bodies: Mapping[str, Body], environ: Mapping[str, str], known: KnownEntries
) -> tuple[Config, tuple[Problem, ...]]:
    documents = {name: read_config_file(folder, name, bodies[name]) for name in FILES}
    settings, in_settings = _read_settings(documents["settings.yaml"], environ)
    source_list, in_sources = find_entries(documents["sources.yaml"], "sources")
    topic_list, in_topics = find_entries(documents["topics.yaml"], "topics")
    provider_list, in_providers = find_entries(documents["providers.yaml"], "providers")
    sources = _validate_entries(source_list, SourceKeys, SourceKeys.record, in_sources, known)
    topics = _validate_entries(topic_list, TopicKeys, TopicKeys.record, in_topics, known)
    providers = _validate_entries(provider_list, ProviderKeys, ProviderKeys.record, in_providers, known)
    in_sources += check_sources(source_list, topic_list, settings.polling if settings else None, environ)
    in_topics += check_topics(topic_list)
    in_providers += check_providers(provider_list)
    placed = (settings or Settings()).resolve_folders(
        base_folder(folder, (settings or Settings()).storage.data_dir)
    )
    in_settings += check_storage(documents["settings.yaml"], placed)
    config = Config(
        folder=folder,
        settings=placed,
        sources=tuple(_fill_headers(source, environ) for source in sources),
        topics=tuple(topics),
        providers=tuple(providers),
    )
    found = zip(documents.values(), (in_settings, in_sources, in_topics, in_providers), strict=True)
    return config, tuple(problem for document, own in found for problem in _sort_problems(document, own))


def base_folder(folder: Path, data_dir: str) -> Path:
    """Return the folder where relative ones start: the one that holds the configuration's ``folder``.

    Or that folder itself, unless it is called ``config``, where the program runs in it, and from
    anywhere once its ``data_dir`` holds the store: a site whose files all lie in one folder.
    """
    own = Path(os.path.abspath(folder))  # noqa: PTH100  # a linked folder stays where its link is
    has_store = not Path(data_dir).is_absolute() and (own / data_dir / DATABASE_NAME).is_file()
    is_site = own.name != USUAL_NAME and (own == Path.cwd() or has_store)
    return own if is_site else own.parent


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
        return read_document(file, body)
    if body is None and name in OPTIONAL:
        return YamlDocument(file)
    key = Path(name).stem
    if body is None:
        advice = f"write `{key}: []` to begin one, or name another folder with --config"
        text = f"the file is missing, {advice}, allowed: a list of {key}"
    else:
        text = f"cannot be read ({body}), allowed: a readable file"
    return YamlDocument(file, problems=(Problem(file, None, (key,), text),))


def _read_settings(
    document: YamlDocument, environ: Mapping[str, str]
) -> tuple[Settings | None, list[Problem]]:
    value = {} if document.value is None else document.value
    storage = value.get("storage") if isinstance(value, dict) else None
    database = storage.get("database") if isinstance(storage, dict) else None
    wrong: tuple[str, ...] = ()
    if isinstance(value, dict) and isinstance(storage, dict) and isinstance(database, str):
        filled, wrong = fill_variables(database, environ)
        value = {**value, "storage": {**storage, "database": filled}}
    unset = [document.problem(("storage", "database"), text) for text in wrong]
    settings, problems = validate(document, Settings, value, ())
    return settings, [*unset, *problems]


def find_entries(document: YamlDocument, key: str) -> tuple[EntryList, list[Problem]]:
    """Return the entries below the one ``key`` of a file, and what is wrong around them."""
    top = document.value
    if top is None:
        return EntryList(document, key, is_known=not document.problems), _report_absent(document, key)
    if not isinstance(top, dict):
        wrong = document.problem((key,), f"the file holds no key {key}, allowed: {key}: and a list below it")
        return EntryList(document, key, is_known=False), [wrong]
    problems = list(_unknown_keys(document, top, key))
    if key not in top:
        return EntryList(document, key, is_known=False), [*_report_absent(document, key), *problems]
    entries = [] if top[key] is None else top[key]
    if not isinstance(entries, list):
        wrong = document.problem((key,), f"no list, allowed: a list of {key}")
        return EntryList(document, key, is_known=False), [wrong, *problems]
    return EntryList(document, key, tuple(entries)), problems


def _report_absent(document: YamlDocument, key: str) -> list[Problem]:
    if Path(document.file).name in OPTIONAL or document.problems:
        return []
    return [document.problem((key,), f"missing, allowed: a list of {key}; `{key}: []` begins one")]


def _validate_entries(
    listing: EntryList, model: type[K], make: Callable[[K], R], problems: list[Problem], known: KnownEntries
) -> list[R]:
    """Return the records of entries that are right, and add to ``problems`` what is wrong with the others.

    An entry that was right before is known by all that it says, pickled: so 1, true and "1" are different,
    and what aliases repeat a thousand times is there once.
    """
    before: dict[bytes, R] = known.get(listing.key, {})
    found: dict[bytes, R] = {}
    valid: list[R] = []
    for number, entry in enumerate(listing.entries):
        content = pickle.dumps(entry, pickle.HIGHEST_PROTOCOL)
        record = before.get(content)
        if record is None:
            keys, wrong = validate(listing.document, model, entry, (listing.key, number))
            problems += wrong
            record = None if keys is None else make(keys)
        if record is not None:
            found[content] = record
            valid.append(record)
    known[listing.key] = found
    return valid


def _unknown_keys(document: YamlDocument, top: Mapping[str, object], key: str) -> Iterator[Problem]:
    for other in top:
        if other != key:
            yield document.problem((other,), f"unknown key{suggest(other, [key])} allowed: {key}")


def _fill_headers(source: Source, environ: Mapping[str, str]) -> Source:
    if not source.headers:
        return source
    headers = {name: fill_variables(value, environ)[0] for name, value in source.headers.items()}
    return replace(source, headers=headers)


def _sort_problems(document: YamlDocument, found: list[Problem]) -> list[Problem]:
    """Return the problems in the order of lines, without those that only follow from unreadable YAML."""
    unread = {problem.path for problem in document.problems}
    own = [problem for problem in found if problem.path not in unread]
    return sorted([*document.problems, *own], key=lambda problem: problem.line or 0)
