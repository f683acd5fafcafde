"""Stored articles are judged again where the code that judges was changed."""

import ast
import hashlib

from aggregator import rules
from tests.imports import PACKAGE, parse

JUDGES = (
    "curate/korean_particles.py", "curate/letter_forms.py", "curate/phrases.py", "curate/score.py",
    "curate/topics.py", "enrich/site_names.py", "enrich/provider.py",
)  # fmt: skip
"""The modules that decide on an article's provider, topics and quality."""
JUDGEMENT, DIGEST = "2", "61012901822b9097"


def _dump(node):
    """Return what a tree does as text, the same on every Python, without docstrings."""
    if isinstance(node, list):
        return [_dump(one) for one in node if not _is_docstring(one)]
    if not isinstance(node, ast.AST):
        return repr(node)
    values = [(name, value) for name, value in ast.iter_fields(node) if value not in (None, [])]
    return f"{type(node).__name__}{[(name, _dump(value)) for name, value in values]}"


def _is_docstring(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _digest():
    """Return what changes where the modules are to do something else; not by comments or formatting."""
    code = "".join(_dump(parse(PACKAGE / name)) for name in JUDGES)
    return hashlib.blake2b(code.encode(), digest_size=8).hexdigest()


def test_the_judgement_is_raised_with_the_code_that_judges():
    """Who changes how articles are judged raises JUDGEMENT, or stored ones keep what they were given."""
    assert (rules.JUDGEMENT, _digest()) == (JUDGEMENT, DIGEST), (
        f"the modules that judge were changed. Where an article may now get another provider, topics or "
        f"quality, raise JUDGEMENT in aggregator/rules.py and here; in any case set DIGEST to {_digest()!r}"
    )
