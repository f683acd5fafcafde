"""Every package that the program needs is used, and pyproject.toml says what for."""

import re
import tomllib
from importlib.metadata import packages_distributions

from tests.imports import PACKAGE, imports_of, modules, parse

PROJECT = (PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8")
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
