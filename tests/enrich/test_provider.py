"""Who published an article."""

import pytest

from aggregator.enrich import NameUse, ProviderRegistry, choose_name, clean_site_name
from aggregator.model import Provider, Source
from tests.builders import article

REGISTRY = ProviderRegistry(
    [
        Provider(domain="amazon.com", name="Amazon"),
        Provider(domain="aws.amazon.com", name="AWS", weight=5),
        Provider(domain="itpro.co.uk", name="IT Pro"),
    ]
)


def provider_of(url, source=None, site_url="https://daily.org/", title="The Daily | Latest news"):
    given = article(provider=Provider(domain=""), canonical_url=url)
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


@pytest.mark.parametrize(
    ("title", "domain", "name"),
    [
        ("Articles", "dailymail.co.uk", ""),
        ("California", "latimes.com", ""),
        ("Top Stories", "straitstimes.com", ""),
        ("World News", "abc.example", ""),
        ("News", "news.com.au", "News"),
        ("NYT > U.S. News", "nytimes.com", "NYT"),
        ("Articles | Mail Online", "dailymail.co.uk", "Mail Online"),
        ("Politics » The Atlantic", "theatlantic.com", "The Atlantic"),
        ("The Independent » Feed", "independent.co.uk", "The Independent"),
        ("RSS feed of Le Monde", "lemonde.fr", "Le Monde"),
        ("Latest news from The Straits Times", "straitstimes.com", "The Straits Times"),
        ("WSJ.com: World News", "wsj.com", "WSJ.com"),
        ("Ars Technica RSS Feed", "arstechnica.com", "Ars Technica"),
        ("British Broadcasting Corporation", "bbc.com", "British Broadcasting Corporation"),
        ("Home | Deutsche Welle", "dw.com", "Deutsche Welle"),
        ("https://daily.example/feed", "other.example", ""),
        ("www.finanzen.net", "finanzen.net", "finanzen.net"),
        ("Analysen Ticker - www.finanzen.net", "finanzen.net", "finanzen.net"),
        ("RNZ New Zealand Headlines", "rnz.co.nz", "RNZ"),
        ("The Straits Times Singapore News", "straitstimes.com", "The Straits Times"),
        ("Nature Communications", "nature.com", "Nature Communications"),
        ("BBC News", "bbc.co.uk", "BBC News"),
        ("Collective Action in Tech", "collectiveaction.tech", "Collective Action in Tech"),
        ("1News", "youtube.com", "1News"),
        ("Raahel", "bearblog.dev", "Raahel"),
        ("A blog about nothing", "x.example", "A blog about nothing"),
        ("朝日新聞デジタル", "asahi.com", "朝日新聞デジタル"),
    ],
)
def test_a_section_is_no_publisher(title, domain, name):
    """A feed named after its section does not name its publisher; what is around the brand is cut."""
    assert clean_site_name(title, domain) == name


@pytest.mark.parametrize(
    ("uses", "name"),
    [
        ([("LA Times", "page", 1), ("California politics", "feed", 40)], "LA Times"),
        ([("Los Angeles Times", "page", 9), ("A Columnist", "page", 8)], "Los Angeles Times"),
        ([("A Sponsor", "page", 9), ("LA Times", "page", 1)], "LA Times"),
        ([("The Coast Today", "feed", 3), ("The Coast Letters", "feed", 9)], "The Coast"),
        ([("Hills and valleys", "feed", 3), ("Food stories", "feed", 3)], "latimes.com"),
        ([("latimes.com", "feed", 3)], "latimes.com"),
        ([], "latimes.com"),
    ],
)
def test_a_publisher_has_one_name(uses, name):
    """Its pages know it best, then what its feeds share, then its domain; what resembles the domain wins."""
    reported = [NameUse(name=said, origin=origin, articles=count) for said, origin, count in uses]
    assert choose_name(reported, "latimes.com") == name
