"""Adding keys to a section of settings.yaml, with every other line left byte for byte."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from aggregator.config.checks.validation import validate
from aggregator.config.edits.entry_edits import find_line_end
from aggregator.config.files.file_bodies import read_bodies, read_config_file
from aggregator.config.files.file_replacement import replace_file
from aggregator.config.files.yaml_document import LINES, YamlDocument, read_document
from aggregator.config.keys.settings import SiteKeys
from aggregator.errors import ConfigError

FILE = "settings.yaml"
SITE_KEYS = ("title", "base_url")
"""Keys of ``site`` that no default can know."""

_BOM = "\ufeff"


def missing_site_keys(folder: Path) -> tuple[str, ...]:
    """Return which of ``SITE_KEYS`` settings.yaml does not set; none where the file has problems."""
    document = read_config_file(folder, FILE, read_bodies(folder)[FILE])
    values = document.value or {}
    site = values.get("site") or {} if isinstance(values, dict) else None
    if document.problems or not isinstance(site, dict):
        return ()
    return tuple(key for key in SITE_KEYS if key not in site)


def describe_missing_keys(folder: Path, missing: tuple[str, ...]) -> str:
    """Return the warning about a site without its title or address."""
    keys = " and ".join(f"site.{key}" for key in missing)
    verb = "is" if len(missing) == 1 else "are"
    return f"{folder / FILE}: {keys} {verb} not set, and a default stands in every feed and page"


def check_site_key(key: str, value: str) -> str | None:
    """Return what is wrong with a value for a key of ``site``, None where it is right."""
    _, problems = validate(YamlDocument(FILE), SiteKeys, {key: value}, ("site",))
    return problems[0].text if problems else None


def write_site_keys(folder: Path, values: Mapping[str, str]) -> None:
    """Write keys that are missing in ``site`` into settings.yaml, which is begun where there is none.

    Raises ConfigError, with nothing written, where the file cannot be added to.
    """
    body = read_bodies(folder)[FILE]
    before = read_config_file(folder, FILE, body)
    text = body.decode("utf-8") if isinstance(body, bytes) else ""
    edited = insert_keys(before, text, "site", values).encode()
    old = before.value if isinstance(before.value, dict) else {}
    if read_document(before.file, edited).value != {**old, "site": {**values, **(old.get("site") or {})}}:
        keys = ", ".join(f"site.{key}" for key in values)
        raise ConfigError([f"{before.file}: {keys} cannot be added by the program, allowed: an edit by hand"])
    replace_file(folder / FILE, edited)


def insert_keys(document: YamlDocument, text: str, section: str, values: Mapping[str, str]) -> str:
    """Return ``text``, which ``document`` was read from, with keys at the top of a section of it.

    A section that is missing is begun at the end. Not every layout can be added to: read it again.
    """
    mark = _BOM if text.startswith(_BOM) else ""
    lines = LINES.findall(text.removeprefix(mark))
    pairs = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    node = document.node((section,))
    if node is None:
        return mark + "".join(_insert_below([*lines, f"{section}:"], len(lines), pairs, column=2))
    if isinstance(node, yaml.MappingNode) and node.flow_style:
        return mark + "".join(_insert_in_flow(lines, node, pairs))
    column = node.value[0][0].start_mark.column if isinstance(node, yaml.MappingNode) else 2
    return mark + "".join(_insert_below(lines, document.line_of((section,)) - 1, pairs, column=column))


def _insert_in_flow(lines: list[str], node: yaml.MappingNode, pairs: Sequence[str]) -> list[str]:
    """Add pairs behind the bracket that opens a mapping."""
    place = node.start_mark
    line, after = lines[place.line], place.column + 1
    added = ", ".join(pairs) + (", " if node.value else "")
    return [*lines[: place.line], f"{line[:after]}{added}{line[after:]}", *lines[place.line + 1 :]]


def _insert_below(lines: list[str], number: int, pairs: Sequence[str], *, column: int) -> list[str]:
    """Add pairs in lines of their own below the one at ``number``."""
    end = find_line_end(lines)
    above = [line if line.endswith(("\n", "\r")) else f"{line}{end}" for line in lines[: number + 1]]
    return [*above, *(f"{' ' * column}{pair}{end}" for pair in pairs), *lines[number + 1 :]]
