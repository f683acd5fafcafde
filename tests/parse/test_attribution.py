"""Whose an entry of an aggregator is, and who is only credited."""

from datetime import UTC, datetime

import pytest

from aggregator.enrich import ProviderRegistry
from aggregator.model import Provider, Source
from aggregator.parse import ParseJob, read_news

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def article_of(
    link, source, *, site="https://www.daily.example.com/", url="https://www.daily.example.com/feed"
):
    """Return the article of a feed whose only item links to ``link`` and names ``source``."""
    body = (
        f"<rss version='2.0'><channel><title>Any</title><link>{site}</link><item><title>Bridge opens</title>"
        f"<link>{link}</link><guid isPermaLink='false'>a</guid>{source}</item></channel></rss>"
    ).encode()
    given = Source(id="s", url=url)
    result = read_news(
        ParseJob(body=body, source=given, now=NOW, url=url, content_type="application/rss+xml")
    )
    (article,) = result.articles
    registry = ProviderRegistry([Provider(domain="listed.com", name="The Listed")])
    return registry.resolve(article, given, site_url=result.feed.site_url, title=result.feed.title)


JOURNAL = '<source url="https://www.journal.co.uk">The Journal</source>'


@pytest.mark.parametrize(
    "link",
    [
        "https://news.google.com/rss/articles/CBMiAAAA?oc=5",
        "https://www.bing.com/news/apiclick.aspx?aid=1&amp;url=https%3a%2f%2fwww.journal.co.uk%2fa",
        "https://feedproxy.google.com/~r/journal/~3/abc/",
        "https://collector.example.org/out/1234",
        "https://www.journal.co.uk/2026/bridge",
    ],
)
def test_the_source_of_an_aggregators_entry_is_its_provider(link):
    """Its domain and name are the publisher's, and nobody is credited."""
    article = article_of(link, JOURNAL, site="https://news.google.com/", url="https://news.google.com/rss")
    assert article.provider.domain == "journal.co.uk"
    assert article.credit is None


def test_a_listed_publisher_keeps_the_operators_name():
    """providers.yaml comes before what the entry says."""
    source = '<source url="https://news.listed.com/">Listed News Online</source>'
    article = article_of("https://news.google.com/rss/articles/B", source)
    assert (article.provider.name, article.origins["provider"]) == ("The Listed", "config")


@pytest.mark.parametrize(
    ("link", "source"),
    [
        ("https://www.daily.example.com/bridge", JOURNAL),
        ("https://www.daily.example.com/articles/bridge", "<source>The Journal</source>"),
    ],
)
def test_a_wire_on_a_publishers_own_page_is_credited(link, source):
    """The page's publisher stays the provider."""
    article = article_of(link, source)
    assert article.provider.domain.endswith("example.com")
    assert article.credit == "The Journal"


def test_an_aggregator_is_not_its_entries_publisher_by_its_own_word():
    """A source element that names the aggregator changes nothing."""
    article = article_of(
        "https://news.google.com/rss/articles/C", '<source url="https://news.google.com/rss">Google</source>'
    )
    assert (article.provider.domain, article.credit) == ("google.com", None)
