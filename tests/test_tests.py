"""Tests are written alike: records come from one place, and each test says in a sentence what it shows."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
TEXTS = {"channel", "entry", "fill", "image"}
"""Words that also mean something else where a test writes documents or fills a store."""
BUILT = {"Article", "Channel", "Fetched", "Member", "Newcomer", "Picture", "Story", "Subscription"}
"""Records that need many values: a test that makes one itself says more than it means."""


@cache
def _trees():
    """Return all modules by their paths: parsed by who runs one of these tests, not by all who collect them."""
    return {
        path.relative_to(TESTS).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(TESTS.rglob("*.py"))
    }


def _tests():
    """Yield where each test stands, and what it is."""
    for path, tree in _trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                yield f"{path}:{node.lineno}", node


def is_one_sentence(text):
    """Tell whether a text is a single sentence that ends."""
    return bool(re.fullmatch(r"[^\s].*[.!?]\)?", text)) and not re.search(r"[.!?]\)? +[A-Z]", text)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("It works.", True),
        ("It works", False),
        ("It works. It does.", False),
        ("It works,\nand more.", False),
        ("Version 2.0 (of 2002) is read.", True),
    ],
)
def test_a_sentence_is_told_from_two(text, is_one):
    """A point within a sentence ends none, and a paragraph is no sentence."""
    assert is_one_sentence(text) is is_one


def test_every_test_says_in_a_sentence_what_it_shows():
    """Its docstring is one sentence on one line."""
    reported = {where: ast.get_docstring(node) or "" for where, node in _tests()}
    assert {where: text for where, text in reported.items() if not is_one_sentence(text)} == {}


def test_every_longer_helper_says_what_it_does():
    """What has more than three lines, and no underscore before its name, has a docstring."""
    helpers = [(path, node) for path, tree in _trees().items() for node in tree.body if hasattr(node, "name")]
    found = [
        f"{path}:{node.lineno}: {node.name}"
        for path, node in helpers
        if not node.name.startswith("_") and node.end_lineno - node.lineno > 3 and not ast.get_docstring(node)
    ]
    assert found == []


def test_no_two_classes_have_one_name():
    """A name means one thing in all tests."""
    names = [node.name for tree in _trees().values() for node in tree.body if isinstance(node, ast.ClassDef)]
    assert [name for name, count in Counter(names).items() if count > 1] == []


def test_every_module_says_what_it_is():
    """It begins with a docstring, unless it is empty."""
    assert [path for path, tree in _trees().items() if tree.body and not ast.get_docstring(tree)] == []


def test_no_test_module_imports_another_one():
    """What they share stands in a module that is no test; fixtures come by their names."""
    found = [
        f"{path}:{node.lineno}: {node.module}"
        for path, tree in _trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and re.match(r"tests\.(.+\.)?(test_|conftest)", node.module or "")
    ]
    assert found == []


BUILDS_ITSELF = {"builders.py", "benchmarks/stories.py", "publishing_equality/pictures.py"}
"""The benchmark measures memory, where what the builders import would count; pictures of histories vary in all."""


def test_records_are_built_in_one_place():
    """Only tests/builders.py makes records with many values, and only there is a function called as it is."""
    builders = {
        node.name for node in _trees()["builders.py"].body if isinstance(node, ast.FunctionDef)
    } - TEXTS
    found = []
    for path, tree in _trees().items():
        for node in ast.walk(tree):
            made = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BUILT
            again = isinstance(node, ast.FunctionDef) and node in tree.body and node.name in builders
            if path not in BUILDS_ITSELF and (made or again):
                found.append(f"{path}:{node.lineno}: {ast.unparse(node).splitlines()[0]}")
    assert found == []
