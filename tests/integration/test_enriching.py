"""Article pages over real sockets: what they prove and add, and what is refused."""

import json
import time

import pytest

from aggregator.config import load_config
from aggregator.model import NO_WISHES, Wishes
from aggregator.store import open_store, read_article_batches
from tests.integration.site import TOPICS, SiteFolder, ago, rss, run_program
from tests.loopback import Answer

HTML = {"Content-Type": "text/html; charset=utf-8"}
HOST = "daily.localhost"
KINDS = {".html", ".xml", ".json", ".md"}


class Newspaper:
    """A publisher on loopback: its feed, its articles' pages and their AMP pages."""

    def __init__(self, loopback):
        self.loopback = loopback
        self.items = []

    def url(self, path):
        return self.loopback.at(HOST, path)

    def article(self, path, page, *, amp=None, more=""):
        """Publish an article whose page is ``page`` and, at /amp below it, an AMP page."""
        text = "Machine learning finds a comet that nobody had seen for two hundred years, in old plates."
        self.items.append(
            f"<title>Machine learning and {path}</title><link>{self.url(path)}</link>"
            f"<pubDate>{ago(hours=1)}</pubDate><description>{text}</description>{more}"
        )
        self.loopback.route(
            path, page if isinstance(page, Answer) else Answer(body=page.encode(), headers=HTML)
        )
        if amp is not None:
            self.loopback.route(f"{path}/amp", Answer(body=amp.encode(), headers=HTML))
        self.loopback.route("/feed", Answer(body=rss(*self.items, link=self.url("/"))))

    def page(self, path, head=""):
        return f'<html><head><link rel="canonical" href="{self.url(path)}">{head}</head></html>'

    def amp_page(self, path):
        return f'<html amp><head><link rel="canonical" href="{self.url(path)}"></head></html>'


@pytest.fixture
def paper(loopback):
    """A newspaper without articles yet."""
    return Newspaper(loopback)


@pytest.fixture
def site(tmp_path, paper):
    """A site that reads the newspaper's pages."""
    source = {"id": "daily", "url": paper.url("/feed")}
    return SiteFolder(
        tmp_path, [source], TOPICS,
        enrich={"pages": True, "host_delay_s": 0, "wait_s": 3600, "max_page_bytes": 100_000},
        fetch={"timeout_s": 2}, images={"sizes": False, "logos": False}, publish={"records": True},
    )  # fmt: skip


def stored(site):
    """The stored articles by the path of their address."""
    with open_store(load_config(site.config, {}).settings.database_url) as store:
        articles = [article for batch in read_article_batches(store) for article in batch]
    return {"/" + (a.web_url or a.original_url).split("/", 3)[3]: a for a in articles}


def test_a_proved_amp_page_is_published(site, paper):
    """What the page names and the AMP page confirms stands in the record, the feeds, and the cache's form."""
    head = '<link rel="amphtml" href="/a/amp"><meta name="author" content="Ann Lee"><meta property="og:image" content="/p.jpg">'
    paper.article("/a", paper.page("/a", head), amp=paper.amp_page("/a"))
    site.run("poll")
    found = stored(site)["/a"]
    assert (found.amp_url, found.origins["amp_url"]) == (paper.url("/a/amp"), "page")
    assert found.cdn_amp_url == "https://daily-localhost.cdn.ampproject.org/c/daily.localhost/a/amp"
    site.run("publish")
    assert 'rel="amphtml"' in (site.feeds / "ml/atom.xml").read_text()
    (record,) = json.loads((site.feeds / "api/news/index.json").read_text())["value"]
    assert record["ampWebUrl"] == found.amp_url
    shown = run_program("amp", "find", paper.url("/a"), "--config", str(site.config)).stdout
    assert f"{found.amp_url} (said by the page): proved" in shown


@pytest.mark.parametrize(
    "amp",
    [
        '<html amp><head><link rel="canonical" href="http://other.localhost/a"></head></html>',
        '<html><head><link rel="canonical" href="CANONICAL"></head></html>',
        "<html amp></html>",
        None,
    ],
    ids=["points elsewhere", "is no AMP", "has no canonical", "is not there"],
)
def test_an_amp_page_that_is_not_proved_is_not_published(site, paper, amp):
    """The article is published without it."""
    amp = amp and amp.replace("CANONICAL", paper.url("/a"))
    paper.article("/a", paper.page("/a", '<link rel="amphtml" href="/a/amp">'), amp=amp)
    site.run("poll")
    found = stored(site)["/a"]
    assert (found.amp_url, found.cdn_amp_url) == (None, None)
    assert found.enriched_at is not None
    run_program("amp", "find", paper.url("/a"), "--config", str(site.config), code=1)


