"""``aggregator stories evaluate``: how well stories are found."""

import json
import resource
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.terminal.progress_bar import show_progress_bar
from aggregator.cli.terminal.table import format_table
from aggregator.errors import AggregatorError
from aggregator.pipeline.story_evaluation import (
    LabelledArticles,
    compare_thresholds,
    evaluate_grouping,
    read_labelled_articles,
    tune_thresholds,
)
from aggregator.stories import Thresholds

TUNING_ROUNDS = 60

app = typer.Typer()


@app.command(name="evaluate", epilog="Example: aggregator stories evaluate labelled.jsonl --json")
def evaluate_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Articles, a JSON object a line.")],
    *,
    window_h: Annotated[float | None, typer.Option(min=1, help="Hours that a story stays open.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for other programs.")] = False,
    assigned: Annotated[
        Path | None, typer.Option("--assign", metavar="OUT", help="Write id and story of every article.")
    ] = None,
    tuned: Annotated[
        bool, typer.Option("--tune", help="Search better thresholds for this file; changes nothing.")
    ] = False,
) -> None:
    """Group labelled articles in order of time with the default thresholds, and print how well it went.

    Each line has `id`, `title`, `published_at`, and where known `excerpt`, `url`, `provider`, `language` and
    `story`: the label. Articles without a label take part but are not scored.
    """
    labelled = read_labelled_articles(file)
    thresholds = Thresholds() if window_h is None else replace(Thresholds(), window_h=window_h)
    if tuned:
        _tune(labelled, thresholds)
        return
    with show_progress_bar("grouping", len(labelled.articles)) as bar:
        found, agreed, articles_per_s = evaluate_grouping(labelled, thresholds, bar.advance)
    if assigned is not None:
        rows = (json.dumps({"id": a.id, "story": found[a.id]}) for a in labelled.articles)
        assigned.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    figures = {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(agreed).items()}
    figures["stories_found"] = len(set(found.values()))
    report = {**figures, "articles_per_s": round(articles_per_s, 1), "peak_mib": _peak_mib()}
    typer.echo(
        json.dumps(report) if as_json else "\n".join(format_table(("figure", ""), list(report.items())))
    )


def _tune(labelled: LabelledArticles, thresholds: Thresholds) -> None:
    if not labelled.labels:
        raise AggregatorError("there are no labels to tune by: give articles a `story`")
    with show_progress_bar("trying thresholds", TUNING_ROUNDS) as bar:
        for best, reached in tune_thresholds(labelled, thresholds, TUNING_ROUNDS):
            bar.advance()
            final = best, reached
    best, reached = final
    changes = ", ".join(f"{name} {value}" for name, value in compare_thresholds(best, Thresholds()).items())
    typer.echo(f"BCubed F1 {reached.bcubed_f1:.4f} (precision {reached.bcubed_precision:.4f}) with {changes}")


def _peak_mib() -> float:
    kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(kib / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)
