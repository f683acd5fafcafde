"""Rules and their clauses that are surely a mistake, with where they stand."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from aggregator.clauses import (
    KnownByField,
    KnownTexts,
    check_clause,
    find_contradictions,
    find_doubts,
)
from aggregator.config.checks.curation_checks import list_clauses, place_in_clause
from aggregator.config.checks.entry_list import EntryList
from aggregator.config.checks.problems import Problem
from aggregator.config.entry_reading import find_entries
from aggregator.config.files.file_bodies import read_config_file
from aggregator.config.loading import Config
from aggregator.model.curation import EditorRule
from aggregator.urls import host_of, registrable_domain

_FILE = "curation.yaml"
_LEAST_LIKENESS_OF_NAMES = 0.88
"""Names of publishers are made of the same words: less than that is another one."""
_KNOWN_IN = {
    "source": "sources.yaml", "topics": "topics.yaml", "provider.family": "providers.yaml",
}  # fmt: skip
"""By field the file that tells all that it can be."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredPublishers:
    """Domains and names of publishers that have an article."""

    domains: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


NO_PUBLISHERS = StoredPublishers()


def list_known_texts(
    config: Config, stored: StoredPublishers = NO_PUBLISHERS, *, broken: Collection[str] = ()
) -> KnownByField:
    """Return what a configuration knows that fields of clauses can be; publishers there may always be others.

    Of files that are ``broken``, by their names, it is not known what they were to hold.
    """
    own = {one.domain for one in config.providers}
    polled = {registrable_domain(host_of(one.url)) for one in config.sources}
    families = frozenset({"", *(one.family for one in config.providers if one.family)})
    names = frozenset({*stored.names, *(one.name for one in config.providers if one.name)})
    found = {
        "source": KnownTexts(frozenset(one.id for one in config.sources), "no source {} in sources.yaml"),
        "topics": KnownTexts(frozenset(one.id for one in config.topics), "no topic {} in topics.yaml"),
        "provider.family": KnownTexts(families, "no family {} in providers.yaml"),
        "provider.domain": KnownTexts(
            frozenset({*own, *polled, *stored.domains}), "no publisher {} is known", is_all=False
        ),
        "provider.name": KnownTexts(
            names, "no publisher is called {}", is_all=False, least_likeness=_LEAST_LIKENESS_OF_NAMES
        ),
    }
    return {field: known for field, known in found.items() if _KNOWN_IN.get(field) not in broken}


def find_doubtful_clauses(
    config: Config, stored: StoredPublishers = NO_PUBLISHERS, *, broken: Collection[str] = ()
) -> Iterator[Problem]:
    """Yield what is surely a mistake in the clauses of a configuration that compile.

    ``stored`` and ``broken`` are as for ``list_known_texts``.
    """
    known = list_known_texts(config, stored, broken=broken)
    rules = _read_rules(config)
    for number, rule in enumerate(rules.entries):
        for steps, text in _list_sound(rule):
            for doubt in find_doubts(text, known):
                yield place_in_clause(rules, number, steps, doubt.offset, doubt.text)


def find_doubtful_rules(config: Config, now: datetime) -> Iterator[Problem]:
    """Yield the rules that do nothing, or not what they say: that have ended, or contradict themselves."""
    by_id = {rule.id: rule for rule in config.rules}
    rules = _read_rules(config)
    for number, id_ in rules.texts("id").items():
        if (rule := by_id.get(id_)) is None:
            continue
        clauses = list(_list_sound(rules.entries[number]))
        for place, doubt in find_contradictions([text for _, text in clauses], rule.topics):
            yield place_in_clause(rules, number, clauses[place][0], doubt.offset, doubt.text)
        yield from _doubt_effects(rules, number, rule)
        if rule.until_at is not None and rule.until_at <= now:
            yield rules.problem(
                number, ("until",), "the rule has ended, and does nothing: remove it, or let it last"
            )


def _doubt_effects(rules: EntryList, number: int, rule: EditorRule) -> Iterator[Problem]:
    then = rule.then
    taken = {*then.remove_topic, *(rule.topics if then.drop else ())}
    for topic_id in then.add_topic:
        if topic_id in taken:
            why = f"the rule takes {topic_id} away as well: an article that it applies to is in {topic_id}"
            yield rules.problem(number, ("then", "add_topic"), why)


def _read_rules(config: Config) -> EntryList:
    document = read_config_file(config.folder, _FILE, config.texts.get(_FILE))
    return find_entries(document, "rules")[0]


def _list_sound(rule: object) -> Iterator[tuple[tuple[str | int, ...], str]]:
    return ((steps, text) for steps, text in list_clauses(rule) if not check_clause(text))
