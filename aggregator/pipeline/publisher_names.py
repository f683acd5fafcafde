"""The one name that each publisher is shown under, whatever its feeds and pages call it."""

from dataclasses import dataclass

from aggregator.enrich import SHARED_DOMAINS, NameUse, choose_name, clean_site_name
from aggregator.rules import Rules
from aggregator.store import NamedArticles, Store, count_named_articles, list_publisher_domains


@dataclass(frozen=True, kw_only=True, slots=True)
class UnlistedPublisher:
    """A publisher that the operator did not name: the name in use, its origin, and how many new articles."""

    domain: str
    name: str
    origin: str
    articles: int


def list_unlisted_publishers(rules: Rules, store: Store) -> tuple[UnlistedPublisher, ...]:
    """Return the publishers that nobody listed, those with most articles among their newest first.

    Not those that only have a channel on a platform where many publish: each keeps its own name there.
    """
    found = (find_unlisted_publisher(domain, rules, store) for domain in list_publisher_domains(store))
    unlisted = (publisher for publisher in found if publisher is not None)
    return tuple(sorted(unlisted, key=lambda publisher: (-publisher.articles, publisher.domain)))


def find_unlisted_publisher(domain: str, rules: Rules, store: Store) -> UnlistedPublisher | None:
    """Return a publisher under the name that its newest articles give it, None for one that was listed."""
    if domain in SHARED_DOMAINS or _is_listed(domain, rules):
        return None
    found = count_named_articles(store, domain)
    uses = [_describe_use(named) for named in found if named.origin != "config"]
    return _choose_name(domain, uses) if uses else None


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
