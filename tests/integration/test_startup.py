"""A command imports what it needs and nothing else, so that short ones answer at once."""

import re
import subprocess
import sys

import pytest

from aggregator import model, pipeline
from aggregator.cli.commands import COMMANDS, GROUPS
from aggregator.pipeline import grouping
from aggregator.pipeline.grouping import StoryDesk
from tests.integration.site import SiteFolder
from tests.publish.sample import SAMPLE

HEAVY = {
    "PIL", "aiohttp", "alembic", "apscheduler", "babel", "feedgen", "feedparser", "httpx", "jinja2",
    "numpy", "prometheus_client", "requests", "ruamel", "starlette", "structlog", "tldextract", "uvicorn", "wordfreq",
}  # fmt: skip
"""What takes longest to import, and what brings it."""
READERS = {
    "backup",
    "explain",
    "migrate-store",
    "prune",
    "restore",
    "review",
    "rules test",
    "stories answer",
    "stories ask",
    "stories list",
    "stories show",
    "stories truth",
}
"""Commands that ask the store alone: their modules import what reads it."""
RUNNERS = {"parse", "poll", "publish", "rebuild", "run", "serve", "stories evaluate", "verify", "worker"}
"""Commands whose work begins with what is heavy: their modules import it. Any other imports it when called."""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A configuration with a source and a topic, a record, and a store that has what is in the record."""
    sources = [{"id": "daily", "url": "https://daily.example/feed.xml", "topics": ["ai"]}]
    topics = [{"id": "ai", "name": "AI", "keywords": ["ai"]}]
    made = SiteFolder(tmp_path_factory.mktemp("site"), sources, topics)
    (made.folder / "record.md").write_text(SAMPLE, encoding="utf-8")
    made.run("records", "import", str(made.folder / "record.md"))
    return made


def imported_by(*words, cwd):
    """Return the packages that a command imports."""
    program = [sys.executable, "-X", "importtime", "-m", "aggregator", *words]
    done = subprocess.run(program, capture_output=True, text=True, check=False, cwd=cwd)
    assert done.returncode == 0, done.stderr[-2000:]
    return set(re.findall(r"^import time:[^|]*\|[^|]*\| +([a-zA-Z_0-9]+)$", done.stderr, flags=re.MULTILINE))


@pytest.mark.parametrize(
    "words",
    [
        "--help",
        "--version",
        *(f"{group} --help" for group in sorted(GROUPS)),
        *(f"{words} --help" for words in sorted(set(COMMANDS) - READERS - RUNNERS)),
        "amp cache-url https://daily.example/1",
        "check",
        "records rewrite record.md",
    ],
)
def test_a_command_without_a_store_imports_nothing_heavy(site, words):
    """Neither a database nor anything that fetches, parses, groups, renders or serves is imported."""
    assert imported_by(*words.split(), cwd=site.folder) & {*HEAVY, "sqlalchemy"} == set()


@pytest.mark.parametrize(
    "words",
    [
        *sorted(f"{words} --help" for words in READERS),
        "records import record.md",
        "review",
        "sources list",
        "status",
        "status --politeness",
        "stories list",
    ],
)
def test_a_command_on_the_store_imports_nothing_else_that_is_heavy(site, words):
    """The database's library is imported, without what migrates it; nothing that fetches, parses or renders."""
    assert imported_by(*words.split(), cwd=site.folder) & {*HEAVY, "sqlalchemy"} == {"sqlalchemy"}


def test_the_story_desk_is_had_from_its_package():
    """Programs that group stories by themselves import it so; anything else is an error as ever."""
    assert pipeline.StoryDesk is StoryDesk
    assert not hasattr(pipeline, "NoSuchDesk")


def test_other_programs_find_the_names_that_they_know():
    """What was called by another name until now is the same function."""
    assert (grouping.restored, grouping._grouping) == (grouping.restore_grouper, grouping._make_grouping)
    assert (model.revised, model.made) == (model.revise, model.create_from)
