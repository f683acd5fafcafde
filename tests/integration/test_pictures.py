"""Pictures and logos over real sockets: sizes, copies, defaults, and hostile files."""

import io
import json
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import feedparser
import pytest
from PIL import Image

from aggregator.config import load_config
from aggregator.store import MarkKind, open_store
from tests.enrich.pictures import huge_png, picture_file
from tests.feed_places import list_marked, list_marks
from tests.integration.site import ML, SiteFolder, ago, rss, run_program
from tests.loopback import Answer, Loopback, endless, raw

JPEG = {"Content-Type": "image/jpeg"}


def entry(server, number, *pictures):
    """Return an item that is good enough also without its pictures."""
    when = ago(minutes=number)
    media = "".join(f'<media:content url="{url}" medium="image"/>' for url in pictures)
    return (
        f"<title>Machine learning finds comet {number}</title><link>{server.url}/article/{number}</link>"
        f"<guid>g{number}</guid><pubDate>{when}</pubDate><author>a@daily.example (Ann Lee)</author>"
        "<description>Astronomers let machine learning sift old plates and found a comet that nobody had "
        f"seen for two hundred years, number {number}.</description>{media}"
    )


def serve(server, *items):
    """Let a server send a feed whose items may have Media RSS."""
    feed = rss(*items, link=f"{server.url}/").replace(
        b'version="2.0"', b'version="2.0" xmlns:media="http://search.yahoo.com/mrss/"'
    )
    server.route("/feed", Answer(body=feed, headers={"Content-Type": "application/rss+xml"}))


def site_of(tmp_path, server, images=MappingProxyType({}), **settings):
    """Return a site with one source whose articles are written as records, too."""
    return SiteFolder(
        tmp_path,
        [{"id": "daily", "url": f"{server.url}/feed"}],
        [ML],
        publish={"records": True},
        images={"sizes": True, "logos": True, **images},
        **settings,
    )


def published(site):
    """Return the pictures of the published articles by title: address, width, height."""
    found = {}
    for one in feedparser.parse((site.feeds / "ml/articles/atom.xml").read_bytes()).entries:
        found[one.title] = [
            (m["url"], int(m["width"]), int(m["height"]))
            for m in one.get("media_content", ())
            if m.get("url")
        ]
    return found


def records(site):
    page = json.loads((site.feeds / "api/news/index.json").read_text())
    return {record["title"]: record for record in page["value"]}


def opened(path):
    return Image.open(io.BytesIO(path.read_bytes()))


def image(server, path, content, **headers):
    return server.route(path, Answer(body=content, headers={**JPEG, **headers}))


def test_sizes_are_read_from_the_first_bytes(tmp_path, loopback):
    """A picture without a stated size is published with its own, and only its beginning was asked for."""
    url = image(loopback, "/a.jpg", picture_file("JPEG", 640, 360))
    serve(loopback, entry(loopback, 1, url))
    site = site_of(tmp_path, loopback)
    site.run("poll")
    site.run("publish")
    assert published(site) == {"Machine learning finds comet 1": [(url, 640, 360)]}
    (asked,) = [r for r in loopback.requests if r.path == "/a.jpg"]
    assert asked.headers["Range"] == "bytes=0-65535"
    (shown,) = records(site)["Machine learning finds comet 1"]["images"]
    assert (shown["url"], shown["width"], shown["height"], shown["isCached"]) == (url, 640, 360, False)
    serve(loopback, entry(loopback, 1, url), entry(loopback, 2))
    site.run("poll", "--all")
    assert len([r for r in loopback.requests if r.path == "/a.jpg"]) == 1


def test_copies_are_kept_shown_and_plain(tmp_path, loopback):
    """With the cache on, feeds, records and pages show our own copy, without what the camera told."""
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    url = image(loopback, "/a.png", picture_file("JPEG", 2000, 1000, exif=exif))
    serve(loopback, entry(loopback, 1, url))
    site = site_of(
        tmp_path, loopback, images={"cache": True, "max_side": 800}, site={"base_url": "https://news.example"}
    )
    site.run("poll")
    site.run("publish")
    ((copy, width, height),) = published(site)["Machine learning finds comet 1"]
    assert (width, height) == (800, 400)
    path = copy.removeprefix("https://news.example/")
    assert path.startswith("assets/images/cache/")
    kept = opened(site.feeds / path)
    assert (kept.size, kept.format, dict(kept.getexif())) == ((800, 400), "JPEG", {})
    (shown,) = records(site)["Machine learning finds comet 1"]["images"]
    assert (shown["url"], shown["isCached"]) == (copy, True)
    assert copy in (site.feeds / "ml/index.html").read_text()


