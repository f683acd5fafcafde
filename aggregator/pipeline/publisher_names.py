"""The one name that each publisher is shown under, whatever its feeds and pages call it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from aggregator.enrich import SHARED_DOMAINS, NameUse, choose_name, clean_site_name
from aggregator.rules import Rules
from aggregator.store import NamedArticles, Store, count_named_articles


@dataclass(frozen=True, kw_only=True, slots=True)
class UnlistedPublisher:
    """A publisher that the operator did not name: the name in use, its origin, and how many new articles."""

    domain: str
    name: str
    origin: str
    articles: int


def list_unlisted_publishers(rules: Rules, store: Store) -> tuple[UnlistedPublisher, ...]:
    """Return the publishers of the newest articles that nobody listed, those with most articles first.

    Not those that only have a channel on a platform where many publish: each keeps its own name there.
    """
    by_domain: dict[str, list[NameUse]] = defaultdict(list)
    for found in count_named_articles(store):
        if (
            found.origin != "config"
            and found.domain not in SHARED_DOMAINS
            and not _is_listed(found.domain, rules)
        ):
            by_domain[found.domain].append(_describe_use(found))
    unlisted = (_choose_name(domain, uses) for domain, uses in by_domain.items())
    return tuple(sorted(unlisted, key=lambda publisher: (-publisher.articles, publisher.domain)))


def find_publisher_names(rules: Rules, store: Store) -> Mapping[str, str]:
    """Return domain -> name of the publishers that the operator did not list."""
    return {publisher.domain: publisher.name for publisher in list_unlisted_publishers(rules, store)}


def _is_listed(domain: str, rules: Rules) -> bool:
    listed = rules.registry.find(domain)
    return listed is not None and bool(listed.name)


def _describe_use(found: NamedArticles) -> NameUse:
    """Return how a name is used; what an older version stored may still be the name of a section."""
    is_stated = found.origin != "feed"
    name = "" if found.name == found.domain else clean_site_name(found.name, found.domain)
    return NameUse(name=name, origin="page" if is_stated else "feed", articles=found.articles)


def _choose_name(domain: str, uses: list[NameUse]) -> UnlistedPublisher:
    name = choose_name(uses, domain)
    origins = {use.origin for use in uses if use.name == name}
    origin = "domain" if name == domain else "page" if "page" in origins else "feed"
    return UnlistedPublisher(
        domain=domain, name=name, origin=origin, articles=sum(use.articles for use in uses)
    )
