"""Where a character of a value stands in its file, however the value is written there."""

import re

import yaml

from aggregator.config.checks.problems import Path
from aggregator.config.files.yaml_document import LINES, YamlDocument

_PLAIN = re.compile(r".", re.DOTALL)
_SINGLE = re.compile(r"''|.", re.DOTALL)
_DOUBLE = re.compile(r"\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|\\(?:\r\n|.)|.", re.DOTALL)
_SIGNS = {"": _PLAIN, "'": _SINGLE, '"': _DOUBLE, "|": _PLAIN, ">": _PLAIN}
"""By how a value is quoted, what stands for one of its characters."""
_SPACE_ESCAPES = frozenset("ntrvf _NLP\t\r\n\x85\u2028\u2029")
_BLOCK = frozenset("|>")


def find_place(document: YamlDocument, path: Path, offset: int) -> tuple[int, int]:
    """Return line and column, from 1, of the character ``offset`` of the text at ``path``."""
    node = document.node(path)
    lines = LINES.findall(document.text)
    if not isinstance(node, yaml.ScalarNode) or not lines:
        return document.line_of(path), 1
    line, column = node.start_mark.line, node.start_mark.column
    start = sum(map(len, lines[:line])) + column
    written = "".join(lines[line:])[column:]
    found = start + _find_written(written, node.value, node.style or "", offset)
    before = LINES.findall(document.text[:found])
    is_begun = bool(before) and before[-1][-1] in "\r\n\x85\u2028\u2029"
    if is_begun or not before:
        return len(before) + 1, 1
    return len(before), len(before[-1]) + 1


def _find_written(written: str, value: str, style: str, offset: int) -> int:
    """Return where the character ``offset`` of ``value`` begins in what is ``written``.

    White space is folded in many ways, so only the other signs are counted, which come in the same order.
    """
    at = len(LINES.findall(written)[0]) if style in _BLOCK else len(style)
    wanted = sum(not sign.isspace() for sign in value[:offset])
    for sign in _SIGNS[style].finditer(written, at):
        if _is_space(sign[0]):
            continue
        if wanted == 0:
            return sign.start()
        wanted -= 1
    return at


def _is_space(sign: str) -> bool:
    if len(sign) == 1 or sign == "''":
        return sign.isspace()
    code = sign[2:]
    return chr(int(code, 16)).isspace() if sign[1] in "xuU" else sign[1] in _SPACE_ESCAPES