def test_what_was_found_is_published_once(tmp_path, loopback):
    """Then nothing is left to be looked at or to be written, and nothing comes of polling again."""
    url = image(loopback, "/a.jpg", picture_file("JPEG", 640, 360))
    image(loopback, "/favicon.ico", picture_file("PNG", 64, 64))
    serve(loopback, entry(loopback, 1, url), entry(loopback, 2))
    site = site_of(tmp_path, loopback, images={"cache": True})
    for _ in range(2):
        site.run("poll", "--all")
        site.run("publish")
    asked = [request.path for request in loopback.requests if request.path != "/feed"]
    with open_store(load_config(site.config, {}).settings.database_url) as store:
        due = {
            kind: list_marked(store, kind) for kind in (MarkKind.ARTICLE, MarkKind.TOPIC, MarkKind.PICTURE)
        }
        put_off = [at - datetime.now(UTC) for _, at in list_marks(store, MarkKind.PICTURE)]
    assert sorted(asked) == sorted(set(asked))
    assert (due[MarkKind.ARTICLE], due[MarkKind.TOPIC]) == ([], [])
    assert all(wait > timedelta(days=29) for wait in put_off)
    assert " 0 files written" in site.run("publish")


def test_a_full_cache_evicts_what_is_unused_and_nothing_in_play(tmp_path, loopback):
    """Copies of articles that left the feeds make room; what would not fit is shown from its source."""
    noise = [Image.effect_noise((1400, 1400), 200).convert("RGB") for _ in range(3)]
    urls = []
    for number, picture in enumerate(noise):
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=90)
        urls.append(image(loopback, f"/{number}.jpg", out.getvalue()))
    site = site_of(tmp_path, loopback, images={"cache": True, "max_mib": 2})
    serve(loopback, *(entry(loopback, n, url) for n, url in enumerate(urls)))
    site.run("poll")
    site.run("publish")
    shown = [picture for ((picture, *_),) in published(site).values()]
    copies = list(site.feeds.rglob("assets/images/cache/*/*.jpg"))
    assert 0 < sum(copy.stat().st_size for copy in copies) <= 2 * 1024 * 1024
    assert len([url for url in shown if "/cache/" in url]) == len(copies) < 3
    site.run("sources", "remove", "daily", "--with-articles")
    site.write("sources", {"sources": [{"id": "other", "url": f"{loopback.url}/feed"}]})
    serve(loopback, entry(loopback, 9, image(loopback, "/9.jpg", noise_file())))
    site.run("poll")
    site.run("publish")
    ((fresh, *_),) = published(site)["Machine learning finds comet 9"]
    left = list(site.feeds.rglob("assets/images/cache/*/*.jpg"))
    assert [path.name for path in left if path.name in fresh] == [fresh.rpartition("/")[2]]
    assert sum(path.stat().st_size for path in left) <= 2 * 1024 * 1024


def noise_file():
    out = io.BytesIO()
    Image.effect_noise((1300, 1300), 200).convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()


def test_a_publishers_default_picture_is_no_articles_own(tmp_path, loopback):
    """One file under many addresses, or one address on many articles, is dropped, and judged again."""
    same = picture_file("JPEG", 600, 300, seed=1)
    items = [entry(loopback, n, image(loopback, f"/default.jpg?{n}", same)) for n in range(5)]
    own = image(loopback, "/own.jpg", picture_file("JPEG", 600, 300, seed=2))
    serve(loopback, *items, entry(loopback, 8, own))
    site = site_of(tmp_path, loopback)
    site.run("poll")
    site.run("publish")
    shown = published(site)
    assert shown.pop("Machine learning finds comet 8") == [(own, 600, 300)]
    assert list(shown.values()) == [[]] * 5


def test_spacers_are_no_pictures(tmp_path, loopback):
    """A pixel and an icon are dropped, the picture after them is shown."""
    urls = [image(loopback, f"/{w}.png", picture_file("PNG", w, h)) for w, h in ((1, 1), (32, 32), (300, 2))]
    url = image(loopback, "/real.jpg", picture_file("JPEG", 320, 200))
    serve(loopback, entry(loopback, 1, urls[0], urls[1], url), entry(loopback, 2, urls[2]))
    site = site_of(tmp_path, loopback)
    site.run("poll")
    site.run("publish")
    assert published(site) == {
        "Machine learning finds comet 1": [(url, 320, 200)],
        "Machine learning finds comet 2": [],
    }


