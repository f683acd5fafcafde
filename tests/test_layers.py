"""Imports go down only, and every outside library has one home."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "aggregator"

LAYERS = [
    {"__main__"},
    {"cli"},
    {"service", "serve", "demo"},
    {"pipeline"},
    {"rules"},
    {"fetch", "cadence", "parse", "enrich", "curate", "stories", "store", "publish", "websub"},
    {"config"},
    {"html"},
    {"text", "secured"},
    {"urls"},
    {"machine", "http_dates"},
    {"model"},
    {"errors"},
]
HOMES = {
    "feedparser": {"parse"},
    "dateparser": {"parse"},
    "chardet": {"parse"},
    "webencodings": {"parse"},
    "httpx": {"fetch"},
    "idna": {"urls"},
    "aiohttp": {"fetch"},
    "brotli": {"fetch", "serve"},
    "zstandard": {"fetch"},
    "feedgen": {"publish"},
    "jinja2": {"publish"},
    "selectolax": {"html"},
    "nh3": {"html"},
    "tldextract": {"urls"},
    "sqlalchemy": {"store"},
    "alembic": {"store"},
    "wordfreq": {"stories"},
    "stopwordsiso": {"stories"},
    "Stemmer": {"stories"},
    "sentence_transformers": {"stories"},
    "torch": {"stories"},
    "transformers": {"stories"},
    "filelock": {"store", "publish", "websub"},
    "PIL": {"enrich"},
    "protego": {"fetch"},
    "cryptography": {"secured"},
    "yaml": {"config", "publish"},
    "ruamel": {"config"},
    "pydantic": {"config"},
    "apscheduler": {"service"},
    "typer": {"cli"},
    "rich": {"cli"},
    "uvicorn": {"serve", "demo"},
    "starlette": {"serve", "demo"},
    "h11": {"serve"},
}


def _modules():
    return sorted(PACKAGE.rglob("*.py"))


def _part(path):
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def _imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield node.module
            if node.module == "aggregator":
                yield from (f"aggregator.{alias.name}" for alias in node.names)


def _layer(part):
    return next(number for number, parts in enumerate(LAYERS) if part in parts)


def test_imports_go_down_only():
    """A part imports itself and lower layers, never its own layer's other parts or a higher one."""
    for path in _modules():
        part = _part(path)
        if part == "__init__":
            continue
        for name in _imports(path):
            pieces = name.split(".")
            if pieces[0] != "aggregator" or len(pieces) == 1:
                continue
            target = pieces[1]
            assert target == part or _layer(part) < _layer(target), f"{path}: imports {name}"


def test_each_library_has_one_home():
    """An outside library is imported only in the part that is its home."""
    for path in _modules():
        for name in _imports(path):
            homes = HOMES.get(name.split(".")[0])
            assert homes is None or _part(path) in homes, f"{path}: imports {name}"
