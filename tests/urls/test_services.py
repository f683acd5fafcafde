"""Which hosts are one service."""

import pytest

from aggregator.urls.services import service_of, service_of_url


@pytest.mark.parametrize(
    ("host", "service"),
    [
        ("feeds.example.org", "example.org"),
        ("News.BBC.co.uk.", "bbc.co.uk"),
        ("one.tumblr.com", "tumblr.com"),
        ("one.github.io", "github.io"),
        ("github.io", "github.io"),
        ("one.blogspot.com", "blogspot.com"),
        ("a.b.s3.amazonaws.com", "s3.amazonaws.com"),
        ("notgithub.io", "notgithub.io"),
        ("one.uk.com", "one.uk.com"),
        ("127.0.0.1", "127.0.0.1"),
        ("localhost", "localhost"),
        ("", ""),
    ],
)
def test_hosts_of_one_service(host, service):
    """The registrable domain, or the hoster where everybody has a name of their own under it."""
    assert service_of(host) == service


def test_the_service_of_an_address():
    """Port, path and rubbish do not matter."""
    assert service_of_url("https://one.tumblr.com:8443/rss?x") == "tumblr.com"
    assert service_of_url("no address") == ""
