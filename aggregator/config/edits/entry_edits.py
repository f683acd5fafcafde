"""Editing one entry of a list in YAML text, with every other line left byte for byte.

A round trip through ruamel.yaml keeps most comments, but lays out the whole file anew and loses the
comments above a ``---``. So a list with one ``- `` per entry is edited line by line, at the places
of its nodes; only a list in brackets, or an empty one, goes through ruamel.yaml.
"""

import io
import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import yaml

from aggregator.config.checks.entry_list import EntryList
from aggregator.config.files.yaml_document import LINES

if TYPE_CHECKING:
    from ruamel.yaml import YAML

_PLAIN = re.compile(r"[A-Za-z0-9][\w./:~%=&?+-]*", re.ASCII)
_NEVER_FOLD = 1_000_000


def append_entry(listing: EntryList, text: str, entry: Mapping[str, object]) -> str:
    """Return ``text``, which ``listing`` was read from, with ``entry`` after the last one."""
    return append_entries(listing, text, [entry])


def append_entries(listing: EntryList, text: str, entries: Sequence[Mapping[str, object]]) -> str:
    """Return ``text``, which ``listing`` was read from, with ``entries`` after the last one, in order."""
    items = _list_block_items(listing)
    rendered = render_entries(entries)
    if not items:
        return _append_with_ruamel(listing.key, text, "\n".join(rendered))
    lines = LINES.findall(text)
    start, end = _find_span(lines, items[-1])
    line_end = find_line_end(lines)
    fresh = [f"{_get_margin(lines[start])}{line}{line_end}" for line in rendered]
    gap = [line_end] if len(items) > 1 and not lines[start - 1].strip() else []
    above = "".join(lines[:end])
    return "".join([above, "" if above.endswith(("\n", "\r")) else line_end, *gap, *fresh, *lines[end:]])


def render_entries(entries: Sequence[Mapping[str, object]]) -> list[str]:
    """Return entries of a list as lines of YAML, each beginning at its hyphen."""
    dumped = yaml.safe_dump(
        [dict(entry) for entry in entries], sort_keys=False, allow_unicode=True, width=_NEVER_FOLD
    )
    return str(dumped).splitlines()


def replace_address(listing: EntryList, text: str, number: int, *, url: str, source_id: str | None) -> str:
    """Return ``text`` with another ``url`` in the entry at position ``number``, and an ``id`` before it.

    Everything else stays, comments on the same line included. Raises ValueError where the entry's own
    lines do not hold its address.
    """
    key, value = _find_pair(listing, number, "url")
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    lines = LINES.findall(text.removeprefix(mark))
    start, end = value.start_mark, value.end_mark
    if start.line != end.line:
        raise ValueError("the address stands on several lines")
    line = lines[start.line]
    fresh = _format_scalar(url, is_quoted=line[start.column] in "\"'")
    lines[start.line] = f"{line[: start.column]}{fresh}{line[end.column :]}"
    if source_id is not None:
        gap = ", " if _is_flow(listing, number) else f"{find_line_end(lines)}{' ' * key.start_mark.column}"
        _insert_id(lines, key.start_mark, source_id, gap)
    return mark + "".join(lines)


def remove_entry(listing: EntryList, text: str, number: int) -> str:
    """Return ``text``, which ``listing`` was read from, without the entry at position ``number``."""
    items = _list_block_items(listing)
    if not items:
        return _remove_with_ruamel(listing.key, text, number)
    lines = LINES.findall(text)
    start, end = _find_span(lines, items[number])
    if len(items) == 1:
        _begin_empty(listing, lines)
    is_gap_doubled = not lines[start - 1].strip() and end < len(lines) and not lines[end].strip()
    return "".join([*lines[:start], *lines[end + is_gap_doubled :]])


def _begin_empty(listing: EntryList, lines: list[str]) -> None:
    """Write ``[]`` behind the list's key; a key with nothing below it would be a problem."""
    line = listing.document.line_of((listing.key,)) - 1
    key, colon, rest = lines[line].partition(":")
    lines[line] = f"{key}{colon} []{rest}"


