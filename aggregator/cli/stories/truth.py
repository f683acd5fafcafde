"""``aggregator stories truth``: how often this site's stories are right, by the answers that were given."""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Annotated

import typer

from aggregator.cli.completion import TOPIC_ID
from aggregator.cli.options import DEFAULT_CONFIG, AsJson, ConfigFolder, clock
from aggregator.cli.terminal.table import format_table
from aggregator.cli.usable_config import read_usable_config
from aggregator.cli.workspace import open_existing_workspace
from aggregator.pipeline.story_truth.answers import ASKED_DAYS, read_answered
from aggregator.stories.truth import (
    LEAST_ANSWERS,
    NEAR,
    AnsweredPair,
    Estimate,
    StoryTruth,
    count_answers,
    estimate_truth,
    is_of_stories,
)

SHOWN_PUBLISHERS = 5
_ASK = "ask more with `aggregator stories ask`"

app = typer.Typer()


@app.command(epilog="Example: aggregator stories truth --days 90 --json")
def truth(
    *,
    days: Annotated[int, typer.Option(min=1, help="Questions of the last so many days.")] = ASKED_DAYS,
    topic: Annotated[
        str,
        typer.Option(**TOPIC_ID, help="Questions that were drawn of this topic."),
    ] = "",
    as_json: AsJson = False,
    tuned: Annotated[
        bool, typer.Option("--tune", help="Search thresholds that fit the answers better; changes nothing.")
    ] = False,
    checked: Annotated[
        str,
        typer.Option(
            "--check-thresholds", metavar="NAME=VALUE,…", help="Refuse thresholds that fit the answers worse."
        ),
    ] = "",
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Print how often this site's stories are right: precision and recall, estimated from answers.

    Only questions that `aggregator stories ask` drew count, as the site had them when they were drawn.
    """
    with open_existing_workspace(read_usable_config(config).config) as workspace:
        since = clock() - timedelta(days=days)
        pairs, strata, skipped = read_answered(workspace.store, since=since, topic=topic)
        if checked or tuned:
            from aggregator.cli.stories import thresholds as story_thresholds  # noqa: PLC0415  # brings numpy

            if checked:
                story_thresholds.check(workspace, pairs, checked)
            else:
                story_thresholds.tune(workspace, pairs)
            return
    found = estimate_truth(pairs, strata)
    doubts = list(_list_doubts(pairs, found))
    if as_json:
        head = {"days": days, "topic": topic or None, "answers": len(pairs), "skipped": skipped}
        typer.echo(json.dumps({**head, **_make_report(found), "doubts": doubts}, indent=2))
    else:
        typer.echo(f"{len(pairs)} answers of the last {days} days, {skipped} skipped")
        typer.echo("\n".join((*_describe_truth(found), *doubts, *_describe_worst(found))))


def _describe_truth(found: StoryTruth) -> Iterator[str]:
    yield f"precision {_format(found.precision)}: of pairs in one story, how many belong there"
    yield f"recall {_format(found.recall)}: of pairs that belong in one story, how many are there"
    uncounted = f"pairs in two stories that are less alike than {NEAR:g}, which nobody is asked about"
    yield f"(not counted: {uncounted})"


def _format(estimate: Estimate | None) -> str:
    if estimate is None:
        return "unknown"
    return f"{estimate.value:.2f} [{estimate.low:.2f}, {estimate.high:.2f}]"


def _list_doubts(pairs: Sequence[AnsweredPair], found: StoryTruth) -> Iterator[str]:
    """Yield in words why figures cannot be relied on."""
    for is_together, name in ((True, "in one story"), (False, "kept apart")):
        count = count_answers(pairs, is_together=is_together)
        if count < LEAST_ANSWERS:
            yield f"too few answers about pairs {name}: {count}, at least {LEAST_ANSWERS} are needed; {_ASK}"
    if found.recall is None and pairs:
        yield f"recall is unknown without answers about near misses, and a pair that belongs together; {_ASK}"


def _describe_worst(found: StoryTruth) -> Iterator[str]:
    rows = [
        (one.name, round(one.pairs), one.answers, one.wrong,
         f"{one.wrong / one.answers:.2f}" if one.answers else None)
        for one in sorted(found.strata, key=lambda one: -one.wrong / max(1, one.answers))
    ]  # fmt: skip
    if rows:
        yield ""
        yield from format_table(("kind of pairs", "pairs", "answers", "wrong", "share"), rows)
    if found.mistakes:
        counted = sorted(found.mistakes.items(), key=lambda one: (-one[1], one[0]))
        yield ""
        yield from format_table(
            ("the site has them", "but they are", "answers"), [(*key, count) for key, count in counted]
        )
        yield ""
        yield from format_table(("publisher", "answers", "wrong"), found.publishers[:SHOWN_PUBLISHERS])


def _make_report(found: StoryTruth) -> dict[str, object]:
    kinds = [
        {"kind": one.name, "is_together": is_of_stories(one.name), "pairs": round(one.pairs, 1),
         "answers": one.answers, "wrong": one.wrong}
        for one in found.strata
    ]  # fmt: skip
    mistakes = sorted(found.mistakes.items())
    return {
        "precision": _round(found.precision),
        "recall": _round(found.recall),
        "kinds": kinds,
        "mistakes": [{"has_them": side, "answer": kind, "answers": n} for (side, kind), n in mistakes],
        "publishers": [
            {"publisher": domain, "answers": answers, "wrong": wrong}
            for domain, answers, wrong in found.publishers
        ],
    }


def _round(estimate: Estimate | None) -> dict[str, float] | None:
    return estimate and {name: round(value, 4) for name, value in estimate._asdict().items()}
