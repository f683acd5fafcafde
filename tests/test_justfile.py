"""The commands of the justfile exist: their modules can be imported, their paths are there."""

import json
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
JUST = str(Path(sys.executable).with_name("just"))
JUSTFILE = (ROOT / "justfile").read_text(encoding="utf-8")


def run_just(*words):
    """Run just on the project's file and return what it printed, on either stream."""
    done = subprocess.run([JUST, *words], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


def recipes():
    """Return the recipes that a contributor calls, by name."""
    dumped = json.loads(run_just("--dump", "--dump-format", "json"))["recipes"]
    return {name: recipe for name, recipe in dumped.items() if not name.startswith("_")}


def test_every_recipe_says_what_it_does():
    """Without a name just lists them, each with some words."""
    assert {name for name, recipe in recipes().items() if not recipe["doc"]} == set()
    assert set(re.findall(r"^ +(\w+)", run_just(), flags=re.MULTILINE)) == set(recipes())


@pytest.mark.parametrize("name", re.findall(r"^(?!_)(\w+)(?: .*)?:$", JUSTFILE, flags=re.MULTILINE))
def test_the_commands_of_a_recipe_exist(name):
    """Each line runs a module of the environment, and the paths that it names are there."""
    given = ["word" for parameter in recipes()[name]["parameters"] if parameter["default"] is None]
    lines = run_just("--dry-run", name, *given).splitlines()
    for line in lines:
        python, module, *words = line.replace(" -m ", " ", 1).split()
        assert python.endswith("/.venv/bin/python")
        assert find_spec(module), line
        named = [word.partition("=")[2] or word for word in words if re.match(r"(--ignore=)?tests/", word)]
        assert [path for path in named if not (ROOT / path).exists()] == []
    assert lines


def test_the_development_page_names_every_recipe():
    """docs/development.md has a line for each."""
    page = (ROOT / "docs" / "development.md").read_text(encoding="utf-8")
    assert {name for name in recipes() if f"`just {name}" not in page} == set()
