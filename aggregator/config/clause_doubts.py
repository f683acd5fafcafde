"""Clauses of rules that are surely a mistake, with where they stand: what they name is nowhere configured."""

from collections.abc import Collection, Iterator

from aggregator.clauses import KnownByField, KnownTexts, check_clause, find_doubts
from aggregator.config.curation_checks import list_clauses, place_in_clause
from aggregator.config.entry_reading import find_entries
from aggregator.config.file_bodies import read_config_file
from aggregator.config.loading import Config
from aggregator.config.problems import Problem
from aggregator.urls import host_of, registrable_domain

_FILE = "curation.yaml"


def list_known_texts(config: Config, domains: Collection[str] = ()) -> KnownByField:
    """Return what a configuration knows that fields of clauses can be.

    ``domains`` are publishers that are known besides; there may always be others.
    """
    own = {one.domain for one in config.providers}
    polled = {registrable_domain(host_of(one.url)) for one in config.sources}
    families = frozenset({"", *(one.family for one in config.providers if one.family)})
    return {
        "source": KnownTexts(frozenset(one.id for one in config.sources), "no source {} in sources.yaml"),
        "topics": KnownTexts(frozenset(one.id for one in config.topics), "no topic {} in topics.yaml"),
        "provider.family": KnownTexts(families, "no family {} in providers.yaml"),
        "provider.domain": KnownTexts(
            frozenset({*own, *polled, *domains}), "no publisher {} is known", is_all=False
        ),
    }


def find_doubtful_clauses(config: Config, domains: Collection[str] = ()) -> Iterator[Problem]:
    """Yield what is surely a mistake in the clauses of a configuration that compile.

    ``domains`` is as for ``list_known_texts``.
    """
    if not config.rules:
        return
    document = read_config_file(config.folder, _FILE, config.texts.get(_FILE))
    rules, _ = find_entries(document, "rules")
    known = list_known_texts(config, domains)
    for number, rule in enumerate(rules.entries):
        for steps, text in list_clauses(rule):
            for doubt in () if check_clause(text) else find_doubts(text, known):
                yield place_in_clause(rules, number, steps, doubt.offset, doubt.text)
