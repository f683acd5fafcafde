"""News sitemaps as sources: found, polled and published, by lists of them as well."""

import gzip
from datetime import UTC, datetime, timedelta

import pytest
import yaml

from tests.integration.site import ML, SiteFolder
from tests.loopback import Answer

XML = {"Content-Type": "application/xml"}


def ago(**span):
    return (datetime.now(UTC) - timedelta(**span)).isoformat(timespec="seconds")


def news(loopback, *titles):
    """Return a sitemap of news of an hour ago, with these titles."""
    urls = "".join(
        f"<url><loc>{loopback.url}/{title.replace(' ', '-')}</loc><n:news><n:publication><n:name>The Daily</n:name>"
        f"<n:language>en</n:language></n:publication><n:publication_date>{ago(hours=1)}</n:publication_date>"
        f"<n:title>{title}</n:title></n:news></url>"
        for title in titles
    )
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="u">{urls}</urlset>'.encode()


def listing(*children):
    """Return an answer with a list of sitemaps, each with when it changed."""
    listed = "".join(
        f"<sitemap><loc>{url}</loc><lastmod>{date}</lastmod></sitemap>" for url, date in children
    )
    return Answer(body=f"<sitemapindex>{listed}</sitemapindex>".encode(), headers={**XML, "ETag": '"v1"'})


@pytest.fixture
def site(tmp_path):
    """A site with one topic, which reads pages."""
    return SiteFolder(tmp_path, [], [ML], enrich={"pages": True, "wait_s": 0, "host_delay_s": 0})


def follow(site, url):
    site.write("sources", {"sources": [{"id": "daily", "url": url, "type": "sitemap"}]})


def paths(loopback):
    return [request.path for request in loopback.requests if request.path != "/robots.txt"]


def test_news_are_polled_and_published(site, loopback):
    """Titles come from the sitemap, texts from the pages; the next poll is conditional."""
    text = "Astronomers let machine learning sift old plates and found what nobody had seen for two hundred years."
    page = f'<html><head><meta property="og:description" content="{text}"></head><body><p>{text}</p></body></html>'
    loopback.route(
        "/Machine-learning-wins", Answer(body=page.encode(), headers={"Content-Type": "text/html"})
    )

    def answer(request):
        if request.headers["If-None-Match"]:
            return Answer(status=304)
        return Answer(body=news(loopback, "Machine learning wins"), headers={**XML, "ETag": '"v1"'})

    follow(site, loopback.route("/news.xml", answer))
    assert "1 updated; 1 new article," in site.run("poll", "--all")
    assert "1 not_modified" in site.run("poll", "--all")
    site.run("publish")
    feed = (site.feeds / "ml/articles/rss.xml").read_text(encoding="utf-8")
    assert "Machine learning wins" in feed
    assert "sift old plates" in feed


def test_a_list_is_followed_to_its_newest_sitemaps(site, loopback):
    """Compressed ones, too; what is older than two days is not asked for, and no more than three are."""
    body = gzip.compress(news(loopback, "Machine learning one"))
    packed = loopback.route("/a.xml.gz", Answer(body=body, headers={"Content-Type": "application/gzip"}))
    plain = loopback.route("/b.xml", Answer(body=news(loopback, "Machine learning two"), headers=XML))
    gone = f"{loopback.url}/gone.xml"
    old = loopback.route("/old.xml", Answer(body=news(loopback, "Old"), headers=XML))
    listed = [(old, ago(days=3)), (packed, ago(hours=3)), (plain, ago(hours=2)), (gone, ago(hours=1))]
    follow(site, loopback.route("/index.xml", listing(*listed, (f"{loopback.url}/fourth", ago(hours=4)))))
    assert "1 updated; 2 new articles" in site.run("poll", "--all")
    assert {"/index.xml", "/gone.xml", "/b.xml", "/a.xml.gz"} >= set(paths(loopback)[:4])
    assert not {"/old.xml", "/fourth"} & set(paths(loopback))


def test_a_list_of_what_cannot_be_had_is_a_failure(site, loopback):
    """The error names the sitemap that failed."""
    follow(site, loopback.route("/index.xml", listing((f"{loopback.url}/gone.xml", ago(hours=1)))))
    site.run("poll", "--all", code=1)
    assert "/gone.xml" in site.status()["sources"][0]["error"]


