"""What is found out about an article beyond its entry; pure, everything fetched is handed in."""

from aggregator.enrich.provider import ProviderRegistry, clean_site_name

__all__ = ["ProviderRegistry", "clean_site_name"]
