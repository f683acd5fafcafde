"""What ``aggregator stories truth`` says of other thresholds: how they fit the answers, and better ones."""

import re
from collections.abc import Sequence
from dataclasses import asdict, replace

import typer

from aggregator.cli.terminal.progress_bar import show_progress_bar
from aggregator.cli.terminal.table import format_table
from aggregator.cli.workspace import Workspace
from aggregator.errors import AggregatorError
from aggregator.pipeline.story_evaluation import compare_thresholds
from aggregator.pipeline.story_truth.threshold_check import (
    SETTABLE,
    AnswersFit,
    fit_answers,
    read_trial_articles,
    tune_by_answers,
)
from aggregator.stories import Thresholds
from aggregator.stories.truth import LEAST_ANSWERS, AnsweredPair

TUNING_ROUNDS = 40
_NUMBER = re.compile(r"\d*\.?\d+")
_ASK = "see `aggregator stories ask`"


def check(workspace: Workspace, pairs: Sequence[AnsweredPair], changes: str) -> None:
    """Print how today's thresholds and those with ``changes`` fit; raises AggregatorError where worse."""
    rules = workspace.rules
    proposed = parse_thresholds(changes, rules.stories.thresholds)
    if not pairs:
        raise AggregatorError(f"there are no answers to check thresholds by: {_ASK}")
    articles = read_trial_articles(workspace.store, pairs, rules.stories.thresholds)
    before, after = (fit_answers(articles, limits, pairs) for limits in (rules.stories.thresholds, proposed))
    _print_comparison(before, after)
    if after.f1 < before.f1:
        figures = f"F1 {after.f1:.4f} instead of {before.f1:.4f}"
        raise AggregatorError(f"refused: stories would agree less with the answers, {figures}")
    typer.echo("stories would agree with the answers as much as now, or more")


def parse_thresholds(changes: str, thresholds: Thresholds) -> Thresholds:
    """Return thresholds with those in ``changes``, as in "join=0.3,merge=0.2"; raises BadParameter."""
    values = {}
    for part in changes.split(","):
        name, _, value = (piece.strip() for piece in part.partition("="))
        if name not in SETTABLE or not _NUMBER.fullmatch(value):
            reason = f"{part!r} is no threshold, allowed: NAME=NUMBER with {', '.join(SETTABLE)}"
            raise typer.BadParameter(reason, param_hint="'--check-thresholds'")
        values[name] = float(value)
    return replace(thresholds, **values)


def tune(workspace: Workspace, pairs: Sequence[AnsweredPair]) -> None:
    """Print thresholds that fit the answers better, as ``settings.yaml`` takes them."""
    if len(pairs) < LEAST_ANSWERS:
        few = f"{len(pairs)}, at least {LEAST_ANSWERS} are needed"
        raise AggregatorError(f"too few answers to tune by: {few}; {_ASK}")
    rules = workspace.rules
    articles = read_trial_articles(workspace.store, pairs, rules.stories.thresholds)
    tried = []
    with show_progress_bar("trying thresholds", TUNING_ROUNDS + 1) as bar:
        for one in tune_by_answers(articles, rules.stories.thresholds, pairs, TUNING_ROUNDS):
            tried.append(one)
            bar.advance()
    best, reached = tried[-1]
    _print_comparison(tried[0][1], reached)
    changes = compare_thresholds(best, rules.stories.thresholds)
    if not changes:
        typer.echo("none of the thresholds that were tried fits the answers better")
        return
    typer.echo("for settings.yaml:\n\nstories:")
    typer.echo("\n".join(f"  {name}: {value:g}" for name, value in changes.items()))


def _print_comparison(before: AnswersFit, after: AnswersFit) -> None:
    rows = [
        (name.replace("_", " "), *(f"{getattr(fit, name):.4g}" for fit in (before, after)))
        for name in asdict(before)
    ]
    typer.echo("\n".join(format_table(("", "now", "then"), rows)))
