"""Who published an article."""

from datetime import UTC, datetime

import pytest

from aggregator.enrich import ProviderRegistry, clean_site_name
from aggregator.model import Article, Provider, Source

NOW = datetime(2026, 3, 2, tzinfo=UTC)
REGISTRY = ProviderRegistry(
    [
        Provider(domain="amazon.com", name="Amazon"),
        Provider(domain="aws.amazon.com", name="AWS", weight=5),
        Provider(domain="itpro.co.uk", name="IT Pro"),
    ]
)


def provider_of(url, source=None, site_url="https://daily.org/", title="The Daily | Latest news"):
    given = Article(
        id="1", source_id="s", provider=Provider(domain=""), title="t", canonical_url=url,
        published_at=NOW, first_seen_at=NOW, updated_at=NOW,
    )  # fmt: skip
    source = source or Source(id="s", url="https://daily.org/feed")
    return REGISTRY.resolve(given, source, site_url=site_url, title=title).provider


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://aws.amazon.com/blogs/x", "AWS"),
        ("https://press.amazon.com/x", "Amazon"),
        ("https://www.itpro.co.uk/x", "IT Pro"),
        ("https://notamazon.com/x", "notamazon.com"),
        ("https://news.daily.org/x", "The Daily"),
        ("https://somebody.github.io/x", "somebody.github.io"),
    ],
)
def test_the_longest_listed_domain_wins(url, name):
    """Listed domains by suffix of the host, the source's own title for its own site, else the domain."""
    assert provider_of(url).name == name


def test_a_source_may_name_its_provider():
    """The operator's word on a source holds for all its entries."""
    source = Source(id="s", url="https://proxy.example/feed", provider="aws.amazon.com")
    assert provider_of("https://proxy.example/1", source).name == "AWS"


@pytest.mark.parametrize(
    ("title", "domain", "name"),
    [
        ("ZDNet | Latest news", "zdnet.com", "ZDNet"),
        ("Latest news - ZDNet", "zdnet.com", "ZDNet"),
        ("Artificial intelligence – MIT Technology Review", "technologyreview.com", "MIT Technology Review"),
        ("AI | OpenAI", "openai.com", "OpenAI"),
        ("A blog about nothing", "x.example", "A blog about nothing"),
        ("", "x.example", ""),
    ],
)
def test_the_publisher_is_found_in_a_feed_title(title, domain, name):
    """The part that resembles the domain is the publisher's name."""
    assert clean_site_name(title, domain) == name
