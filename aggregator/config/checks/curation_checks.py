"""Checks of rules that one key alone cannot make: clauses, topics, ids."""

from collections.abc import Iterator

from aggregator.clauses import check_clause, compile_clause
from aggregator.config.checks.checks import describe_unknown_topic, find_duplicates
from aggregator.config.checks.entry_list import EntryList
from aggregator.config.checks.problems import Problem
from aggregator.config.files.scalar_places import find_place

_YAML = "YAML"
_LEAVE = "leave one of two backslashes, take single ones around the clause"
_TOPICS = (("topics",), ("then", "add_topic"), ("then", "remove_topic"))


def check_rules(rules: EntryList, topics: EntryList) -> Iterator[Problem]:
    """Yield clauses that do not compile, ids that are doubled, and topics that are unknown."""
    ids = rules.texts("id")
    yield from find_duplicates(rules, "id", ids, ids)
    known = frozenset(topics.texts("id").values())
    for number, rule in enumerate(rules.entries):
        if isinstance(rule, dict):
            yield from _check_clauses(rules, number, rule)
            if topics.is_known:
                yield from _check_topics(rules, number, rule, known)


def _check_clauses(rules: EntryList, number: int, rule: dict[str, object]) -> Iterator[Problem]:
    effects = rule.get("then")
    is_alone = isinstance(effects, dict) and effects.get("no_story") is True
    for steps, text in list_clauses(rule):
        problems = check_clause(text) if text.strip() else ()
        for one in problems:
            yield place_in_clause(rules, number, steps, one.offset, one.text)
        if is_alone and not problems and any(n.startswith("story.") for n in compile_clause(text).names):
            what = "asks for the story that no_story would change, allowed: no field of story beside no_story"
            yield place_in_clause(rules, number, steps, max(text.find("story."), 0), what)


def list_clauses(rule: object) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the clauses of a rule as it was read, each with where it stands in it."""
    if isinstance(rule, dict):
        yield from _list_texts(rule.get("when"), ("when",))


def place_in_clause(
    rules: EntryList, number: int, steps: tuple[str | int, ...], offset: int, text: str
) -> Problem:
    """Return the problem at a character of a clause, which stands at ``steps`` of the rule of a number."""
    document, path = rules.document, (rules.key, number, *steps)
    line, column = find_place(document, path, offset)
    if text.startswith("\\") and _YAML not in text and getattr(document.node(path), "style", None) == '"':
        text = f"{text}; {_YAML}'s double quotes {_LEAVE}"
    return Problem(document.file, line, path, text, column)


def _check_topics(
    rules: EntryList, number: int, rule: dict[str, object], known: frozenset[str]
) -> Iterator[Problem]:
    for steps in _TOPICS:
        found: object = rule
        for step in steps:
            found = found.get(step) if isinstance(found, dict) else None
        for path, topic in _list_texts(found, steps):
            if topic not in known:
                yield rules.problem(number, path, describe_unknown_topic(topic, known))


def _list_texts(found: object, steps: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield one text, or those of a list, each with where it stands."""
    if isinstance(found, str):
        yield steps, found
    for place, one in enumerate(found if isinstance(found, list) else ()):
        if isinstance(one, str):
            yield (*steps, place), one
