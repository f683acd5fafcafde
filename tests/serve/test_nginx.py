"""docs/nginx.conf, run by nginx on a published tree: it answers as the built-in server does."""

import gzip
import re
import subprocess
from getpass import getuser
from pathlib import Path

import pytest

from aggregator.publish.files import write_files
from tests.benchmarks.serving import free_port, nginx_path, run_server
from tests.serve.client import Client
from tests.serve.tree import FILES

NGINX = nginx_path()
CONFIG = Path(__file__).parents[2] / "docs/nginx.conf"
MAIN = """
user {user}; worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 100; }}
http {{
  access_log off; client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2;
  fastcgi_temp_path {folder}/t3; uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
{site}
}}
"""
SAME = [
    "Content-Type", "Cache-Control", "Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options",
    "Referrer-Policy", "Permissions-Policy", "Access-Control-Allow-Origin", "Last-Modified",
]  # fmt: skip
pytestmark = pytest.mark.skipif(NGINX is None, reason="needs nginx")


@pytest.fixture
def nginx(tree, tmp_path):
    """A client of nginx, which serves the test's own tree by the documented configuration."""
    for folder in (*tmp_path.parents, tmp_path):  # the workers are another user's where we are root
        if str(folder).startswith("/tmp/"):
            folder.chmod(0o755)
    port = free_port()
    site = re.sub(r"(?m)^ *listen .*$", "", CONFIG.read_text())
    site = site.replace("server_name news.example.com;", f"listen 127.0.0.1:{port};")
    config = tmp_path / "nginx.conf"
    config.write_text(
        MAIN.format(user=getuser(), folder=tmp_path, site=site.replace("/srv/news/feeds", str(tree)))
    )
    checked = subprocess.run([NGINX, "-t", "-c", config], capture_output=True, text=True, check=False)
    assert "successful" in checked.stderr
    assert "[warn]" not in checked.stderr
    with run_server([NGINX, "-c", str(config)], port), Client(port) as client:
        yield client


def test_nginx_answers_as_the_built_in_server(nginx, client, tree):
    """Types, caching, security and sharing are the same; hidden and unfinished files are not found."""
    for name in ("town/rss.xml", "town/atom.xml", "town/feed.json", "opml.xml", "index.html", "town/",
                 "assets/style.css", "assets/photo.jpg", "town/plan.xml", "town/note.txt"):  # fmt: skip
        theirs, ours = nginx.get(f"/{name}"), client.get(f"/{name}")
        assert (theirs.status, theirs.body) == (ours.status, ours.body) == (200, theirs.body), name
        assert {field: theirs.headers[field] for field in SAME} == {
            field: ours.headers[field] for field in SAME
        }, name
    for name in (
        ".env",
        ".git/config",
        "town/.rss.xml.unfinished",
        "town/rss.xml.tmp",
        "town/rss.xml~",
        "none",
    ):
        assert nginx.get(f"/{name}").status == client.get(f"/{name}").status == 404, name


def test_nginx_sends_what_is_kept_compressed(nginx, client, tree):
    """The gzip beside a feed is sent in its place, with a tag and by no name of its own, from either server."""
    write_files(tree, {"town/rss.xml": FILES["town/rss.xml"].encode()}, has_variants=True)
    packed = (tree / "town/rss.xml.gz").read_bytes()
    assert gzip.decompress(packed).decode() == FILES["town/rss.xml"]
    reply = nginx.get("/town/rss.xml", Accept_Encoding="gzip")
    assert (reply.body, reply.headers["Content-Encoding"], reply.headers["Vary"]) == (
        packed,
        "gzip",
        "Accept-Encoding",
    )
    assert (
        nginx.get("/town/rss.xml", Accept_Encoding="gzip", If_None_Match=reply.headers["ETag"]).status == 304
    )
    assert reply.headers["ETag"] != nginx.get("/town/rss.xml").headers["ETag"]
    for name in ("/town/rss.xml.gz", "/town/rss.xml.br"):
        assert nginx.get(name).status == client.get(name).status == 404


def test_nginx_leads_to_folders(nginx, client):
    """A folder without its slash leads to the one with it, on whatever host and scheme it was asked for."""
    reply = nginx.get("/town")
    assert (reply.status, reply.headers["Location"]) == (301, "/town/")


BELOW = re.search(r"```nginx\n(.*?)```", (CONFIG.parent / "deploying.md").read_text(), flags=re.DOTALL)


def test_another_site_shows_it_below_a_path(nginx, tree, tmp_path):
    """What docs/deploying.md gives another nginx leads there: feeds are compressed, folders stay below it."""
    inner, outer = (
        int(re.search(r"listen 127\.0\.0\.1:(\d+)", (tmp_path / "nginx.conf").read_text())[1]),
        free_port(),
    )
    site = f"server {{ listen 127.0.0.1:{outer}; {BELOW[1].replace('8081', str(inner))} }}"
    folder = tmp_path / "outer"
    folder.mkdir(mode=0o755)
    config = folder / "nginx.conf"
    config.write_text(MAIN.format(user=getuser(), folder=folder, site=site))
    with run_server([NGINX, "-c", str(config)], outer), Client(outer) as client:
        for name in ("town/rss.xml", "index.html", "assets/style.css"):
            theirs, ours = client.get(f"/news/{name}"), nginx.get(f"/{name}")
            assert (theirs.status, theirs.body) == (200, ours.body), name
            assert {field: theirs.headers[field] for field in SAME} == {
                field: ours.headers[field] for field in SAME
            }, name
        assert client.get("/news/town/rss.xml", Accept_Encoding="gzip").headers["Content-Encoding"] == "gzip"
        folder_reply = client.get("/news/town")
        assert folder_reply.status == 301
        assert folder_reply.headers["Location"].endswith("/news/town/")