def _find_pair(listing: EntryList, number: int, name: str) -> tuple[yaml.Node, yaml.Node]:
    """Return the nodes of a key and its value in the entry at position ``number``; raises ValueError."""
    node = listing.document.node((listing.key, number))
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    found = next((pair for pair in pairs if pair[0].value == name), None)
    if found is None:
        raise ValueError(f"the entry has no {name} of its own")
    return found[0], found[1]


def _is_flow(listing: EntryList, number: int) -> bool:
    node = listing.document.node((listing.key, number))
    return isinstance(node, yaml.MappingNode) and bool(node.flow_style)


def _insert_id(lines: list[str], place: yaml.Mark, source_id: str, gap: str) -> None:
    line = lines[place.line]
    is_quoted = line[place.column] in "\"'"
    pair = f"{_format_scalar('id', is_quoted=is_quoted)}: {_format_scalar(source_id, is_quoted=is_quoted)}"
    lines[place.line] = f"{line[: place.column]}{pair}{gap}{line[place.column :]}"


def _format_scalar(text: str, *, is_quoted: bool) -> str:
    """Return ``text`` as it stands in YAML on one line, without quotes where it needs none."""
    is_plain = _PLAIN.fullmatch(text) is not None and yaml.safe_load(f"[{text}]") == [text]
    return text if is_plain and not is_quoted else json.dumps(text)


def _list_block_items(listing: EntryList) -> list[yaml.Node]:
    node = listing.document.node((listing.key,))
    return list(node.value) if isinstance(node, yaml.SequenceNode) and not node.flow_style else []


def _find_span(lines: list[str], item: yaml.Node) -> tuple[int, int]:
    """Return the first line of an entry and the one after its last, its own comments included."""
    start = item.start_mark.line
    while start > 0 and not lines[start].lstrip().startswith("-"):
        start -= 1
    end = max(_find_last_line(item), start) + 1
    inner = len(_get_margin(lines[start])) + 1
    while end < len(lines) and lines[end].lstrip().startswith("#") and len(_get_margin(lines[end])) >= inner:
        end += 1
    return start, end


def _find_last_line(node: yaml.Node) -> int:
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        if isinstance(last, tuple):
            return int(max(last[0].end_mark.line, _find_last_line(last[1])))
        return int(max(node.start_mark.line, _find_last_line(last)))
    is_block_text = isinstance(node, yaml.ScalarNode) and node.style in {"|", ">"}
    return int(max(node.start_mark.line, node.end_mark.line - is_block_text))


def _get_margin(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def find_line_end(lines: list[str]) -> str:
    """Return how the lines of a file end, by the first."""
    return "\r\n" if lines[0].endswith("\r\n") else "\n"


def _open_editor() -> "YAML":
    # Every command imports this module, and only an edit of a list in brackets needs the library.
    from ruamel.yaml import YAML  # noqa: PLC0415

    editor = YAML()
    editor.preserve_quotes = True
    editor.width = _NEVER_FOLD
    editor.indent(mapping=2, sequence=4, offset=2)
    return editor


def _append_with_ruamel(key: str, text: str, rendered: str) -> str:
    from ruamel.yaml.comments import CommentedSeq  # noqa: PLC0415

    editor = _open_editor()
    tree = editor.load(text)
    entries = tree[key]
    if not entries:
        tree[key] = entries = CommentedSeq()
    entries.extend(editor.load(rendered))
    return _dump(editor, tree, text)


def _remove_with_ruamel(key: str, text: str, number: int) -> str:
    editor = _open_editor()
    tree = editor.load(text)
    del tree[key][number]
    return _dump(editor, tree, text)


def _dump(editor: "YAML", tree: object, text: str) -> str:
    lines = LINES.findall(text)
    start = next((number for number, line in enumerate(lines) if line.startswith("---")), 0)
    editor.explicit_start = start > 0
    stream = io.StringIO()
    editor.dump(tree, stream)
    dumped = stream.getvalue().rstrip("\n") + "\n"  # the line break behind an empty list is lost at times
    return "".join(lines[:start]) + dumped.replace("\n", find_line_end(lines))
