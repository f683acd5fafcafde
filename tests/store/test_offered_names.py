"""What the store offers to other packages."""

import ast

from tests.imports import PACKAGE, name_of, parse


def _offered_by(path):
    """Return the names in ``__all__`` of a module, none where it has none."""
    for node in parse(path).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return ast.literal_eval(node.value)
    return []


def test_each_name_is_offered_by_one_file():
    """A second one of the same name would hide the first without a word; and each file is handed on."""
    handed_on = {
        node.module
        for node in parse(PACKAGE / "store" / "__init__.py").body
        if isinstance(node, ast.ImportFrom)
    }
    homes = {}
    for path in (PACKAGE / "store").rglob("*.py"):
        offered = _offered_by(path)
        assert bool(offered) == (name_of(path) in handed_on), path.name
        for name in offered:
            assert homes.setdefault(name, path.name) == path.name, name
    assert homes["open_store"] == "store.py"
