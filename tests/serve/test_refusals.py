"""Paths that must lead to nothing, and what browsers are told to refuse."""

import os
import socket

import pytest

from tests.serve.tree import FILES

OUTSIDE = [
    "/../secret.txt",
    "/town/../../secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e/secret.txt",
    "/%2e%2e%2fsecret.txt",
    "/%252e%252e/secret.txt",
    "/%252e%252e%252fsecret.txt",
    "/..%5csecret.txt",
    "/..\\secret.txt",
    "/town\\..\\..\\secret.txt",
    "/%2e%2e%5csecret.txt",
    "/..%c0%afsecret.txt",
    "/town/..;/..;/secret.txt",
    "//secret.txt",
    "/%2fetc/passwd",
    "/town/rss.xml%00",
    "/town/rss.xml%00.html",
    "/town/%0arss.xml",
    "/%0a",
    "/./town/rss.xml",
    "/town//rss.xml",
    "/town/./rss.xml",
    "/" + "a" * 300,
    "/" + "a/" * 4000,
    "secret.txt",
    "*",
]
HIDDEN = [
    "/.env",
    "/%2eenv",
    "/.git/config",
    "/.git/",
    "/town/.rss.xml.unfinished",
    "/town/rss.xml.tmp",
    "/town/rss.xml~",
]


@pytest.mark.parametrize("target", OUTSIDE + HIDDEN)
def test_no_path_leaves_the_tree_or_finds_hidden_files(reader, target):
    """Dots, slashes and NULs in any disguise, hidden and unfinished files: all are not found."""
    reply = reader.get(target)
    assert reply.status == 404
    assert b"SECRET" not in reply.body
    assert "Content-Security-Policy" in reply.headers


@pytest.mark.parametrize("target", ["/out.txt", "/outside/secret.txt", "/hidden.txt", "/circle", "/gone"])
def test_links_out_of_the_tree_are_not_followed(client, tree, target):
    """A symbolic link is followed within the tree only, and not to a hidden file."""
    (tree / "out.txt").symlink_to(tree.parent / "secret.txt")
    (tree / "outside").symlink_to(tree.parent, target_is_directory=True)
    (tree / "hidden.txt").symlink_to(tree / ".env")
    (tree / "circle").symlink_to(tree / "circle")
    (tree / "gone").symlink_to(tree / "nowhere")
    assert client.get(target).status == 404


def test_links_within_the_tree_are_followed(client, tree):
    """A link to another file of the tree is that file, by the link's name."""
    (tree / "town/latest.json").symlink_to(tree / "town/feed.json")
    reply = client.get("/town/latest.json")
    assert (reply.status, reply.body) == (200, FILES["town/feed.json"].encode())


def test_the_tree_itself_may_be_a_link(client, tree):
    """A tree that is switched over by a link is served from where the link leads now."""
    tree.rename(tree.parent / "old")
    (tree.parent / "new").mkdir()
    (tree.parent / "new/index.html").write_text("new")
    tree.symlink_to(tree.parent / "new", target_is_directory=True)
    assert client.get("/").body == b"new"


def test_a_pipe_does_not_block(client, tree):
    """What is no regular file is not opened: a pipe would wait for a writer for ever."""
    os.mkfifo(tree / "pipe.xml")
    assert client.get("/pipe.xml").status == 404


def test_garbage_does_not_hurt(client, server):
    """Bytes that are no HTTP are answered with 400, and the server goes on."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as raw:
        raw.sendall(b"\x16\x03\x01\x00\xff garbage\r\n\r\n")
        assert raw.recv(100).startswith(b"HTTP/1.1 400 ")
    assert client.get("/").status == 200


@pytest.mark.parametrize("path", ["/", "/town", "/town/rss.xml", "/assets/photo.jpg", "/nothing", "/healthz"])
def test_browsers_are_told_to_be_careful(reader, path):
    """No scripts, no frames, no guessing of types, no device access, whatever is answered."""
    headers = reader.get(path).headers
    policy = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["style-src"] == "'self'"
    assert {"https:", "http:", "'self'"} <= set(policy["img-src"].split())
    assert policy["frame-ancestors"] == "'none'"
    assert "script-src" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Server" not in headers


@pytest.mark.parametrize(
    ("path", "origin"),
    [
        ("/town/rss.xml", "*"),
        ("/town/atom.xml", "*"),
        ("/town/feed.json", "*"),
        ("/opml.xml", "*"),
        ("/town/", None),
        ("/assets/style.css", None),
        ("/nothing", None),
    ],
)
def test_feeds_may_be_read_by_other_sites(reader, path, origin):
    """A reader in a browser may read feeds; pages stay with their own site."""
    assert reader.get(path).headers["Access-Control-Allow-Origin"] == origin
