"""A small published tree, and a server of it on a free port."""

import os

import pytest

from aggregator.serve import Server, create_app
from tests.serve.client import Client

CHANGED_AT = 1_700_000_000  # 2023-11-14 22:13:20 UTC, within a whole second
ITEM = "<item><title>Rain over the harbour – naïve übersetzt</title></item>\n"
FILES = {
    "index.html": "<!doctype html><title>Topics</title>" + "<p>Town news</p>" * 40,
    "opml.xml": "<opml version='2.0'>" + "<outline text='Town'/>" * 40 + "</opml>",
    "town/index.html": "<!doctype html><title>Town</title>",
    "town/rss.xml": "<rss version='2.0'>" + ITEM * 200 + "</rss>",
    "town/atom.xml": "<feed xmlns='http://www.w3.org/2005/Atom'>" + "<entry/>" * 100 + "</feed>",
    "town/feed.json": '{"items": [' + '"a", ' * 100 + '"b"]}',
    "town/other.json": "{}",
    "town/list.opml": "<opml/>",
    "town/plan.xml": "<plan/>",
    "town/note.txt": "A note",
    "assets/style.css": "body { color: black }\n" * 30,
    "assets/a map.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "assets/photo.jpg": "\x00\x01" * 500,
    "assets/photo.PNG": "png",
    "assets/photo.webp": "webp",
    "assets/blob": "what",
    "empty/readme.txt": "no index here",
    ".env": "SECRET=1",
    ".git/config": "[core]",
    "town/.rss.xml.unfinished": "half",
    "town/rss.xml.tmp": "half",
    "town/rss.xml~": "old",
}


def write_tree(parent):
    """Return a folder with the files of ``FILES``, all changed at ``CHANGED_AT``, beside a secret one."""
    folder = parent / "feeds"
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        os.utime(path, (CHANGED_AT, CHANGED_AT))
    (parent / "secret.txt").write_text("SECRET=2")
    return folder


@pytest.fixture
def tree(tmp_path):
    """A tree of the test's own, to be changed at will."""
    return write_tree(tmp_path)


@pytest.fixture
def server(tree):
    """A running server of the test's own tree."""
    with Server(create_app(tree), "127.0.0.1", 0) as running:
        yield running


@pytest.fixture
def client(server):
    """A client of the test's own server, with one connection."""
    with Client(server.port) as client:
        yield client


@pytest.fixture(scope="session")
def unchanging(tmp_path_factory):
    """A server of a tree that no test changes."""
    folder = write_tree(tmp_path_factory.mktemp("unchanging"))
    with Server(create_app(folder), "127.0.0.1", 0) as running:
        yield running


@pytest.fixture
def reader(unchanging):
    """A client of the unchanging server, with one connection."""
    with Client(unchanging.port) as client:
        yield client
