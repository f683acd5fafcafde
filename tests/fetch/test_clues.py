"""Addresses where a feed may be that does not answer any more."""

import pytest

from aggregator.fetch.clues import common_addresses, secure_address, site_pages


@pytest.mark.parametrize(
    ("url", "secure"),
    [
        ("http://a.example/feed?x=1", "https://a.example/feed?x=1"),
        ("http://user:pass@a.example:80/feed", "https://a.example/feed"),
        ("https://a.example/feed", None),
        ("http://a.example:8080/feed", None),
    ],
)
def test_the_same_address_over_https(url, secure):
    """Only where it is not https already, and on the default port; credentials are left out."""
    assert secure_address(url) == secure


def test_the_pages_of_a_site():
    """The one that the feed named, then the root of its host, each once."""
    assert site_pages("https://u@f.example:8/x/feed", "https://s.example/blog/") == ("https://s.example/blog/", "https://f.example:8/")  # fmt: skip
    assert site_pages("https://s.example/feed", "https://s.example/") == ("https://s.example/",)
    assert site_pages("https://s.example/feed", None) == ("https://s.example/",)


def test_common_addresses_are_below_the_pages():
    """What publishing software does, below each page, each address once."""
    found = common_addresses(("https://s.example/blog", "https://s.example/"))
    assert found[0] == "https://s.example/blog/feed"
    assert "https://s.example/atom.xml" in found
    assert len(set(found)) == len(found)
