"""``aggregator check``: every problem of the configuration at once."""

import os
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.options import DEFAULT_CONFIG, AsJson, ConfigFolder, clock, print_json, read_config
from aggregator.cli.terminal.table import format_time_if_known
from aggregator.config import FILES, Config, check_config, load_valid_parts
from aggregator.config.checks.decision_markup import describe_markup
from aggregator.config.checks.problems import Problem
from aggregator.config.checks.topic_supply import topics_without_supply
from aggregator.config.edits.site_keys import describe_missing_keys, missing_site_keys
from aggregator.config.files.decision_files import locate_decisions
from aggregator.config.files.file_bodies import DECISIONS_FOLDER
from aggregator.text import format_count

ADVICE = "it is kept: correct the entry, or remove it"
app = typer.Typer()


@app.command(epilog="Example: aggregator check --config config")
def check(
    stored: Annotated[
        bool,
        typer.Option("--stored", help="Also warn of sources none of whose stored articles are published."),
    ] = False,
    over: Annotated[
        bool,
        typer.Option("--over", help="Also list the decisions of which nothing is expected any more."),
    ] = False,
    as_json: AsJson = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Print every problem of the configuration as `file:line: key: what is wrong`; exit 1 if any.

    Warnings are not problems: the exit code stays 0. Decisions of which nothing is expected any more are
    counted; --over lists them, with why and since when. Beside problems there are the warnings that do not
    hang on them.
    """
    problems = check_config(config, os.environ)
    idle, notes = ([], []) if problems else _find_idle_decisions(config, is_over_listed=over)
    unpublished = _find_unpublished(config) if stored and not problems else ()
    warnings = (*_find_warnings(config, problems), *unpublished, *idle)
    if as_json:
        print_json({"problems": problems, "warnings": warnings, "notes": notes})
    else:
        lines = problems or [f"{config}: no problems"]
        typer.echo("\n".join([*lines, *(f"warning: {text}" for text in warnings), *notes]))
    if problems:
        raise typer.Exit(1)


def _find_warnings(config: Path, problems: Sequence[str]) -> Iterator[str]:
    """Yield what is doubtful of what is right, and not only as something else is wrong."""
    if any(problem.startswith(f"{config}: ") for problem in problems):  # it is no folder of a configuration
        return
    broken = {name for name in FILES if any(line.startswith(f"{config / name}:") for line in problems)}
    if missing := missing_site_keys(config):
        yield describe_missing_keys(config, missing)
    valid = load_valid_parts(config, os.environ)
    for source in valid.sources:
        if "settings.yaml" in broken or source.kind != "sitemap":
            continue
        if not (source.page and valid.settings.enrich.pages):
            why = "titles without texts are hardly published, and no pages are read: see enrich.pages"
            yield f"{config / 'sources.yaml'}: {source.id} is a sitemap: {why}"
    for topic in () if broken & {"sources.yaml", "topics.yaml"} else topics_without_supply(valid):
        why = "it has no keywords, and no source assigns it, nor a topic below it"
        yield f"{config / 'topics.yaml'}: {topic} can have no articles: {why}"
    yield from map(str, _find_doubtful_rules(valid, broken))
    places = locate_decisions(config, valid.texts) if valid.decisions else {}
    for one in valid.decisions:
        if one.is_in_force(clock()) and (what := describe_markup(one)):
            yield f"{places[one.id]}: decision {one.id}: {what}"


def _find_doubtful_rules(valid: Config, broken: Collection[str]) -> Iterator[Problem]:
    if not valid.texts.get("curation.yaml", b"").strip():
        return
    # The engine of clauses takes longer to import than the rest.
    from aggregator.cli.editing.known_publishers import list_known_publishers  # noqa: PLC0415
    from aggregator.config.checks.clause_doubts import find_doubtful_clauses, find_doubtful_rules  # noqa: PLC0415

    found = [*find_doubtful_rules(valid, clock())]
    found += find_doubtful_clauses(valid, list_known_publishers(valid), broken=broken)
    yield from sorted(found, key=lambda one: (one.line or 0, one.column or 0))


def _find_idle_decisions(folder: Path, *, is_over_listed: bool) -> tuple[list[str], list[str]]:
    """Return warnings of decisions that should change something, and notes on those that need not."""
    checked = read_config(folder)
    if not checked.decisions:
        return [], []
    # Only what is decided needs the store here, which takes longer to import than the rest.
    from aggregator.cli.stores import missing_store_file  # noqa: PLC0415
    from aggregator.cli.workspace import open_existing_workspace  # noqa: PLC0415
    from aggregator.pipeline.decision_targets import find_idle_decisions  # noqa: PLC0415

    if missing_store_file(checked) is not None:  # nothing was polled yet
        return [], []
    with open_existing_workspace(checked) as workspace:
        found = list(find_idle_decisions(checked.decisions, workspace.look_at_site(clock())))
    places = locate_decisions(folder, checked.texts)
    told = {one: f"{places[one.decision.id]}: decision {one.decision.id}: {one.idle.why}" for one in found}
    loud = [f"{text}; {ADVICE}" for one, text in told.items() if one.idle.excuse is None]
    quiet = [
        f"{text}{_format_since(one.idle.since)}" for one, text in told.items() if one.idle.excuse is not None
    ]
    excuses = Counter(one.idle.excuse for one in found if one.idle.excuse is not None)
    if not excuses:
        return loud, []
    said = ", ".join(excuse.describe(count) for excuse, count in excuses.items())
    count = format_count(excuses.total(), "decision does", "decisions do")
    summary = f"{folder / DECISIONS_FOLDER}: {count} nothing any more: {said}"
    return loud, [*(quiet if is_over_listed else ()), summary]


def _format_since(at: datetime | None) -> str:
    since = format_time_if_known(at)
    return f", since {since}" if since else ""


def _find_unpublished(config: Path) -> Iterator[str]:
    # Only what is stored needs the store, which takes longer to import than the rest.
    from aggregator.cli.service.reach import reach_of_sources, unpublished_sources  # noqa: PLC0415
    from aggregator.cli.workspace import open_existing_workspace  # noqa: PLC0415

    with open_existing_workspace(read_config(config)) as workspace:
        for source_id, reason in unpublished_sources(reach_of_sources(workspace, clock())):
            yield f"{source_id}: {reason}"
