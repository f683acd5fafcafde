"""A command imports what it needs and nothing else, so that short ones answer at once."""

import pytest

from aggregator import model, pipeline
from aggregator.cli.commands import COMMANDS, GROUPS
from aggregator.pipeline import grouping
from aggregator.pipeline.grouping import StoryDesk
from tests.integration.command_imports import CommandImports
from tests.integration.site import SiteFolder
from tests.publish.sample import SAMPLE

HEAVY = {
    "PIL", "Stemmer", "aiohttp", "alembic", "apscheduler", "babel", "backports", "brotli", "cel_expr_python",
    "chardet", "countryinfo", "cryptography", "feedgen", "feedparser", "httptools", "httpx", "jinja2", "lxml",
    "nh3", "numpy", "procrastinate", "prometheus_client", "protego", "psycopg", "requests", "ruamel",
    "selectolax", "starlette", "stopwordsiso", "structlog", "tldextract", "uvicorn", "wordfreq",
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
POLLING = {"aiohttp", "chardet", "feedparser", "httpx", "protego"}
SERVING = {"apscheduler", "httptools", "prometheus_client", "starlette", "uvicorn"}
WRITING = {"feedgen", "jinja2"}
KEEPING = {"sqlalchemy"}
GROUPING = {"PIL", "numpy"}
EXTRAS = {
    "alembic", "babel", "cel_expr_python", "countryinfo", "cryptography", "procrastinate", "psycopg",
    "requests", "ruamel", "tldextract", "wordfreq",
}  # fmt: skip
"""What nothing imports before there is some use for it."""
RUNNERS = {
    "parse": {*SERVING, *WRITING, *KEEPING, *GROUPING},
    "poll": {*SERVING, *WRITING},
    "publish": {*SERVING, *POLLING},
    "rebuild": {*SERVING, *POLLING},
    "run": set(),
    "serve": {*POLLING, *GROUPING, "apscheduler", "jinja2", "prometheus_client"},
    "stories evaluate": {*SERVING, *POLLING, *WRITING, *KEEPING},
    "verify": set(),
    "worker": set(),
}
"""Commands whose work begins with what is heavy: their modules import it, but not what is named here.

Any other imports it when called.
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A configuration with a source and a topic, a record, and a store that has what is in the record."""
    sources = [{"id": "daily", "url": "https://daily.example/feed.xml", "topics": ["ai"]}]
    topics = [{"id": "ai", "name": "AI", "keywords": ["ai"]}]
    made = SiteFolder(tmp_path_factory.mktemp("site"), sources, topics)
    (made.folder / "record.md").write_text(SAMPLE, encoding="utf-8")
    made.run("records", "import", str(made.folder / "record.md"))
    return made


@pytest.fixture(scope="module")
def imports(site):
    """What tells which packages a command imports that is run beside that configuration."""
    with CommandImports.start(site.folder) as started:
        yield started


@pytest.mark.parametrize(
    "words",
    [
        "--help",
        "--version",
        *(f"{group} --help" for group in sorted(GROUPS)),
        *(f"{words} --help" for words in sorted(set(COMMANDS) - READERS - RUNNERS.keys())),
        "amp cache-url https://daily.example/1",
        "check",
        "records rewrite record.md",
    ],
)
def test_a_command_without_a_store_imports_nothing_heavy(imports, words):
    """Neither a database nor anything that fetches, parses, groups, renders or serves is imported."""
    assert imports.find(words.split()) & {*HEAVY, "sqlalchemy"} == set()


@pytest.mark.parametrize(
    "words",
    [
        *sorted(f"{words} --help" for words in READERS),
        "alerts",
        "records import record.md",
        "review",
        "sources list",
        "status",
        "status --politeness",
        "stories list",
    ],
)
def test_a_command_on_the_store_imports_nothing_else_that_is_heavy(imports, words):
    """The database's library is imported, without what migrates it; nothing that fetches, parses or renders."""
    assert imports.find(words.split()) & {*HEAVY, "sqlalchemy"} == {"sqlalchemy"}


@pytest.mark.parametrize("words", RUNNERS)
def test_a_command_with_heavy_work_imports_nothing_for_other_work(imports, words):
    """What polls does not render, what publishes does not fetch, what serves a tree does neither."""
    imported = imports.find([*words.split(), "--help"])
    assert imported & {*RUNNERS[words], *EXTRAS} == set()


def test_commands_are_known_by_their_names():
    """A command that is renamed is not forgotten here, and is of one kind."""
    assert READERS | RUNNERS.keys() <= set(COMMANDS)
    assert READERS & RUNNERS.keys() == set()


def test_the_story_desk_is_had_from_its_package():
    """Programs that group stories by themselves import it so; anything else is an error as ever."""
    assert pipeline.StoryDesk is StoryDesk
    assert not hasattr(pipeline, "NoSuchDesk")


def test_other_programs_find_the_names_that_they_know():
    """What was called by another name until now is the same function."""
    assert (grouping.restored, grouping._grouping) == (grouping.restore_grouper, grouping._make_grouping)
    assert (model.revised, model.made) == (model.revise, model.create_from)
