"""The files of decisions, one a month or as their editors like: every ``*.yaml`` in ``decisions/``."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from aggregator.config.decision_keys import DecisionKeys
from aggregator.config.entry_list import EntryList
from aggregator.config.entry_reading import KnownEntries, find_entries, validate_entries
from aggregator.config.file_bodies import DECISIONS_FOLDER, FILES, Body, list_names, read_config_file
from aggregator.config.problems import Problem, show
from aggregator.config.yaml_document import YamlDocument
from aggregator.model.decisions import Decision

KEY = "decisions"
_OTHER_ENDINGS = re.compile(r"\.(?:yml|json|toml|yaml\.txt)$", re.IGNORECASE)


def read_decisions(
    folder: Path, bodies: Mapping[str, Body], known: KnownEntries
) -> tuple[tuple[Decision, ...], list[tuple[YamlDocument, list[Problem]]]]:
    """Return the decisions of all their files, and what is wrong in each of these."""
    names = [name for name, body in bodies.items() if name not in FILES and body is not None]
    documents = [read_config_file(folder, name, bodies[name]) for name in names]
    read = [_find_decisions(document) for document in documents]
    doubled = _find_doubled_ids([listing for listing, _ in read])
    before, found = known.get(KEY, {}), dict[bytes, Any]()
    decisions: list[Decision] = []
    for (listing, problems), again in zip(read, doubled, strict=True):
        known[KEY] = before
        decisions += validate_entries(listing, DecisionKeys, DecisionKeys.record, problems, known)
        found |= known[KEY]
        problems.extend(again)
    known[KEY] = found
    return tuple(decisions), [(listing.document, problems) for listing, problems in read]


def _find_decisions(document: YamlDocument) -> tuple[EntryList, list[Problem]]:
    """Return the entries of a file; unlike in others none need be there: old ones may be commented out."""
    return find_entries(document, KEY) if document.value is not None else (EntryList(document, KEY), [])


def find_misnamed_decisions(folder: Path) -> Iterator[Problem]:
    """Yield the files in the folder of decisions that are meant to be read and are not."""
    for name in list_names(folder):
        if _OTHER_ENDINGS.search(name):
            stem = name.partition(".")[0]
            text = f"a file of this name is not read: rename it, allowed: {stem}.yaml"
            yield Problem(str(folder / DECISIONS_FOLDER / name), None, (KEY,), text)


def _find_doubled_ids(lists: Sequence[EntryList]) -> list[list[Problem]]:
    """Return for each file the ids that stand elsewhere before."""
    first: dict[str, str] = {}
    found: list[list[Problem]] = [[] for _ in lists]
    for listing, problems in zip(lists, found, strict=True):
        for number, id_ in listing.texts("id").items():
            line = listing.document.line_of((listing.key, number))
            here = f"{Path(listing.document.file).name}:{line}"
            if first.setdefault(id_, here) != here:
                text = f"{show(id_)} is also in {first[id_]}, allowed: an id of its own"
                problems.append(listing.problem(number, ("id",), text))
    return found
