"""README and documents are true: commands exist, lines set things up, tables are the code's."""

import re
import shlex
from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner

from aggregator.cli.app import app
from aggregator.cli.commands import COMMANDS as LISTED
from aggregator.cli.commands import GROUPS, find_groups, import_command
from aggregator.curate import TopicMatch, score_article
from aggregator.curate.score import LONG_EXCERPT
from aggregator.model import Image
from aggregator.publish.feed_formats import FEED_FORMATS
from tests.builders import NOW, article

ROOT = Path(__file__).parent.parent
README, COMMANDS_DOCUMENT, JUDGING, PUBLISHING = (
    (ROOT / name).read_text(encoding="utf-8")
    for name in ("README.md", "docs/commands.md", "docs/judging.md", "docs/publishing.md")
)


def commands(group, words=()):
    """Yield every command of the program with the words that call it."""
    for name, listed in group.commands.items():
        called = " ".join((*words, name))
        command = import_command(called) if called in LISTED else listed
        if hasattr(command, "commands"):
            yield from commands(command, (*words, name))
        else:
            yield (*words, name), command


COMMANDS = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_has_its_line(words):
    """Each command has its line in the table, with each of its options but the common ones."""
    called = f"aggregator {' '.join(words)}"
    lines = re.findall(rf"^\| `{called}\b.*$", COMMANDS_DOCUMENT, flags=re.MULTILINE)
    assert len(lines) == 1, f"docs/commands.md has {len(lines)} lines of `{called}`, not one"
    options = {o for p in COMMANDS[words].params for o in p.opts if o.startswith("--")}
    missing = sorted(o for o in options - {"--config", "--help"} if o not in lines[0])
    assert words == ("sources", "add") or not missing, (
        f"docs/commands.md: the line of `{called}` lacks {missing}"
    )


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example(words):
    """--help says what a command does and shows how it is called."""
    shown = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "200"})
    assert shown.exit_code == 0
    assert f"Example: aggregator {' '.join(words)}" in shown.output


@pytest.mark.parametrize("words", LISTED)
def test_every_command_of_the_list_can_be_called(words):
    """The program finds each by its words."""
    shown = CliRunner().invoke(app, [*words.split(), "--help"], env={"COLUMNS": "200"})
    assert shown.exit_code == 0, shown.output
    assert re.search(rf"^ *Usage: \S+ {words} ", shown.output, flags=re.MULTILINE)


def test_every_group_of_the_list_has_commands():
    """No group is told of that has none."""
    assert set(GROUPS) == set(find_groups())


@pytest.mark.parametrize("words", LISTED)
def test_every_command_is_listed_as_its_help_begins(words):
    """What a list of commands shows of one, without importing it, is the first paragraph of its help."""
    first, _, _ = import_command(words).help.partition("\n\n")
    assert LISTED[words][1] == " ".join(first.split())


def test_every_example_of_the_readme_is_a_command():
    """A command shown in a code block or the table exists."""
    texts = " ".join(re.findall(r"`[^`]+`|(?s:```sh.*?```)", README + COMMANDS_DOCUMENT))
    shown = re.findall(r"aggregator ([a-z]+(?: [a-z]+)?)", texts)
    known = {words[0] for words in COMMANDS}
    assert {line.split()[0] for line in shown} <= known


def test_the_gate_runs_the_line_of_the_readme():
    """One line sets up and tests; the gate takes it from here and nowhere else."""
    (line,) = [line for line in README.splitlines() if "'.[test]'" in line]
    assert shlex.split(line)[-1] == ".venv/bin/pytest"
    assert 'grep -m1 -F ".[test]" README.md' in (ROOT / ".ci" / "run").read_text()


def test_every_package_is_pinned_by_name():
    """The constraints are exact versions, without addresses or hashes."""
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[0-9A-Za-z.+!]+", line) for line in lines)


LONG, SHORT = "x" * LONG_EXCERPT, "x" * (LONG_EXCERPT - 1)
POINTS = {
    "base": [(article(), TopicMatch())],
    "excerpt": [(article(excerpt=LONG), TopicMatch()), (article(excerpt=SHORT), TopicMatch())],
    "image": [(article(images=(Image(url="https://i.example/1.jpg"),)), TopicMatch())],
    "date": [(article(stated_at=NOW), TopicMatch())],
    "author": [(article(authors=("Ann Lee",)), TopicMatch())],
    "relevance": [
        (article(), TopicMatch(topics=("ai",), in_title=("ai",))),
        (article(), TopicMatch(topics=("ai",))),
        (article(), TopicMatch()),
    ],
    "originality": [(article(credit="The Wire"), TopicMatch())],
    "weight": [],
}
"""The articles that get the points of each part, in the order in which its line names them."""


@pytest.mark.parametrize("part", score_article(article(), TopicMatch(), weight=0).quality_parts)
def test_the_table_of_quality_is_the_code(part):
    """The line of each part has the points that are given for it."""
    lines = re.findall(rf"^\| `{part}` \| (.*) \|$", JUDGING, flags=re.MULTILINE)
    assert len(lines) == 1, f"docs/judging.md has {len(lines)} lines of `{part}`, not one"
    reported = [int(points.replace("−", "-")) for points in re.findall(r"(?:^|; |, )(−?\d+)", lines[0])]
    given = [score_article(*one, weight=0).quality_parts[part] for one in POINTS[part]]
    assert reported == given, (
        f"docs/judging.md: the line of `{part}` tells other points than score_article gives"
    )


@pytest.mark.parametrize("form", FEED_FORMATS, ids=lambda form: form.file_name)
def test_every_format_is_in_the_table_of_files(form):
    """The table of what is published has each format of our feeds, with its files."""
    lines = re.findall(r"^\| `<topic>/.*\.xml`.*$", PUBLISHING, flags=re.MULTILINE)
    assert len(lines) == 2
    assert form.name in lines[0], f"docs/publishing.md: the line of the feeds of articles lacks {form.name}"
    for line in lines:
        assert re.search(rf"[`/]{re.escape(form.file_name)}`", line), f"{form.file_name} is not in: {line}"


@pytest.mark.parametrize(
    "document", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))], ids=lambda d: d.name
)
def test_every_link_leads_somewhere(document):
    """What a document links to is there, and the README links to each document."""
    for target in re.findall(r"\]\((?!http|#)([^)#]+)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target
    assert document.name == "README.md" or f"(docs/{document.name})" in README
