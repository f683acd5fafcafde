"""What is told of decisions on an article or a story: those that count, and those that are over."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType

from aggregator.cli.terminal.table import format_time_if_known
from aggregator.model.decisions import Decision
from aggregator.pipeline.idle_decisions import IdleDecision
from aggregator.text import format_time

NONE_IDLE: Mapping[str, str] = MappingProxyType({})
ON_STORY = "decisions on its story:"
ON_STORY_OVER = "decisions on its story that are over:"


def describe_decisions(
    decisions: Sequence[Decision], heading: str = "decisions:", *, idle: Mapping[str, str] = NONE_IDLE
) -> Iterator[str]:
    """Yield a line for each decision that counts, after a heading; ``idle`` says why one changes nothing."""
    if decisions:
        yield heading
    for one in decisions:
        yield _describe_decision(one) + (
            f"; it changes nothing now: {idle[one.id]}" if one.id in idle else ""
        )


def describe_over(over: Sequence[IdleDecision], heading: str = "decisions that are over:") -> Iterator[str]:
    """Yield a line for each decision that counts no more, with since when and why, after a heading."""
    if over:
        yield heading
    for one in over:
        since = f" since {format_time(one.idle.since)}" if one.idle.since else ""
        yield f"{_describe_decision(one.decision)}; over{since}: {one.idle.why}"


def report_decision(one: Decision, idle: str | None) -> dict[str, str | None]:
    """Return a decision for other programs, with why it changes nothing; None: it does."""
    return {**_report_parts(one), "changesNothingBecause": idle}


def report_over(one: IdleDecision) -> dict[str, str | None]:
    """Return a decision that is over for other programs, with why and since when."""
    since = format_time_if_known(one.idle.since)
    return {**_report_parts(one.decision), "overBecause": one.idle.why, "overSince": since}


def _report_parts(one: Decision) -> dict[str, str | None]:
    said = asdict(one)
    public_reason = said.pop("public_reason")
    times = {name: format_time_if_known(getattr(one, name)) for name in ("at", "until")}
    return {**said, "verb": one.verb.value, **times, "publicReason": public_reason}


def _describe_decision(one: Decision) -> str:
    said = "".join(f" {part}" for part in (one.value, one.topic and f"in {one.topic}") if part)
    until = f", until {format_time(one.until)}" if one.until else ""
    told = f"; readers are told: {one.public_reason}" if one.public_reason else ""
    return f"- {one.id}: {one.verb}{said}: {one.reason} ({one.by}, {format_time(one.at)}{until}){told}"
