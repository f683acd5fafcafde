"""The documents for people who work on the code name what is there."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "aggregator"
DOCUMENTS = ("ARCHITECTURE.md", "CONTRIBUTING.md")
OTHERS = ("README.md", *(path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "docs").glob("*.md"))))


@cache
def _paths():
    return {path.relative_to(ROOT).as_posix() for path in (*PACKAGE.rglob("*"), *(ROOT / "tests").rglob("*"))}


@cache
def _words():
    return {
        word
        for folder in (PACKAGE, ROOT / "tests")
        for path in folder.rglob("*.py")
        for word in re.findall(r"\w+", f"{path.read_text(encoding='utf-8')} {path.stem}")
    }


def _is_there(name):
    """Tell whether a file or folder is there, by its path or by its end."""
    wanted = name.rstrip("/")
    return (ROOT / wanted).exists() or any(path.endswith(f"/{wanted}") for path in _paths())


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_that_is_named_is_there(document):
    """A file that was moved is moved in the documents, too."""
    text = (ROOT / document).read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w./-]+(?:/|\.(?:py|md|yaml|json|toml)))`", text))
    assert len(named) > 10
    missing = sorted(name for name in named if not _is_there(name))
    assert not missing, f"{document} names what is not there:\n" + "\n".join(missing)


@pytest.mark.parametrize("document", OTHERS)
def test_every_file_of_the_code_that_is_named_is_there(document):
    """What other documents say of the code, its tests and its configuration is by paths from the top."""
    text = (ROOT / document).read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:aggregator|tests|docs|config)/[\w./-]+)`", text))
    missing = sorted(name for name in named if not (ROOT / name).exists())
    assert not missing, f"{document} names what is not there:\n" + "\n".join(missing)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_name_of_the_code_that_is_named_is_there(document):
    """Classes, constants and functions that the documents name stand in the code or its tests."""
    text = (ROOT / document).read_text(encoding="utf-8")
    named = set(re.findall(r"`(_?[A-Z]\w+|_?[a-z]+_\w+)`", text))
    missing = sorted(name for name in named - _words())
    assert not missing, f"{document} names what is not there:\n" + "\n".join(missing)


def test_every_folder_has_its_place_on_the_map():
    """Each folder and each file on the package's top is told of in the architecture."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    folders = {f"{path.parent.name}/" for path in PACKAGE.glob("*/__init__.py")}
    names = folders | {path.name for path in PACKAGE.glob("[!_]*.py")}
    missing = sorted(name for name in names if f"`{name}`" not in text)
    assert not missing, "ARCHITECTURE.md does not tell of:\n" + "\n".join(missing)


def test_every_command_that_is_named_is_in_the_justfile():
    """A command that contributors are told of exists."""
    recipes = set(re.findall(r"^(\w+)(?: [^:\n]*)?:$", (ROOT / "justfile").read_text(), flags=re.MULTILINE))
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`just (\w+)", text))
    assert named
    assert named <= recipes, f"CONTRIBUTING.md names no recipes of the justfile: {sorted(named - recipes)}"
