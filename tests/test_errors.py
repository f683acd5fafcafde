"""The tree of exceptions: what is drawn on top of the module is what there is."""

import re

from aggregator import errors


def test_the_drawn_tree_is_the_tree_of_classes():
    """Each class stands under its base, at the depth of its line, and none is missing."""
    drawn, path = {}, []
    for indent, name in re.findall(r"^([│├└─ ]*)([A-Z][A-Za-z]+) {2,}\S", errors.__doc__, re.MULTILINE):
        depth = len(indent) // 4
        path = [*path[:depth], name]
        drawn[name] = path[depth - 1] if depth else "Exception"
    classes = {
        name: kind.__base__.__name__
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, Exception)
    }
    assert drawn == classes
