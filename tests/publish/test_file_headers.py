"""The header fields that a published file has wherever it is stored are those that it is served with."""

import pytest

from aggregator.publish.file_headers import describe_file
from aggregator.serve import Server, create_app
from tests.serve.client import Client


@pytest.mark.parametrize(
    ("name", "media_type", "seconds"),
    [
        ("ai/rss.xml", "application/rss+xml", 60),
        ("ai/articles/atom.xml", "application/atom+xml", 60),
        ("ai/feed.json", "application/feed+json", 60),
        ("changes.atom", "application/atom+xml", 60),
        ("index.html", "text/html", 60),
        ("opml.xml", "text/x-opml", 60),
        ("api/news/index.json", "application/json", 60),
        ("_news/2026-01-02-title.md", "text/markdown", 60),
        ("assets/style.css", "text/css", 3600),
        ("assets/images/organizations/daily.example.svg", "image/svg+xml", 86400),
        ("assets/images/cache/ab/abcd-10x10.jpg", "image/jpeg", 31536000),
        ("robots.unknown", "application/octet-stream", 60),
    ],
)
def test_a_file_is_stored_as_it_is_served(tmp_path, name, media_type, seconds):
    """Type and time in caches are the same at an object store and from the built-in server."""
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"text")
    fields = describe_file(name)
    assert fields["Content-Type"].partition(";")[0] == media_type
    assert f"max-age={seconds}" in fields["Cache-Control"]
    with Server(create_app(tmp_path), "127.0.0.1", 0) as server, Client(server.port) as client:
        answer = client.get(f"/{name}")
    assert {key: answer.headers[key] for key in fields} == fields


def test_only_copies_of_what_has_copies_are_coded():
    """A file that is called so for itself is none."""
    assert describe_file("ai/rss.xml.gz") == {**describe_file("ai/rss.xml"), "Content-Encoding": "gzip"}
    assert describe_file("ai/rss.xml.br") == {**describe_file("ai/rss.xml"), "Content-Encoding": "br"}
    assert describe_file("backup.tar.gz") == {
        "Content-Type": "application/octet-stream",
        "Cache-Control": "public, max-age=60",
    }
