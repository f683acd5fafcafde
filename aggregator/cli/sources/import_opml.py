"""``aggregator sources import``: the feeds of an OPML file into the operator's files."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.options import DEFAULT_CONFIG, ConfigFolder
from aggregator.cli.sources.adding import confirm_adding
from aggregator.cli.terminal.activity import show_activity
from aggregator.cli.terminal.table import format_table
from aggregator.config.typed_commands import spell_config
from aggregator.errors import AggregatorError
from aggregator.text import clean_cell

if TYPE_CHECKING:
    from aggregator.config.edits.source_import import ImportPlan

app = typer.Typer()

MOST_SHOWN = 20


@app.command(name="import", epilog="Example: aggregator sources import subscriptions.opml --dry-run")
def import_sources(  # noqa: PLR0917  # typer makes an option of each
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="An OPML file that a feed reader exported; - for what is piped in."
        ),
    ],
    flat: Annotated[bool, typer.Option("--flat", help="Make no topics of folders.")] = False,
    weight: Annotated[
        int, typer.Option(min=-50, max=50, help="Added to the quality of the articles of each source.")
    ] = 0,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show all that would be added; write nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object; adds only with --yes.")] = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Add the feeds of an OPML file to `sources.yaml` and its folders to `topics.yaml`, keeping comments.

    A feed gets the topic of its folder: one of that name, or a new one, nested as the folders are. Feeds
    that are configured already are left out. Shows what is added, and asks; where nobody can be asked, only
    `--yes` adds it.
    """
    with show_activity(f"reading {file}"):
        plan = draft_import(file, config, has_topics=not flat, weight=weight)
    is_written = yes and not dry_run
    described = _describe(plan, file, shows_all=dry_run)
    typer.echo(_to_json(plan, is_written=is_written) if as_json else "\n".join(described))
    if dry_run or not (plan.sources or plan.topics) or (as_json and not yes):
        return
    if not yes:
        confirm_adding(f"Add them to {config / 'sources.yaml'}?")
    with show_activity(f"adding {_count(len(plan.sources), 'source')}"):
        write_import(plan, config)
    if not as_json:
        where = spell_config(config)
        typer.echo(f"added {_count(len(plan.sources), 'source')}; `aggregator poll{where}` polls them now")


def draft_import(file: Path, config: Path, *, has_topics: bool, weight: int = 0) -> "ImportPlan":
    """Return what importing an OPML file adds to the configuration in ``config``; raises AggregatorError."""
    from aggregator.cadence import interpret_address  # noqa: PLC0415
    from aggregator.config import load_valid_parts  # noqa: PLC0415
    from aggregator.config.edits.opml import OpmlError, read_opml  # noqa: PLC0415
    from aggregator.config.edits.source_import import plan_import  # noqa: PLC0415

    if not config.is_dir():
        raise AggregatorError(f"{config}: no such folder: `aggregator init` makes one")
    try:
        feeds = read_opml(_read_file(file))
    except OpmlError as error:
        raise AggregatorError(f"{file}: {error}") from error
    valid = load_valid_parts(config, os.environ)
    return plan_import(feeds, valid, interpret=interpret_address, has_topics=has_topics, weight=weight)


def write_import(plan: "ImportPlan", config: Path) -> None:
    """Write what ``plan`` adds; raises ConfigError with nothing written where it brings a problem."""
    from aggregator.config.edits.list_additions import add_entries  # noqa: PLC0415

    add_entries(config, sources=plan.sources, topics=plan.topics)


def _read_file(file: Path) -> bytes:
    from aggregator.config.edits.opml import MAX_BYTES  # noqa: PLC0415

    if str(file) == "-":
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    with file.open("rb") as opened:
        return opened.read(MAX_BYTES + 1)


def _describe(plan: "ImportPlan", file: Path, *, shows_all: bool) -> Iterator[str]:
    """Yield the preview: new topics, new sources, and what is left out."""
    most = len(plan.sources) + len(plan.topics) if shows_all else MOST_SHOWN
    if plan.topics:
        yield f"new {_count(len(plan.topics), 'topic')}:"
        rows = [
            (one["id"], one["name"], f"below {one['parent']}" if "parent" in one else "")
            for one in plan.topics
        ]
        yield from _indent(format_table(("id", "name", ""), rows[:most]), len(rows) - most)
    if plan.sources:
        yield f"new {_count(len(plan.sources), 'source')}:"
        sources = [(one["id"], ", ".join(one.get("topics", ())), one["url"]) for one in plan.sources]
        yield from _indent(format_table(("id", "topics", "url"), sources[:most]), len(sources) - most)
    for one in plan.wrong:
        yield f"not added: {clean_cell(one.url)[:200]}: {one.why}"
    added = f"{len(plan.sources)} to add" if plan.sources else "nothing to add"
    yield f"{file}: {added}, {len(plan.known)} configured already, {len(plan.wrong)} that cannot be added"


def _indent(lines: Iterator[str], left_out: int) -> Iterator[str]:
    yield from (f"  {line}" for line in lines)
    if left_out > 0:
        yield f"  … and {left_out} more, which --dry-run shows"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _to_json(plan: "ImportPlan", *, is_written: bool) -> str:
    report = {
        "written": is_written,
        "sources": plan.sources,
        "topics": plan.topics,
        "known": [{"url": one.url, "why": one.why} for one in plan.known],
        "wrong": [{"url": one.url, "why": one.why} for one in plan.wrong],
    }
    return json.dumps(report, ensure_ascii=False, indent=2)