def test_a_providers_pattern_is_proved_too(site, paper):
    """Where nobody names an AMP page, the provider's pattern is tried."""
    site.write(
        "providers", {"providers": [{"domain": HOST, "name": "Daily", "amp": "{scheme}://{host}{path}/amp"}]}
    )
    paper.article("/a", paper.page("/a"), amp=paper.amp_page("/a"))
    site.run("poll")
    assert stored(site)["/a"].origins["amp_url"] == "pattern"


def test_a_link_to_an_amp_page_is_known_by_its_article(site, paper):
    """By the provider's pattern, an AMP link and the article's own are one article."""
    site.write(
        "providers", {"providers": [{"domain": HOST, "name": "Daily", "amp": "{scheme}://{host}{path}/amp"}]}
    )
    paper.article("/a", paper.page("/a"), amp=paper.amp_page("/a"))
    paper.items[0] = paper.items[0].replace(paper.url("/a"), paper.url("/a/amp"))
    paper.article("/b", paper.page("/b"))
    site.run("poll")
    assert set(stored(site)) == {"/a", "/b"}


def test_an_amp_link_is_led_back_by_its_page(site, paper):
    """Without a pattern, the AMP page's canonical tells, before duplicates are looked for."""
    paper.article("/a", paper.page("/a"), amp=paper.amp_page("/a"))
    site.run("poll")
    paper.items.append(
        paper.items[0].replace(paper.url("/a"), paper.url("/a/amp")).replace("Machine", "Deep machine")
    )
    paper.article("/b", paper.page("/b"), amp=paper.amp_page("/b"))
    paper.items[2] = paper.items[2].replace(paper.url("/b"), paper.url("/b/amp"))
    paper.article("/c", paper.page("/c"))
    site.run("poll", "--all")
    found = stored(site)
    assert set(found) == {"/a", "/b", "/c"}
    assert found["/b"].amp_url == paper.url("/b/amp")


def test_the_page_fills_gaps_and_nothing_more(site, paper):
    """Author, picture and language come from the page; title and excerpt stay the source's."""
    ld = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Other","author":{"name":"Ann Lee"},"image":{"url":"/p.jpg","width":800,"height":450}}</script>'
    head = f'<meta property="og:description" content="Another text">{ld}'
    paper.article("/a", paper.page("/canonical", head).replace("<html>", '<html lang="en-GB">'))
    site.run("poll")
    found = stored(site)["/canonical"]
    assert (found.title, found.excerpt.split()[0]) == ("Machine learning and /a", "Machine")
    assert (found.authors, found.language) == (("Ann Lee",), "en-gb")
    assert [(i.url, i.width, i.height) for i in found.images] == [(paper.url("/p.jpg"), 800, 450)]
    assert {found.origins[name] for name in ("authors", "images", "web_url")} == {"page"}
    assert found.quality == sum(found.quality_parts.values())
    assert {found.quality_parts[part] > 0 for part in ("author", "image")} == {True}
    site.run("poll", "--all")
    assert set(stored(site)) == {"/canonical"}


@pytest.mark.parametrize(
    ("encoding", "declaration", "author"),
    [
        ("cp1251", "<meta charset=win-1251>", "Анна Ли"),
        ("cp932", '<meta http-equiv="Content-Type" content="text/html; charset=x-sjis">', "山田花子"),
        ("cp949", "<meta charset=ks_c_5601-1987>", "김철수"),
    ],
)
def test_a_page_of_a_legacy_encoding_is_read(site, paper, encoding, declaration, author):
    """Its names are those that its encoding spells."""
    page = paper.page("/a", f'{declaration}<meta name="author" content="{author}">').encode(encoding)
    paper.article("/a", Answer(body=page, headers={"Content-Type": "text/html"}))
    site.run("poll")
    assert stored(site)["/a"].authors == (author,)


def test_the_publishers_name_is_the_one_that_its_page_gives(site, paper):
    """Cleaned, and before the feed's title; the operator's name comes first."""
    paper.article("/a", paper.page("/a", '<meta property="og:site_name" content="Daily Bugle | Science">'))
    site.run("poll")
    assert stored(site)["/a"].provider.name == "Daily Bugle"
    site.write("providers", {"providers": [{"domain": HOST, "name": "The Operator's Daily"}]})
    paper.article("/b", paper.page("/b", '<meta property="og:site_name" content="Daily Bugle | Science">'))
    site.run("poll", "--all")
    assert stored(site)["/b"].provider.name == "The Operator's Daily"


