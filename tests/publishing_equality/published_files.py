"""What holds for every file that is published, whatever it is made of."""

import json
from pathlib import Path

import feedparser
from lxml import etree, html

SCHEMES = ("javascript:", "vbscript:", "data:text")
FEEDS = ("rss.xml", "atom.xml", "changes.atom")
DATA = "application/ld+json"
"""The type of the only scripts that are published: data, which no browser runs."""


def find_unsafe(tree: Path) -> list[str]:
    """Return which files below the root of a tree are not well-formed, or have something that could run."""
    paths = sorted(path for path in tree.rglob("*") if path.is_file())
    return [f"{path.relative_to(tree)}: {fault}" for path in paths for fault in _check(path)]


def _check(path: Path) -> list[str]:
    content = path.read_bytes()
    try:
        if path.suffix in (".xml", ".atom", ".opml", ".svg"):
            root = etree.fromstring(content)
            found = [str(feedparser.parse(content).bozo_exception)] if _is_faulty_feed(path, content) else []
            texts = (node.text for node in root.iter() if node.get("type") == "html" or _is_description(node))
            return [*found, *_find_running(root), *(f for text in texts for f in _check_html(text))]
        if path.suffix == ".json":
            items = json.loads(content)
            items = items.get("items", ()) if isinstance(items, dict) else ()
            return [f for one in items if isinstance(one, dict) for f in _check_html(one.get("content_html"))]
        if path.suffix == ".html":
            return _find_running(html.fromstring(content))
    except (ValueError, etree.XMLSyntaxError) as error:
        return [repr(error)]
    return []


def _is_faulty_feed(path: Path, content: bytes) -> bool:
    return path.name in FEEDS and bool(feedparser.parse(content).bozo)


def _is_description(node: etree._Element) -> bool:
    return node.tag in ("description", "{http://purl.org/rss/1.0/modules/content/}encoded")


def _check_html(text: str | None) -> list[str]:
    return _find_running(html.fromstring(f"<div>{text}</div>")) if text else []


def _find_running(root: etree._Element) -> list[str]:
    faults = []
    for node in root.iter(etree.Element):
        name = etree.QName(node).localname.lower()
        if name in ("script", "iframe", "object", "embed") and node.get("type") != DATA:
            faults.append(f"has <{name}>")
        for key, value in node.attrib.items():
            if key.lower().startswith("on") or value.strip().lower().startswith(SCHEMES):
                faults.append(f"<{name}> has {key}={value[:40]!r}")
    return faults
