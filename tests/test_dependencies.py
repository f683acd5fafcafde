"""Every package that the program needs is used, and pyproject.toml says what for."""

import re
import tomllib
from importlib.metadata import distribution, packages_distributions

from packaging.requirements import Requirement

from tests.imports import PACKAGE, imports_of, modules, parse

PROJECT = (PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8")
MOST_BYTES = 200_000_000
DATA = {"tzdata"}
"""What is not imported: files that the standard library looks for."""


def _plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_dependency_is_imported():
    """What is installed with the program is what it imports, and nothing besides."""
    stated = {
        _plain(re.split(r"[<>=!~\[ ;]", text)[0])
        for text in tomllib.loads(PROJECT)["project"]["dependencies"]
    }
    imported = {one.name.split(".")[0] for path in modules() for one in imports_of(parse(path))}
    used = {
        _plain(dist) for name, dists in packages_distributions().items() if name in imported for dist in dists
    }
    assert stated - used == DATA


def test_every_dependency_says_what_it_is_for():
    """Its line in pyproject.toml ends with some words on it."""
    _, _, stated = PROJECT.partition("\ndependencies = [")
    lines = re.findall(r'^(?: {4}|\w+ = \[)"[\w.-]+[<>=].*$', stated, flags=re.MULTILINE)
    assert len(lines) > 30
    assert [line for line in lines if not re.search(r"  # \w.{4,}$", line)] == []


def _needed(requirements):
    """Return the names of the distributions that these bring, theirs with them."""
    found, left = set(), [*requirements]
    while left:
        one = left.pop()
        applies = one.marker is None or any(one.marker.evaluate({"extra": e}) for e in one.extras or {""})
        if applies and (name := _plain(one.name)) not in found:
            found.add(name)
            left += [Requirement(text) for text in distribution(name).requires or ()]
    return found


def test_the_program_without_extras_is_small():
    """What pip installs, and the program itself, take less than 200 MB; docs/development.md says what most is."""
    needed = _needed(map(Requirement, tomllib.loads(PROJECT)["project"]["dependencies"]))
    assert {"numpy", "httpcore", "pydantic-core"} <= needed
    assert {"cel-expr-python", "wordfreq", "babel", "zstandard", "cryptography"} & needed == set()
    taken = {name: sum(file.size or 0 for file in distribution(name).files or ()) for name in needed}
    taken["aggregator"] = sum(
        path.stat().st_size
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    )
    largest = sorted(taken.items(), key=lambda item: -item[1])[:5]
    assert sum(taken.values()) < MOST_BYTES, f"the largest: {largest}"