def test_a_canonical_of_another_domain_is_not_taken(site, paper):
    """Only an address of the same registrable domain may be an article's own."""
    paper.article("/a", '<html><head><link rel="canonical" href="http://other.localhost/a"></head></html>')
    site.run("poll")
    assert set(stored(site)) == {"/a"}


def hostile(paper):
    """Pages that give nothing, by path."""

    def drip(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99999\r\n\r\n")
        time.sleep(4)

    return {
        "/huge": Answer(body=b"<html>" + b"x" * 5_000_000, headers=HTML),
        "/slow": Answer(raw=drip),
        "/picture": Answer(body=b"\x89PNG", headers={"Content-Type": "image/png"}),
        "/missing": Answer(status=404),
        "/away": Answer(status=302, headers={"Location": "file:///etc/passwd"}),
        "/nested": Answer(body=b"<div>" * 15_000, headers=HTML),
    }


def test_hostile_pages_leave_their_articles_as_they_are(site, paper):
    """Each is refused with a reason, and every article is stored and published without it."""
    for path, answer in hostile(paper).items():
        paper.article(path, answer, more="<author>a@daily.example (Ann Lee)</author>")
    done = run_program("poll", "--config", str(site.config))
    assert set(stored(site)) == set(hostile(paper))
    for path in ("/huge", "/slow", "/picture", "/missing", "/away"):
        assert f"url={paper.url(path)} refused=" in done.stderr
    assert all(article.title for article in stored(site).values())


def test_robots_txt_is_obeyed(site, paper, loopback):
    """A page that robots.txt forbids is not asked for."""
    loopback.route("/robots.txt", Answer(body=b"User-agent: *\nDisallow: /private\n"))
    paper.article("/private/a", paper.page("/private/a"))
    paper.article("/open", paper.page("/open", '<meta name="author" content="Ann Lee">'))
    done = run_program("poll", "--config", str(site.config))
    assert "robots.txt forbids it" in done.stderr
    assert "/private/a" not in [request.path for request in loopback.requests]
    assert stored(site)["/open"].authors == ("Ann Lee",)


def test_what_a_page_says_about_reuse_is_kept(site, paper):
    """Its elements and its header, on several lines, count together; another robot's are not ours."""
    head = '<meta name="robots" content="max-snippet:50"><meta name="otherbot" content="noindex">'
    tags = ["noarchive", "otherbot: nosnippet", "aggregator: max-image-preview:standard"]
    page = Answer(body=paper.page("/a", head).encode(), headers=HTML | {"X-Robots-Tag": tags})
    paper.article("/a", page)
    paper.article("/b", paper.page("/b"))
    site.run("poll")
    found = stored(site)
    assert found["/a"].wishes == Wishes(excerpt_chars=50, picture="standard", may_archive=False)
    assert found["/b"].wishes == NO_WISHES


def test_what_a_page_wishes_is_what_is_published(site, paper):
    """Feeds, pages and records show no more than it allows; with the publisher's permission they show all."""
    provider = {"domain": HOST, "name": "Daily", "weight": 30}
    site.write("providers", {"providers": [provider]})
    sizes = '<meta property="og:image:width" content="900"><meta property="og:image:height" content="500">'
    heads = {name: f'<meta property="og:image" content="/{name}.jpg">{sizes}' for name in "ab"}
    heads["a"] += '<meta name="robots" content="max-snippet:30, max-image-preview:standard">'
    tag = {"X-Robots-Tag": "nosnippet, max-image-preview:none"}
    paper.article("/a", paper.page("/a", heads["a"]))
    paper.article("/b", Answer(body=paper.page("/b", heads["b"]).encode(), headers=HTML | tag))
    site.run("poll")
    site.run("publish")
    begun, whole = "Machine learning finds a…", "finds a comet that nobody had seen"
    texts = ["/a</", "/b</", begun, whole, "/a.jpg", "/b.jpg"]
    assert _find_texts(site, texts) == {"/a</", "/b</", begun, "/a.jpg"}
    site.write("providers", {"providers": [{**provider, "reuse": "granted"}]})
    site.run("publish")
    assert _find_texts(site, texts) == {"/a</", "/b</", whole, "/a.jpg", "/b.jpg"}
    again = {path: path.read_bytes() for path in site.feeds.rglob("*") if path.is_file()}
    site.run("rebuild")
    assert {path: path.read_bytes() for path in site.feeds.rglob("*") if path.is_file()} == again


def _find_texts(site, texts):
    """Which of the texts stand in what is published, feeds, pages and records of all kinds together."""
    read = [path.read_text() for path in site.feeds.rglob("*.*") if path.suffix in KINDS]
    assert len(read) > 10
    return {text for text in texts if any(text in one for one in read)}


def test_what_a_site_states_about_mining_is_kept_with_its_articles(site, paper, loopback):
    """Of its page, its robots.txt and its tdmrep.json, which is asked for once, however many articles come."""
    rules = [{"location": "/news/*", "tdm-reservation": 1, "tdm-policy": "https://daily.example/policy.json"}]
    loopback.route("/.well-known/tdmrep.json", Answer(body=json.dumps(rules).encode()))
    loopback.route(
        "/robots.txt", Answer(body=b"License: https://daily.example/rsl.xml\nUser-agent: *\nAllow: /\n")
    )
    paper.article("/news/1", paper.page("/news/1", '<meta name="tdm-reservation" content="1">'))
    paper.article("/news/2", paper.page("/news/2"))
    site.run("poll")
    told = {path: dict(article.wishes.statements) for path, article in stored(site).items()}
    for path in ("/news/1", "/news/2"):
        assert "https://daily.example/rsl.xml" in told[path].values()
        assert "https://daily.example/policy.json" in told[path].values()
    assert len(told["/news/1"]) == len(told["/news/2"]) + 1
    asked = [request for request in loopback.requests if request.path == "/.well-known/tdmrep.json"]
    assert len(asked) == 1
    assert "https://daily.example/rsl.xml" in site.run("explain", paper.url("/news/1"), "--all")


def test_robots_txt_that_cannot_be_read_forbids(site, paper, loopback):
    """A server in trouble is left alone."""
    loopback.route("/robots.txt", Answer(status=503))
    paper.article("/a", paper.page("/a"))
    assert "cannot be read now" in run_program("poll", "--config", str(site.config)).stderr
    assert "/a" not in [request.path for request in loopback.requests]


def test_a_page_is_read_once(site, paper, loopback):
    """An unchanged article's page is not fetched again; a changed one's is."""
    paper.article("/a", paper.page("/a"))
    site.run("poll")
    site.run("poll", "--all")
    assert [r.path for r in loopback.requests].count("/a") == 1
    paper.items[0] = paper.items[0].replace("Machine learning and", "Machine learning versus")
    paper.article("/b", paper.page("/b"))
    site.run("poll", "--all")
    assert [r.path for r in loopback.requests].count("/a") == 2


def test_trouble_of_a_site_undoes_no_proof(site, paper, loopback):
    """After a 429 one page is answered with, and the next not asked for, both keep their AMP pages."""
    for path in ("/a", "/b"):
        paper.article(
            path, paper.page(path, f'<link rel="amphtml" href="{path}/amp">'), amp=paper.amp_page(path)
        )
    site.run("poll")
    proved = {path: paper.url(f"{path}/amp") for path in ("/a", "/b")}
    assert {path: article.amp_url for path, article in stored(site).items()} == proved
    paper.items = [text.replace("Machine learning and", "Machine learning versus") for text in paper.items]
    paper.article("/c", Answer(status=429, headers={"Retry-After": "3600"}))
    for path in ("/a", "/b"):
        loopback.route(path, Answer(status=429, headers={"Retry-After": "3600"}))
    site.run("poll", "--all")
    after = stored(site)
    assert after["/a"].title == "Machine learning versus /a"
    assert {path: after[path].amp_url for path in proved} == proved


def test_a_source_may_keep_its_pages_to_itself(site, paper, loopback):
    """With ``page: false`` no page is fetched, and nothing waits for one."""
    site.write("sources", {"sources": [{"id": "daily", "url": paper.url("/feed"), "page": False}]})
    paper.article("/a", paper.page("/a"), more="<author>a@daily.example (Ann Lee)</author>" + f'<enclosure url="{paper.url("/p.jpg")}" type="image/jpeg" length="9"/>')  # fmt: skip
    site.run("poll")
    assert "/a" not in [request.path for request in loopback.requests]
    site.run("publish")
    assert "Machine learning and /a" in (site.feeds / "ml/rss.xml").read_text()
