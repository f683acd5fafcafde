"""Who published an article: the registry's provider, else the registrable domain.

The longest listed domain that is a suffix of the host wins (``aws.amazon.com`` before
``amazon.com``). A publisher that is not listed gets its name from its own source's title, and only
where the article lies on that source's own site: a source that links elsewhere says nothing about
the names of those publishers.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from aggregator.enrich.amp import find_article_path, set_own_address
from aggregator.enrich.site_names import clean_site_name
from aggregator.model import Article, Provider, Source, revise
from aggregator.text import title_key
from aggregator.urls import host_of, registrable_domain


class ProviderRegistry:
    """The operator's providers, found by host."""

    def __init__(self, providers: Sequence[Provider]) -> None:
        by_domain = {provider.domain: provider for provider in providers}

        @lru_cache(maxsize=4096)
        def find(host: str) -> Provider | None:
            labels = host.split(".")
            suffixes = (".".join(labels[start:]) for start in range(len(labels)))
            return next((by_domain[suffix] for suffix in suffixes if suffix in by_domain), None)

        self._find = find
        self._has_patterns = any(provider.amp_pattern for provider in providers)

    def find(self, host: str) -> Provider | None:
        """Return the listed provider with the longest domain that ``host`` ends in, None if none is."""
        return self._find(host)

    def resolve(
        self, article: Article, source: Source, *, site_url: str | None, title: str | None
    ) -> Article:
        """Return ``article`` with its provider.

        ``site_url`` and ``title`` are what the source's document says of itself. A provider that
        the operator set for the source holds for all of its entries; else the one that an entry of an
        aggregator names.
        """
        article = self._replace_amp_link(article)
        if article.origins.get("provider") == "entry" and not source.provider:
            listed = self.find(article.provider.domain)
            return article if listed is None else _set_provider(article, listed, "config")
        host = source.provider or host_of(article.canonical_url or article.original_url or "")
        host = host or host_of(site_url or source.url)
        listed = self.find(host)
        if listed is not None:
            return _set_provider(article, listed, "config")
        domain = host if source.provider else registrable_domain(host)
        if source.provider or domain in _own_domains(site_url, source.url):
            said = source.name or ""
            name = clean_site_name(said or title or "", domain) or said
            return _set_provider(article, Provider(domain=domain, name=name or domain), "feed")
        return _set_provider(article, Provider(domain=domain, name=domain), "address")

    def _replace_amp_link(self, article: Article) -> Article:
        """Return ``article`` at its own address where its link is its AMP page by its provider's pattern."""
        if not self._has_patterns:
            return article
        provider = self.find(host_of(article.web_url or ""))
        pattern = provider.amp_pattern if provider else None
        url = find_article_path(article.web_url or "", pattern) if pattern else None
        if url is None or article.canonical_url is None:
            return article
        return set_own_address(article, url, origin="config")

    def refresh(self, article: Article) -> Article:
        """Return ``article`` with its provider as the registry lists it now; if it does not, as it was."""
        host = host_of(article.canonical_url or "")
        known = self.find(article.provider.domain)
        listed = self.find(host) if host.endswith("." + article.provider.domain) else known
        if listed is not None:
            return _set_provider(article, listed, "config")
        if article.provider.is_reuse_granted:  # a permission ends with its entry
            return revise(article, provider=replace(article.provider, is_reuse_granted=False))
        return article


@lru_cache(maxsize=64)
def _own_domains(site_url: str | None, url: str) -> frozenset[str]:
    """Return the registrable domains of a source and its site, asked for at each of its articles."""
    return frozenset(registrable_domain(host_of(own)) for own in (site_url, url) if own)


def _set_provider(article: Article, provider: Provider, origin: str) -> Article:
    is_own = article.credit is not None and title_key(article.credit) == title_key(provider.name)
    return revise(
        article,
        provider=provider,
        credit=None if is_own else article.credit,
        origins={**article.origins, "provider": origin},
    )
