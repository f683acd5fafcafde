"""``aggregator decide``: decide on one article, story or publisher, and see first what that changes."""

import getpass
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.completion import TOPIC_ID
from aggregator.cli.options import DEFAULT_CONFIG, ConfigFolder, clock, print_json, read_config
from aggregator.cli.terminal.log import log_to_stderr
from aggregator.config import UsableConfig
from aggregator.errors import AggregatorError, ConfigError
from aggregator.model.decisions import URGENT_VERBS, Verb

VerbWord = Annotated[str, typer.Argument(metavar="VERB", help="What to do, such as retitle or withdraw.")]
Target = Annotated[
    str,
    typer.Argument(
        metavar="TARGET",
        help="An article, or one of a story: id, address, or words of its title; takedown: or a domain.",
    ),
]
Values = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[VALUE]...",
        help="What the verb sets: a topic, time, points; a title or note, in plain text. Of split several:"
        " the other articles of the story, without them all.",
    ),
]
Reason = Annotated[str, typer.Option(metavar="TEXT", help="Why, for those who edit.")]
PublicReason = Annotated[str | None, typer.Option(metavar="TEXT", help="Why, for readers of the feeds.")]
By = Annotated[str | None, typer.Option(metavar="NAME", help="Who decides; without it, who is logged in.")]
PinTopic = Annotated[
    str | None, typer.Option(**TOPIC_ID, help="In whose feeds to pin it; all for those of everything.")
]
Until = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="When it ends: 12h, 3d, 2w, tomorrow, or a time with its zone."),
]
app = typer.Typer()


@app.command(
    context_settings={"ignore_unknown_options": True},  # points may be less than none
    epilog='Example: aggregator decide retitle https://a.example/1 "A calm title" --reason shouting',
)
def decide(  # an option each
    verb: VerbWord,
    target: Target,
    values: Values = None,
    *,
    reason: Reason,
    public_reason: PublicReason = None,
    by: By = None,
    topic: PinTopic = None,
    until: Until = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object; decides only with --yes.")
    ] = False,
    config: ConfigFolder = DEFAULT_CONFIG,
) -> None:
    """Decide on one article, story or publisher, after showing what that changes in which feeds.

    Verbs: pin, ban, retitle, re-excerpt, picture, add-topic, remove-topic, hold-until, quality; for what is
    published: correct, withdraw, kill, restore; for an article or publisher that is to be nowhere: takedown;
    for stories: merge, split, lead, link, unlink. It is written to a file in `config/decisions`, where it can
    be changed and taken back.
    """
    # Its help waits for nothing that reads the store.
    from aggregator.cli.editing.decision_report import describe_preview, report_preview  # noqa: PLC0415
    from aggregator.cli.editing.plan_making import show_steps  # noqa: PLC0415
    from aggregator.cli.stores import open_existing_store  # noqa: PLC0415
    from aggregator.pipeline.editing.decision_preview import DecisionWish, preview_decision  # noqa: PLC0415
    from aggregator.pipeline.editing.decision_times import read_until  # noqa: PLC0415

    log_to_stderr(logging.WARNING)
    now = clock()
    _refuse_options(verb, target, *(values or ()))
    wish = DecisionWish(
        verb=verb, target=target, value=_join_values(verb, values or ()), topic=topic, reason=reason,
        until=read_until(until, now, called="--until"), public_reason=public_reason,
        by=by or getpass.getuser(),
    )  # fmt: skip
    usable = _read_config(verb, config)
    with open_existing_store(usable.config) as store:
        with show_steps() as on_step:
            preview = preview_decision(wish, usable, store=store, now=now, on_step=on_step)
        if not as_json:
            typer.echo("\n".join(describe_preview(preview)))
        is_written = _ask(yes=yes, as_json=as_json)
        if is_written:
            preview.write(store)
    if as_json:
        print_json(report_preview(preview, is_written=is_written))
    elif is_written:
        typer.echo(preview.describe_next())


def _read_config(verb: str, folder: Path) -> UsableConfig:
    """Return what to decide by; raises ConfigError where the files have problems and must not."""
    from aggregator.cli.usable_config import read_usable_config  # noqa: PLC0415

    urgent = sorted(one.value for one in URGENT_VERBS)
    if verb in urgent:
        return read_usable_config(folder)
    try:
        return UsableConfig(read_config(folder))
    except ConfigError as error:
        beside = f"{', '.join(urgent[:-1])} and {urgent[-1]}"
        advice = f"nothing is decided: mend this first; only {beside} can be decided beside it"
        raise ConfigError([*error.problems, advice]) from None


def _join_values(verb: str, values: Sequence[str]) -> str | None:
    """Return the value of a decision, None: without one; raises AggregatorError for several but of split."""
    if len(values) > 1 and verb != Verb.SPLIT:
        raise AggregatorError(f"{verb} takes one value, {len(values)} are given: quote one that has spaces")
    return " ".join(values) if values else None


def _refuse_options(*words: str) -> None:
    for word in words:
        if word.startswith("--"):
            raise AggregatorError(f"no such option: {word}: see aggregator decide --help")


def _ask(*, yes: bool, as_json: bool) -> bool:
    """Tell whether to decide so; raises typer.Abort where the answer is no."""
    if yes or as_json:
        return yes
    if not sys.stdin.isatty():
        raise AggregatorError("nobody can be asked, and nothing is decided: decide with --yes")
    typer.confirm("decide so?", abort=True)
    return True
