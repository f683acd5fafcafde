"""What a file of the tree is answered with."""

import hashlib
import os
import re
import time
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

import pytest

from aggregator.serve import Server, create_app
from tests.serve.client import Client
from tests.serve.tree import FILES

TYPES = {
    "town/rss.xml": "application/rss+xml; charset=utf-8",
    "town/atom.xml": "application/atom+xml; charset=utf-8",
    "town/feed.json": "application/feed+json; charset=utf-8",
    "opml.xml": "text/x-opml; charset=utf-8",
    "town/list.opml": "text/x-opml; charset=utf-8",
    "town/plan.xml": "application/xml; charset=utf-8",
    "town/other.json": "application/json; charset=utf-8",
    "town/note.txt": "text/plain; charset=utf-8",
    "index.html": "text/html; charset=utf-8",
    "assets/style.css": "text/css; charset=utf-8",
    "assets/photo.jpg": "image/jpeg",
    "assets/photo.PNG": "image/png",
    "assets/photo.webp": "image/webp",
    "assets/blob": "application/octet-stream",
}


@pytest.mark.parametrize("name", TYPES)
def test_a_file_is_sent_whole_with_its_type(reader, name):
    """Every kind of file comes with its bytes, their number and its media type."""
    reply = reader.get(f"/{name}")
    assert reply.status == 200
    assert reply.body == FILES[name].encode()
    assert reply.headers["Content-Length"] == str(len(reply.body))
    assert reply.headers["Content-Type"] == TYPES[name]


def test_a_name_may_be_percent_encoded(reader):
    """A blank in a name comes encoded and is found."""
    reply = reader.get("/assets/a%20map.svg?v=1")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "image/svg+xml; charset=utf-8")


@pytest.mark.parametrize(("path", "name"), [("/", "index.html"), ("/town/", "town/index.html")])
def test_a_folder_is_its_index_page(reader, path, name):
    """A path with a slash at the end gives the folder's index page."""
    reply = reader.get(path)
    assert (reply.status, reply.body) == (200, FILES[name].encode())


@pytest.mark.parametrize("site", ["https://news.example.com", "https://news.example.com/sub/path"])
@pytest.mark.parametrize(
    ("path", "leads_to"),
    [("/town", "/town/"), ("/assets/images", "/assets/images/"), ("/assets%2Fimages", "/assets%2Fimages/")],
)
def test_a_folder_without_its_slash_is_redirected(client, tree, path, leads_to, site):
    """Relative links of an index page need the slash; a path that a proxy put in front stays."""
    (tree / "assets/images").mkdir()
    (tree / "assets/images/index.html").write_text("Pictures")
    reply = client.get(path)
    assert reply.status == 301
    assert urljoin(site + path, reply.headers["Location"]) == site + leads_to
    assert client.get(leads_to).status == 200


def test_a_folder_with_a_colon_is_redirected_below_this_site(client, tree):
    """What stands before a colon is no scheme."""
    (tree / "mailto:x").mkdir()
    (tree / "mailto:x/index.html").write_text("Letters")
    reply = client.get("/mailto:x")
    assert urljoin("http://x.example/sub/mailto:x", reply.headers["Location"]).startswith("http://x.example/")
    assert client.get(urljoin("/mailto:x", reply.headers["Location"])).body == b"Letters"


@pytest.mark.parametrize("site", ["https://news.example.com", "https://news.example.com/sub/path"])
@pytest.mark.parametrize(
    "path", ["/nothing", "/nothing/", "/a/b/c", "/town/rss.xml/", "/a%2Fb", "/town/x?a/b/c", "/town"]
)
def test_links_of_small_pages_stay_below_a_proxys_path(reader, path, site):
    """Whoever serves the tree below a path, the page's style and its way back are there."""
    links = re.findall('href="([^"]*)"', reader.get(path).body.decode())
    found = [urljoin(site + path, link) for link in links]
    assert found == [f"{site}/favicon.ico", f"{site}/assets/style.css", f"{site}/"]


def test_a_refusal_of_a_method_links_below_a_proxys_path(reader):
    """The page that says 405 knows its place, too."""
    page = reader.ask("DELETE", "/a/b", Content_Length="0").body.decode()
    assert 'href="../assets/style.css"' in page


def test_a_redirect_stays_on_this_host(reader):
    """A path with two slashes at its start could name another host; it is not redirected to."""
    assert reader.get("//town").status == 404
    assert reader.get("//town%2f..").status == 404


@pytest.mark.parametrize("path", ["/empty", "/empty/", "/nothing", "/nothing/", "/town/rss.xml/"])
def test_what_is_not_there_is_a_small_page(reader, path):
    """Where there is no file or no index page, a short HTML page says so and is not cached."""
    reply = reader.get(path)
    assert reply.status == 404
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    assert reply.headers["Cache-Control"] == "no-store"
    assert b"Not Found" in reply.body
    assert len(reply.body) < 1000


