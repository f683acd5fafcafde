"""The files of decisions, one a month or as their editors like: every ``*.yaml`` in ``decisions/``."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from aggregator.config.checks.entry_list import EntryList
from aggregator.config.checks.problems import Problem, show
from aggregator.config.entry_reading import EntryCache, find_entries, validate_entries
from aggregator.config.files.file_bodies import DECISIONS_FOLDER, FILES, Body, list_names, read_config_file
from aggregator.config.files.yaml_document import YamlDocument
from aggregator.config.keys.decision_keys import DecisionKeys, TakedownKeys
from aggregator.model.decisions import Decision

KEY = "decisions"
TAKEDOWNS = "takedowns"
KINDS: Mapping[str, type[DecisionKeys | TakedownKeys]] = MappingProxyType(
    {KEY: DecisionKeys, TAKEDOWNS: TakedownKeys}
)
"""The lists that each file may have, and the keys of their entries."""
_OTHER_ENDINGS = re.compile(r"\.(?:yml|json|toml|yaml\.txt)$", re.IGNORECASE)


def read_decisions(
    folder: Path, bodies: Mapping[str, Body], known: EntryCache
) -> tuple[tuple[Decision, ...], list[tuple[YamlDocument, list[Problem]]]]:
    """Return the decisions of all their files, takedowns last, and what is wrong in each of these files."""
    names = [name for name, body in bodies.items() if name not in FILES and body is not None]
    documents = [read_config_file(folder, name, bodies[name]) for name in names]
    problems: list[list[Problem]] = [[] for _ in documents]
    decisions: list[Decision] = []
    doubled = _Doubled()
    for key in KINDS:
        before, found = known.get(key, {}), dict[bytes, Any]()
        for document, wrong in zip(documents, problems, strict=True):
            listing, around = find_listing(document, key)
            known[key] = before
            theirs: list[Decision] = validate_entries(listing, KINDS[key], _make_record, around, known)
            found |= known[key]
            decisions += theirs
            wrong += [one for one in (*around, *doubled.find(listing)) if one not in wrong]
        known[key] = found
    return tuple(decisions), list(zip(documents, problems, strict=True))


def find_listing(document: YamlDocument, key: str) -> tuple[EntryList, list[Problem]]:
    """Return one of the lists of a file and what is wrong around it; unlike in others none need be there.

    Old ones may be commented out.
    """
    top = document.value
    if top is None or (key != KEY and not (isinstance(top, dict) and key in top)):
        return EntryList(document, key), []
    return find_entries(document, key, beside=[other for other in KINDS if other != key])


def _make_record(keys: DecisionKeys | TakedownKeys) -> Decision:
    return keys.record()


def locate_decisions(folder: Path, texts: Mapping[str, bytes]) -> dict[str, str]:
    """Return by id where decisions stand, as ``file:line``; ``texts`` are a configuration's files by name."""
    found: dict[str, str] = {}
    for name in sorted(texts.keys() - set(FILES)):
        document = read_config_file(folder, name, texts[name])
        for key in KINDS:
            for number, id_ in find_listing(document, key)[0].texts("id").items():
                found[id_] = f"{document.file}:{document.line_of((key, number))}"
    return found


def find_misnamed_decisions(folder: Path) -> Iterator[Problem]:
    """Yield the files in the folder of decisions that are meant to be read and are not."""
    for name in list_names(folder):
        if _OTHER_ENDINGS.search(name):
            stem = name.partition(".")[0]
            text = f"a file of this name is not read: rename it, allowed: {stem}.yaml"
            yield Problem(str(folder / DECISIONS_FOLDER / name), None, (KEY,), text)


class _Doubled:
    """The ids of lists, which are those of one entry each."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}

    def find(self, listing: EntryList) -> Iterator[Problem]:
        """Yield the ids of a list that stand elsewhere before."""
        for number, id_ in listing.texts("id").items():
            line = listing.document.line_of((listing.key, number))
            here = f"{Path(listing.document.file).name}:{line}"
            if self._first.setdefault(id_, here) != here:
                text = f"{show(id_)} is also in {self._first[id_]}, allowed: an id of its own"
                yield listing.problem(number, ("id",), text)
