"""What an article waits for before any feed shows it, until when, and in which words that is told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.curate.editor_decisions import PART, find_last
from aggregator.curate.editor_rules import RuleTrace
from aggregator.curate.rule_times import find_next_change
from aggregator.curate.score import KEPT_OUT
from aggregator.model import Article, revise
from aggregator.model.curation import ALONE, name_rule
from aggregator.model.decisions import Decision, Verb
from aggregator.pipeline.page_wait import is_held_back, waits_for_page
from aggregator.pipeline.site import Site
from aggregator.pipeline.story_facts import read_story_facts
from aggregator.rules import Rules
from aggregator.store import read_carriers
from aggregator.text import format_time


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait:
    """One thing that an article waits for, and until when.

    ``why`` goes on from "it waits until …", with "at the latest" where it ``may_end_sooner`` by itself.
    ``change`` would end it now, empty: nothing does. Where it is a ``part`` of the quality, that has so many
    ``points`` afterwards.
    """

    until: datetime
    why: str
    may_end_sooner: bool = False
    change: str = ""
    part: str = ""
    points: int = 0


def read_waits(article: Article, site: Site) -> tuple[Wait, ...]:
    """Return what a stored article waits for ``now``, what takes longest first."""
    source_ids = read_carriers(site.store, [article.id]).get(article.id, ())
    facts = read_story_facts({article.id}, site.store).get(article.id, ALONE)
    traces = site.rules.explain_rules(article, source_ids, now=site.now, story=facts)
    return list_waits(article, site.rules.decisions.of(article, site.now), traces, site.rules, site.now)


def list_waits(
    article: Article, decisions: Sequence[Decision], traces: Sequence[RuleTrace], rules: Rules, now: datetime
) -> tuple[Wait, ...]:
    """Return what an article waits for ``now``, what takes longest first.

    ``decisions`` are those on it that count, ``traces`` what each editors' rule says of it.
    """
    found = (
        *_list_decided(decisions),
        *_list_ruled(article, traces, rules, now),
        *_list_own(article, rules, now),
    )
    return tuple(sorted(found, key=lambda wait: wait.until, reverse=True))


def describe_waits(waits: Sequence[Wait]) -> str:
    """Return what an article waits for, and until when, as a sentence without a full stop."""
    if not waits:
        return "it waits for nothing"
    *told, last = map(_describe, waits)
    return f"it waits {', '.join(told)} and {last}" if told else f"it waits {last}"


def list_shortcuts(waits: Sequence[Wait]) -> tuple[str, ...]:
    """Return what would end all waits now; nothing where one of them can only be sat out."""
    changes = tuple(wait.change for wait in waits)
    return (" and ".join(changes),) if all(changes) else ()


def _describe(wait: Wait) -> str:
    latest = " at the latest" if wait.may_end_sooner else ""
    return f"until {format_time(wait.until)}{latest} {wait.why}"


def _list_decided(decisions: Sequence[Decision]) -> Iterator[Wait]:
    hold = find_last(decisions, Verb.HOLD_UNTIL)
    if hold is not None and hold.held_until is not None:
        name = f"{PART}{hold.id}"
        yield Wait(
            until=min(at for at in (hold.held_until, hold.until) if at is not None),
            why=f"by {name}",
            change=f"a sooner `hold-until` than {name}",
        )


def _list_ruled(article: Article, traces: Sequence[RuleTrace], rules: Rules, now: datetime) -> Iterator[Wait]:
    """Yield the rules that hold an article, as it is judged."""
    for rule in (rules.editor_rules.by_id[trace.rule_id] for trace in traces if trace.is_applied):
        name, hold = name_rule(rule.id), rule.then.hold
        if hold is None or article.quality_parts.get(name, 0) > KEPT_OUT:
            continue
        ends = (article.first_seen_at + hold, find_next_change(rule, now))
        until = min(at for at in ends if at is not None)
        points = KEPT_OUT if rule.then.drop and not rule.topics else rule.then.quality
        if until > now:
            yield Wait(
                until=until, why=f"by {name}", change=f"change or end {name}", part=name, points=points
            )


def _list_own(article: Article, rules: Rules, now: datetime) -> Iterator[Wait]:
    if article.release_at is not None and is_held_back(article, now):
        yield Wait(until=article.release_at, why="for its turn (`max_per_hour` of its source)")
    if waits_for_page(revise(article, release_at=None), rules, now):
        end = article.first_seen_at + timedelta(seconds=rules.enrichment.wait_s)
        yield Wait(until=end, why="for its page to be read", may_end_sooner=True)