@pytest.mark.parametrize("name", ["town/rss.xml", "assets/photo.jpg", "index.html"])
def test_the_etag_follows_the_content(client, tree, name):
    """The strong entity tag is the content's hash: the same for the same bytes, another for others."""
    first = client.get(f"/{name}").headers["ETag"]
    assert first == f'"{hashlib.sha256(FILES[name].encode()).hexdigest()[:32]}"'
    (tree / name).write_text("changed")
    assert client.get(f"/{name}").headers["ETag"] != first
    (tree / name).write_text(FILES[name], encoding="utf-8")
    assert client.get(f"/{name}").headers["ETag"] == first


def test_files_of_one_size_and_time_are_told_apart(client, tree):
    """A replacement within the file system's clock tick is seen, though size and time agree."""
    path = tree / "town/note.txt"
    tick = time.time() + 60  # no change is so old, however slow the machine
    tags = set()
    for letter in "abcdefgh":
        path.write_text(letter * 6)
        os.utime(path, (tick, tick))
        tags.add(client.get("/town/note.txt").headers["ETag"])
    assert len(tags) == 8


def test_the_time_of_change_is_reported(reader):
    """Last-Modified is the file's time of change in the form of HTTP."""
    assert reader.get("/town/rss.xml").headers["Last-Modified"] == "Tue, 14 Nov 2023 22:13:20 GMT"


def test_a_time_of_change_in_the_future_is_not_told(client, tree):
    """RFC 9110 wants no Last-Modified later than Date."""
    future = time.time() + 90_000
    os.utime(tree / "town/rss.xml", (future, future))
    headers = client.get("/town/rss.xml").headers
    assert parsedate_to_datetime(headers["Last-Modified"]).timestamp() < future - 80_000


def test_copies_of_pictures_never_change_and_logos_seldom(client, tree):
    """What is named by its content is immutable (RFC 8246), a logo is kept for a day."""
    for folder, reported in (
        ("cache/ab", "public, max-age=31536000, immutable"),
        ("organizations", "public, max-age=86400"),
    ):
        path = tree / "assets/images" / folder / "abc.jpg"
        path.parent.mkdir(parents=True)
        path.write_bytes(b"picture")
        assert client.get(f"/assets/images/{folder}/abc.jpg").headers["Cache-Control"] == reported


@pytest.mark.parametrize(
    ("path", "seconds"),
    [("/", 60), ("/town/rss.xml", 60), ("/town/feed.json", 60), ("/assets/style.css", 3600)],
)
def test_caches_may_keep_it_for_a_while(reader, path, seconds):
    """Feeds and pages are kept for a minute, style and pictures longer."""
    assert reader.get(path).headers["Cache-Control"] == f"public, max-age={seconds}"


@pytest.mark.parametrize(
    "path", ["/", "/town", "/town/rss.xml", "/assets/photo.jpg", "/assets/style.css", "/nothing", "/healthz"]
)
def test_head_is_get_without_the_body(reader, path):
    """HEAD has GET's status and headers, the length among them, and no body."""
    got, head = (reader.ask(method, path, Accept_Encoding="gzip") for method in ("GET", "HEAD"))
    assert head.body == b""
    assert got.body
    assert head.status == got.status
    assert _without_date(head) == _without_date(got)


def _without_date(reply):
    return sorted(item for item in reply.headers.items() if item[0].lower() != "date")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"])
@pytest.mark.parametrize("path", ["/", "/town/rss.xml", "/nothing", "/healthz"])
def test_nothing_but_reading_is_allowed(reader, method, path):
    """Other methods are refused, and the answer names those that are allowed."""
    reply = reader.ask(method, path, Content_Length="0")
    assert (reply.status, reply.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")


def test_options_names_the_methods(reader):
    """OPTIONS answers what may be done, also to a browser that asks before it revalidates a feed."""
    reply = reader.ask("OPTIONS", "/town/rss.xml", Origin="https://reader.example")
    assert (reply.status, reply.body) == (204, b"")
    assert reply.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert "If-None-Match" in reply.headers["Access-Control-Allow-Headers"]


def test_a_tree_that_is_not_there_yet_is_empty(tmp_path):
    """The server may start before anything is published; then its files appear."""
    with Server(create_app(tmp_path / "feeds"), "127.0.0.1", 0) as server, Client(server.port) as client:
        assert client.get("/").status == 404
        (tmp_path / "feeds").mkdir()
        (tmp_path / "feeds/index.html").write_text("here")
        assert client.get("/").body == b"here"
