"""Stored articles are judged again where the code that judges was changed."""

import ast
import hashlib

from aggregator.rules import judging
from tests.imports import PACKAGE, parse

JUDGES = (
    "curate/korean_particles.py", "curate/letter_forms.py", "curate/phrases.py", "curate/score.py",
    "curate/topics.py", "enrich/site_names.py", "enrich/provider.py", "enrich/reuse_limits.py",
    "curate/editor_rules.py", "curate/rule_fields.py", "curate/rule_index.py", "curate/rule_times.py",
    "curate/editor_decisions.py", "model/curation.py",
)  # fmt: skip
"""The modules that decide on an article's provider, topics and quality."""
RULES = (
    "judge",
    "judge_again",
    "_judge_text",
    "_note_next",
    "_list_own_parts",
    "choose_disappeared",
    "is_withdrawn",
    "_judge_imported",
    "_make_unknown_source",
    "_digest_config",
)
"""The functions of ``rules`` that put them together, and tell when a configuration judges in another way."""
JUDGEMENT, DIGEST = "7", "72e90d939b37be26"


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
    functions = {
        node.name: node
        for path in (PACKAGE / "rules").glob("*.py")
        for node in ast.walk(parse(path))
        if isinstance(node, ast.FunctionDef)
    }
    code = "".join(
        _dump(node)
        for node in (*(parse(PACKAGE / name) for name in JUDGES), *(functions[name] for name in RULES))
    )
    return hashlib.blake2b(code.encode(), digest_size=8).hexdigest()


def test_the_judgement_is_raised_with_the_code_that_judges():
    """Who changes how articles are judged raises JUDGEMENT, or stored ones keep what they were given."""
    assert (judging.JUDGEMENT, _digest()) == (JUDGEMENT, DIGEST), (
        f"the code that judges was changed. Where an article may now get another provider, topics or "
        f"quality, raise JUDGEMENT in aggregator/rules/judging.py and here; in any case set DIGEST to {_digest()!r}"
    )
