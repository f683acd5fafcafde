"""What waits for nothing of a changed configuration: decisions that take out what was published."""

from collections.abc import Iterable
from dataclasses import replace

from aggregator.config.files.decision_files import KEY, TAKEDOWNS
from aggregator.config.files.file_bodies import DECISIONS_FOLDER, FILES
from aggregator.config.files.yaml_text import dump_value
from aggregator.config.loading import Config
from aggregator.model.decisions import URGENT_VERBS, Decision, Verb

_FILE = f"{DECISIONS_FOLDER}/taken-up.yaml"
_TEXTS = ("target", "value", "topic", "reason", "public_reason", "by")


def take_urgent(before: Config, after: Config) -> tuple[Config, tuple[str, ...]]:
    """Return ``before`` with the urgent decisions of ``after`` that it lacks, and their ids.

    Its files then have all its decisions in one, so that it can be kept and read again as it is. ``after``
    may be what is right of files with problems: of decisions of one id the first urgent one counts.
    """
    known = {one.id: one for one in before.decisions}
    asked = {one.id: one for one in reversed(after.decisions) if one.verb in URGENT_VERBS}
    urgent = [one for one in reversed(asked.values()) if known.get(one.id) != one]
    if not urgent:
        return before, ()
    places = {one.id: place for place, one in enumerate(after.decisions)}
    merged = {**known, **{one.id: one for one in urgent}}.values()
    decisions = tuple(sorted(merged, key=lambda one: places.get(one.id, -1)))
    texts = {name: body for name, body in before.texts.items() if name in FILES}
    texts[_FILE] = render_decisions(decisions).encode()
    return replace(before, decisions=decisions, texts=texts), tuple(one.id for one in urgent)


def render_decisions(decisions: Iterable[Decision]) -> str:
    """Return decisions as the text of a file that has them all."""
    lists: dict[str, list[dict[str, str]]] = {KEY: [], TAKEDOWNS: []}
    for one in decisions:
        lists[TAKEDOWNS if one.verb is Verb.TAKEDOWN else KEY].append(_list_keys(one))
    return dump_value(lists)


def _list_keys(one: Decision) -> dict[str, str]:
    verb = {} if one.verb is Verb.TAKEDOWN else {"verb": one.verb.value}
    texts = {key: value for key in _TEXTS if (value := getattr(one, key)) is not None}
    until = {"until": one.until.isoformat()} if one.until else {}
    return {"id": one.id, **verb, **texts, **until, "at": one.at.isoformat()}
