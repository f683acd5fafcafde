"""The shortcut beside feedparser can be deleted: what is left reads the same, only slower."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import aggregator
from aggregator.parse import fast

PACKAGE = Path(aggregator.__file__).parent
FAST = Path(fast.__file__).parent
CASES = Path(__file__).parent / "cases"
SCRIPT = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from aggregator.errors import ParseError
from aggregator.model import Known, Source
from aggregator.parse import ParseJob, read_news, resolve_articles
from aggregator.parse.documents.feed import read_pieces

SOURCE = Source(id="source", url="https://feeds.example/dir/feed.xml")
NOW = datetime(2020, 6, 1, 12, tzinfo=UTC)

def read(body, seen=b""):
    return read_news(ParseJob(body=body, source=SOURCE, now=NOW, url=SOURCE.url, seen=seen))

print(read_pieces.__module__)
for path in map(Path, sys.argv[1:]):
    try:
        first = read(path.read_bytes())
        again = read(path.read_bytes(), first.seen)
    except ParseError as error:
        print(path, error)
        continue
    print(path, first.feed, first.articles, first.problems)
    inserted = resolve_articles(first.articles, Known(), now=NOW).inserted
    left_out = [article for article in first.articles if article not in again.articles]
    print(len(inserted), "left out" if left_out else "read again", again.problems == first.problems, file=sys.stderr)
"""


def _read_cases(folder):
    """Return what the package in ``folder`` prints of the cases."""
    documents = [path for path in sorted(CASES.iterdir()) if not path.name.endswith(".expected.json")]
    ran = subprocess.run(
        [sys.executable, "-P", "-c", SCRIPT, *map(str, documents)],
        env={**os.environ, "PYTHONPATH": str(folder)}, cwd=folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    door, *lines = ran.stdout.splitlines()
    return door, lines, ran.stderr


def test_without_the_folder_everything_is_read_the_same(tmp_path):
    """A copy of the package without the folder reads all cases to the same, and leaves nothing out again."""
    shutil.copytree(PACKAGE, tmp_path / "aggregator", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.rmtree(tmp_path / "aggregator" / "parse" / "fast")
    door, lines, again = _read_cases(tmp_path)
    known_door, known_lines, known_again = _read_cases(PACKAGE.parent)
    assert lines == known_lines
    assert (door, known_door) == ("aggregator.parse.documents.feed", "aggregator.parse.fast.piece_reader")
    assert ("left out" in again, "left out" in known_again) == (False, True)


def test_one_module_opens_the_door():
    """Of all modules outside of the folder only one imports it."""
    names = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if FAST not in path.parents
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("aggregator.parse.fast")
    }
    assert names == {"parse/documents/feed.py"}