def test_a_list_without_news_of_late_is_empty(site, loopback):
    """That is no failure: there is only nothing new."""
    follow(site, loopback.route("/index.xml", listing((f"{loopback.url}/old.xml", ago(days=9)))))
    assert "1 updated; 0 new articles" in site.run("poll", "--all")


def test_a_site_without_feeds_is_added_by_its_sitemap(site, loopback):
    """Its robots.txt names some; the one with news is shown and written with its type."""
    loopback.route(
        "/", Answer(body=b"<html><body>Hello</body></html>", headers={"Content-Type": "text/html"})
    )
    pages = loopback.route(
        "/pages.xml", Answer(body=b"<urlset><url><loc>http://x.example/</loc></url></urlset>")
    )
    url = loopback.route("/news-map.xml", Answer(body=news(loopback, "Machine learning wins"), headers=XML))
    loopback.route("/robots.txt", Answer(body=f"User-agent: *\nSitemap: {pages}\nSitemap: {url}\n".encode()))
    said = site.run("sources", "add", loopback.url, "--yes")
    assert "robots.txt of" in said
    assert "a sitemap of news, without texts" in said
    (added,) = yaml.safe_load((site.config / "sources.yaml").read_text(encoding="utf-8"))["sources"]
    assert (added["url"], added["type"]) == (url, "sitemap")
    assert "1 updated" in site.run("poll")


def test_the_address_of_a_sitemap_can_be_added(site, loopback):
    """Also of a list of them."""
    inner = loopback.route("/b.xml", Answer(body=news(loopback, "Machine learning two"), headers=XML))
    url = loopback.route("/index.xml", listing((inner, ago(hours=2))))
    assert "1 entry" in site.run("sources", "add", url, "--yes")
    (added,) = yaml.safe_load((site.config / "sources.yaml").read_text(encoding="utf-8"))["sources"]
    assert (added["url"], added["type"]) == (url, "sitemap")


def test_a_check_warns_where_pages_are_not_read(tmp_path):
    """Titles alone are not published."""
    site = SiteFolder(tmp_path, [], [ML])
    follow(site, "https://daily.example/news.xml")
    assert "daily is a sitemap: titles without texts are hardly published" in site.run("check")
    site.write("settings", {"nonsense": 1})  # where nobody knows whether they are read
    assert "is a sitemap" not in site.run("check", code=1)
    site.write(
        "settings", {"site": {"title": "T", "base_url": "https://t.example"}, "enrich": {"pages": True}}
    )
    assert "warning" not in site.run("check")


def test_a_file_is_shown_as_what_it_is(site, loopback):
    """``parse`` tells by the document whether it is a sitemap."""
    (site.folder / "news.xml").write_bytes(news(loopback, "Machine learning wins"))
    assert "Machine learning wins" in site.run("parse", str(site.folder / "news.xml"))


def test_the_doctor_finds_where_a_sitemap_went(site, loopback):
    """A sitemap is compared by its entries; of a feed's site the sitemaps of news are told."""
    url = loopback.route("/old.xml", Answer(body=news(loopback, "Machine learning wins"), headers=XML))
    follow(site, url)
    site.run("poll", "--all")
    loopback.route("/old.xml", Answer(status=404))
    now = loopback.route("/news/now.xml", Answer(body=news(loopback, "Machine learning wins"), headers=XML))
    loopback.route("/robots.txt", Answer(body=f"Sitemap: {now}\n".encode()))
    site.run("poll", "--all", code=1)
    assert now in site.run("sources", "doctor", "daily")
    site.run("sources", "accept", "daily")
    assert "type: sitemap" in (site.config / "sources.yaml").read_text(encoding="utf-8")
    assert now in (site.config / "sources.yaml").read_text(encoding="utf-8")
    site.write("sources", {"sources": [{"id": "feed", "url": f"{loopback.url}/feed.xml"}]})
    site.run("poll", "--all", code=1)
    said = site.run("sources", "doctor", "feed", code=1)
    assert f"{now}: a sitemap, which `aggregator sources add` adds" in said
