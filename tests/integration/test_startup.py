"""A command imports what it needs and nothing else, so that short ones answer at once."""

import re
import subprocess
import sys

import pytest

from tests.integration.site import SiteFolder

STORE = {"sqlalchemy"}
HEAVY = {
    "PIL", "aiohttp", "alembic", "dateparser", "feedgen", "feedparser", "httpx", "jinja2", "numpy",
    "starlette", "stopwordsiso", "uvicorn", "wordfreq", *STORE,
}  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A configuration with a source and a topic."""
    sources = [{"id": "daily", "url": "https://daily.example/feed.xml", "topics": ["ai"]}]
    return SiteFolder(
        tmp_path_factory.mktemp("site"), sources, [{"id": "ai", "name": "AI", "keywords": ["ai"]}]
    )


def imported_by(*words, cwd):
    """Return the packages that a command imports."""
    program = [sys.executable, "-X", "importtime", "-m", "aggregator", *words]
    done = subprocess.run(program, capture_output=True, text=True, check=False, cwd=cwd)
    assert done.returncode == 0, done.stderr[-2000:]
    return set(re.findall(r"^import time:[^|]*\|[^|]*\| +([a-zA-Z_]+)$", done.stderr, flags=re.MULTILINE))


@pytest.mark.parametrize(
    "words",
    [
        "--help",
        "--version",
        "sources --help",
        "check",
    ],
)
def test_a_command_without_a_store_imports_nothing_heavy(site, words):
    """Neither a database nor anything that fetches, parses, groups, renders or serves is imported."""
    assert imported_by(*words.split(), cwd=site.folder) & HEAVY == set()