JPEG_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n"
HOSTILE = {
    "svg": (Answer(body=b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', headers=JPEG), "SVG"),
    "html": (Answer(body=b"<!doctype html><title>No picture</title>", headers=JPEG), "HTML"),
    "bomb": (Answer(body=huge_png(), headers=JPEG), "30000 x 30000 pixels"),
    "cut": (Answer(body=picture_file("JPEG", 900, 700)[:150], headers=JPEG), "broken|decoded"),
    "half": (Answer(body=picture_file("JPEG", 900, 700)[:9000], headers=JPEG), "decoded"),
    "endless": (endless(JPEG_HEAD + b"\r\n", bytes(65536)), "images.max_bytes|no picture"),
    "slow": (
        raw(JPEG_HEAD + b"Content-Length: 900000\r\n\r\n", *[b"\xff"] * 100, pause_s=0.1),
        "longer than the 2 s",
    ),
    "redirect": (Answer(status=302, headers={"Location": "http://169.254.169.254/a.jpg"}), "169.254|refused"),
    "gone": (Answer(status=410), "410"),
}


def test_pictures_that_cannot_be_fetched_are_one_line(tmp_path, loopback):
    """A hundred pictures on two hosts that are down, and some that are gone, are a line for each kind."""
    hosts = ["http://127.0.0.1:9", "http://127.0.0.2:9"]
    down = [entry(loopback, n, *(f"{hosts[n % 2]}/{n}-{m}.jpg" for m in range(3))) for n in range(34)]
    gone = [entry(loopback, n, f"{loopback.url}/gone{n}.jpg") for n in (40, 41)]
    lone = entry(loopback, 42, image(loopback, "/mark.png", picture_file("PNG", 20, 20)))
    serve(loopback, *down, *gone, lone)
    reported = run_program("poll", "--config", str(site_of(tmp_path, loopback).config)).stderr
    lines = [line for line in reported.splitlines() if "event=picture " in line]
    assert sorted(word for line in lines for word in line.split() if word.startswith(("failed=", "hosts="))) == [
        "failed=102", "failed=2", "hosts=1", "hosts=2",
    ]  # fmt: skip
    assert len(lines) == 3
    assert "mark.png: is 20 x 20 pixels" in "".join(lines)


@pytest.mark.parametrize("cache", [False, True], ids=["sizes", "cache"])
def test_hostile_files_are_logged_and_left_out(tmp_path, cache):
    """Each article is published without its picture, and the log names the article and the reason."""
    with Loopback() as server:
        names = [name for name in HOSTILE if cache or name != "half"]
        for name in names:
            server.route(f"/{name}.jpg", HOSTILE[name][0])
        serve(server, *(entry(server, n, f"{server.url}/{name}.jpg") for n, name in enumerate(names)))
        site = site_of(
            tmp_path, server, fetch={"timeout_s": 2, "connect_timeout_s": 1}, images={"cache": cache}
        )
        reported = run_program("poll", "--config", str(site.config)).stderr
        site.run("publish")
    assert published(site) == {f"Machine learning finds comet {n}": [] for n in range(len(names))}
    for name in names:
        lines = [
            line
            for line in reported.splitlines()
            if f"/{name}.jpg" in line or (name == "redirect" and "169.254" in line)
        ]
        assert any(any(reason in line for reason in HOSTILE[name][1].split("|")) for line in lines), (
            name,
            reported,
        )


def test_a_logo_is_found_kept_and_shown(tmp_path, loopback):
    """The icon that the home page names becomes both files of the record, shown beside the name."""
    serve(loopback, entry(loopback, 1))
    head = b'<link rel="icon" href="/small.png" sizes="16x16"><link rel="apple-touch-icon" href="/touch.png">'
    loopback.route("/", Answer(body=head, headers={"Content-Type": "text/html"}))
    image(loopback, "/touch.png", picture_file("PNG", 180, 180))
    site = site_of(tmp_path, loopback)
    site.run("poll")
    site.run("publish")
    logos = records(site)["Machine learning finds comet 1"]["provider"]["images"]
    base = "http://127.0.0.1:8080/assets/images/organizations/127.0.0.1-"
    assert [(i["url"], i["width"], i["height"]) for i in logos] == [
        (f"{base}50x50.jpg", 50, 50),
        (f"{base}400x400.jpg", 400, 400),
    ]
    for side in (50, 400):
        path = site.feeds / f"assets/images/organizations/127.0.0.1-{side}x{side}.jpg"
        assert opened(path).size == (side, side)
    assert "../assets/images/organizations/127.0.0.1-50x50.jpg" in (site.feeds / "ml/index.html").read_text()


def test_without_a_logo_a_monogram_is_drawn_on_pages_only(tmp_path, loopback):
    """Where nothing is found, and where the icon is a page, pages show a letter and records no images."""
    serve(loopback, entry(loopback, 1))
    loopback.route("/favicon.ico", Answer(body=b"<html>no</html>"))
    site = site_of(tmp_path, loopback)
    site.run("poll")
    site.run("publish")
    assert records(site)["Machine learning finds comet 1"]["provider"]["images"] is None
    assert "../assets/images/organizations/127.0.0.1.svg" in (site.feeds / "ml/index.html").read_text()
    drawn = (site.feeds / "assets/images/organizations/127.0.0.1.svg").read_text()
    assert drawn.startswith("<svg")
    assert " 0 files written" in site.run("publish")


@pytest.mark.parametrize(("is_named", "level"), [(False, "info"), (True, "warning")])
def test_a_missing_logo_is_told_without_advice_of_feeds(tmp_path, loopback, is_named, level):
    """It is a warning only where the operator named a logo; nobody is sent to look for a feed."""
    serve(loopback, entry(loopback, 1))
    site = site_of(tmp_path, loopback)
    if is_named:
        images = [{"url": f"{loopback.url}/no.png"}]
        site.write("providers", {"providers": [{"domain": "127.0.0.1", "name": "Daily", "images": images}]})
    told = run_program("poll", "--config", str(site.config)).stderr.splitlines()
    (line,) = (one for one in told if "favicon.ico" in one)
    assert f" level={level} " in line
    assert "answered 404 Not Found: nothing is at this address" in line
    assert "feed's new address" not in line


def test_a_configured_logo_comes_first_then_the_article_pages_own(tmp_path, loopback):
    """The logo that JSON-LD names beats icons, and one in providers.yaml beats both."""
    serve(loopback, entry(loopback, 1))
    image(loopback, "/wide.png", picture_file("PNG", 300, 100))
    said = {
        "@type": "NewsArticle",
        "publisher": {"name": "Daily", "logo": {"url": f"{loopback.url}/wide.png"}},
    }
    page = f'<script type="application/ld+json">{json.dumps(said)}</script><link rel="icon" href="/i.png">'
    loopback.route("/article/1", Answer(body=page.encode(), headers={"Content-Type": "text/html"}))
    site = site_of(tmp_path, loopback, enrich={"pages": True, "host_delay_s": 0})
    site.run("poll")
    logo = site.feeds / "assets/images/organizations/127.0.0.1-400x400.jpg"
    from_page = logo.read_bytes()
    assert min(opened(logo).getpixel((200, 20))) > 250
    assert "/i.png" not in {request.path for request in loopback.requests}
    image(loopback, "/mine.png", picture_file("PNG", 120, 120, seed=5))
    other = site_of(tmp_path / "other", loopback)
    mine = {"url": f"{loopback.url}/mine.png"}
    other.write("providers", {"providers": [{"domain": "127.0.0.1", "name": "Daily", "images": [mine]}]})
    other.run("poll")
    assert (other.feeds / "assets/images/organizations/127.0.0.1-400x400.jpg").read_bytes() != from_page


def test_copies_and_logos_of_removed_articles_are_gone(tmp_path, loopback):
    """With the last article that shows them, they leave the tree; what was put in by hand stays."""
    url = image(loopback, "/a.jpg", picture_file("JPEG", 640, 360))
    image(loopback, "/favicon.ico", picture_file("PNG", 64, 64))
    serve(loopback, entry(loopback, 1, url))
    site = site_of(tmp_path, loopback, images={"cache": True})
    site.run("poll", "--all")
    site.run("publish")
    assets = site.feeds / "assets" / "images"
    by_hand = assets / "cache" / "note.txt"
    by_hand.write_text("mine", encoding="utf-8")
    assert len(list(assets.rglob("*.jpg"))) == 3
    site.run("sources", "remove", "daily", "--with-articles")
    site.run("publish")
    left = [path for path in assets.rglob("*") if path.is_file() and path.name != ".writing.lock"]
    assert left == [by_hand]
