"""News sitemaps: what becomes an entry, what is left out, and what hostile ones cannot do."""

from datetime import UTC, datetime

import pytest

from aggregator.errors import ParseError
from aggregator.model import DocumentProblem, Source
from aggregator.parse import ParseJob, read_news
from aggregator.parse.documents.document import parse_document
from aggregator.parse.documents.sitemap import MAX_CHILDREN, find_sitemap_kind, list_sitemaps

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
URL = "https://www.daily.example/sitemaps/news.xml"
SOURCE = Source(id="daily", url=URL, kind="sitemap")
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!-- by us -->\n'
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'
)


def url(number, title=None, date="2026-03-02T10:00:00+01:00", more=""):
    """Return an address in a sitemap, with news where it has a title."""
    news = (
        f"<news:news><news:publication><news:name>The Daily</news:name><news:language>de</news:language>"
        f"</news:publication><news:publication_date>{date}</news:publication_date>"
        f"<news:title>{title}</news:title></news:news>"
        if title
        else ""
    )
    return f"<url><loc>https://www.daily.example/{number}</loc>{more}{news}</url>"


def urlset(*urls):
    return f"{HEAD}{''.join(urls)}</urlset>".encode()


def read(body, seen=b"", now=NOW):
    return read_news(ParseJob(body=body, source=SOURCE, now=now, url=URL, seen=seen))


def test_news_become_articles():
    """Title, address, date, language and pictures, whatever stands beside them; the paper's name is the title."""
    image = (
        "<image:image><image:loc>https://i.example/1.jpg?a=1&amp;b=2</image:loc>"
        "<image:title>No title</image:title></image:image><video:video><video:title>Nor this</video:title></video:video>"
    )
    result = read(urlset(url(1, "Lava &amp; <![CDATA[ash < snow]]>", more=image), url(2)))
    (article,) = result.articles
    assert article.title == "Lava & ash < snow"
    assert article.web_url == "https://www.daily.example/1"
    assert article.stated_at == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert article.language == "de"
    assert [one.url for one in article.images] == ["https://i.example/1.jpg?a=1&b=2"]
    assert (result.feed.format, result.feed.title, result.feed.site_url) == (
        "sitemap", "The Daily", "https://www.daily.example/",
    )  # fmt: skip
    assert result.problems == (DocumentProblem("1 entry without news, left out"),)


def test_only_what_is_newer_than_two_days_is_read():
    """Older news, by their date or the change of their page, are left out; undated ones stay."""
    body = urlset(
        url(1, "New", "2026-02-28T12:00:00Z"), url(2, "Old", "2026-02-28T11:59:59Z"), url(3, "Undated", ""),
        url(4, "Changed", "", "<lastmod>2026-01-01</lastmod>"),
    )  # fmt: skip
    assert [article.title for article in read(body).articles] == ["New", "Undated"]


def test_what_was_read_before_is_left_out():
    """As with feeds, what stood in the last document costs nothing; what changed is read."""
    first = read(urlset(url(1, "One"), url(2, "Two")))
    again = read(urlset(url(3, "Three"), url(1, "One"), url(2, "Two, changed")), seen=first.seen)
    assert [article.title for article in again.articles] == ["Three", "Two, changed"]
    assert again.feed.title == "The Daily"


def test_several_sitemaps_are_read_as_one():
    """As the newest of a list are put together."""
    body = b"\n".join([urlset(url(1, "One")), urlset(url(2, "Two"))])
    assert [article.title for article in read(body).articles] == ["One", "Two"]


@pytest.mark.parametrize(
    "body",
    [
        HEAD.replace("news:", "n:").replace("xmlns:n=", "xmlns:n=").encode()
        + url(1, "A & B&nbsp;C").replace("news:", "n:").encode() + b"</urlset>",
        f"{HEAD}{url(1, 'A & B&nbsp;C')}<url><loc>https://www.daily.example/2</loc><news:ne".encode(),
        b"\xef\xbb\xbf" + f"{HEAD}{url(1, 'A &amp; B&#160;C')}</urlset>\n<script>x</script>".encode(),
        HEAD.replace("xmlns:news", "xmlns:other").encode() + url(1, "A &amp; B C").encode() + b"</urlset>",
    ],
)  # fmt: skip
def test_what_is_written_wrongly_is_read(body):
    """Other prefixes or undeclared ones, bare ampersands, a document that breaks off, what comes behind it."""
    assert [article.title for article in read(body).articles] == ["A & B C"]


def test_without_news_it_is_no_source():
    """A sitemap of pages says so; one without any address is only empty."""
    with pytest.raises(ParseError, match="a sitemap without news"):
        read(urlset(url(1), url(2)))
    assert read(urlset()).articles == ()


def test_a_source_must_say_that_it_is_a_sitemap():
    """A feed that becomes a sitemap is not read by surprise; feeds that mention one are feeds."""
    with pytest.raises(ParseError, match="type: sitemap"):
        parse_document(urlset(url(1, "One")), url=URL)
    feed = b"<rss><channel><title>T</title><item><title>&lt;urlset&gt; <![CDATA[<urlset>]]></title></item></channel></rss>"
    assert len(parse_document(feed, url=URL).feed.entries) == 1
    assert find_sitemap_kind(feed) is None


def test_entities_do_not_expand():
    """What a document type declares is dropped with it."""
    body = f'<!DOCTYPE urlset [<!ENTITY a "boom">]>{HEAD}{url(1, "x&a;y")}</urlset>'.encode()
    (article,) = read(body).articles
    assert "boom" not in article.title


def test_a_crowded_document_is_refused():
    """As with feeds, more tags than news need are not read."""
    with pytest.raises(ParseError, match="tags, which no sitemap needs"):
        read(f"{HEAD}{'<a/>' * 400_001}</urlset>".encode())


def index(*children):
    """Return a list of sitemaps, each with when it changed or None."""
    listed = "".join(
        f"<sitemap><loc>{loc}</loc>{f'<lastmod>{date}</lastmod>' if date else ''}</sitemap>"
        for loc, date in children
    )
    return (
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</sitemapindex>'.encode()
    )


def test_of_a_list_the_newest_few_are_taken():
    """By when they changed; what did not for two days, or is on another site, is not asked for."""
    fresh = [(f"https://www.daily.example/{n}.xml", f"2026-03-02T0{n}:00:00Z") for n in range(6)]
    body = index(
        ("https://evil.example/x.xml", "2026-03-02"),
        ("https://www.daily.example/old.xml", "2026-02-01"),
        *fresh,
    )
    listed = list_sitemaps(body, url=URL, now=NOW)
    assert [one.url[-5:] for one in listed] == ["5.xml", "4.xml", "3.xml"]
    assert len(listed) == MAX_CHILDREN


def test_of_a_list_without_dates_those_named_after_news_are_taken_first():
    """The others follow in their order, after those that say when they changed."""
    names = ["/pages.xml", "/news.xml", "https://cdn.daily.com/n.xml", "/more.xml"]
    listed = list_sitemaps(index(*((name, None) for name in names)), url="https://www.daily.com/", now=NOW)
    assert [one.url.rpartition("/")[2] for one in listed] == ["news.xml", "pages.xml", "n.xml"]
