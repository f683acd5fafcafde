"""The entries of a file, found and validated."""

import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from aggregator.config.checks.entry_list import EntryList
from aggregator.config.checks.problems import Problem, suggest
from aggregator.config.checks.validation import validate
from aggregator.config.files.file_bodies import OPTIONAL
from aggregator.config.files.yaml_document import YamlDocument
from aggregator.config.keys.fields import KeyGroup

K = TypeVar("K", bound=KeyGroup)
R = TypeVar("R")

EntryCache = dict[str, dict[bytes, Any]]
"""The records of entries that were valid, by the key of their list and all that they say."""


def find_entries(
    document: YamlDocument, key: str, *, beside: Sequence[str] = ()
) -> tuple[EntryList, list[Problem]]:
    """Return the entries below a ``key`` of a file, and what is wrong around them.

    Only the keys ``beside`` it may stand there, too, or one of them alone.
    """
    top = document.value
    if top is None:
        return EntryList(document, key, is_known=not document.problems), _report_absent(document, key)
    if not isinstance(top, dict):
        wrong = document.problem((key,), f"the file holds no key {key}, allowed: {key}: and a list below it")
        return EntryList(document, key, is_known=False), [wrong]
    problems = list(_find_unknown_keys(document, top, sorted((key, *beside))))
    if key not in top and not top.keys().isdisjoint(beside):
        return EntryList(document, key), problems
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


@dataclass(frozen=True, slots=True)
class ReadList(Generic[R]):
    """A list of a file: as it stands there, the records of what is right of it, and what is wrong."""

    listing: EntryList
    records: tuple[R, ...]
    problems: list[Problem]


def read_list(
    document: YamlDocument, key: str, model: type[K], make: Callable[[K], R], known: EntryCache
) -> ReadList[R]:
    """Return the list below a ``key`` of a file, each entry by itself checked and made a record."""
    listing, problems = find_entries(document, key)
    records = validate_entries(listing, model, make, problems, known)
    return ReadList(listing, tuple(records), problems)


def validate_entries(
    listing: EntryList, model: type[K], make: Callable[[K], R], problems: list[Problem], known: EntryCache
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


def _find_unknown_keys(
    document: YamlDocument, top: Mapping[str, object], keys: Sequence[str]
) -> Iterator[Problem]:
    for other in top:
        if other not in keys:
            yield document.problem((other,), f"unknown key{suggest(other, keys)} allowed: {', '.join(keys)}")
