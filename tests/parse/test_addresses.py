"""Misspelt addresses are mended, and what stands in place of one is none."""

import time

import pytest

from aggregator.parse.addresses import repair_address
from aggregator.urls import is_public

BASE = "https://www.site.example/blog/"


@pytest.mark.parametrize(
    ("given", "mended"),
    [
        ("www.example.com/news/one", "https://www.example.com/news/one"),
        ("example.org/news?id=1", "https://example.org/news?id=1"),
        ("bbc.co.uk/news", "https://bbc.co.uk/news"),
        ("münchen.de/rat", "https://xn--mnchen-3ya.de/rat"),
        ("www.example.com", "https://www.example.com/"),
        ("//host.example/path", "https://host.example/path"),
        ("http:/www.example.com/x", "http://www.example.com/x"),
        ("http:example.com/x", "http://example.com/x"),
        ("http://https://www.example.com/two", "https://www.example.com/two"),
        ("https://http://www.example.com/two", "http://www.example.com/two"),
        ("http://http//www.example.com/two", "http://www.example.com/two"),
        ("http://https//www.example.com/two", "https://www.example.com/two"),
        ("https:https://www.example.com/two", "https://www.example.com/two"),
        ("https//www.example.com/a", "https://www.example.com/a"),
        ("http;//www.example.com/a", "http://www.example.com/a"),
        ("hhttps://www.example.com/a", "https://www.example.com/a"),
        ("ttp://www.example.com/a", "http://www.example.com/a"),
        ("htps://www.example.com/a", "https://www.example.com/a"),
        ("https: //www.example.com/a", "https://www.example.com/a"),
        ("\n http://www.example.com/\n a \n", "http://www.example.com/a"),
        ("://www.example.com/a", "https://www.example.com/a"),
        ("https://www.example.com /a", "https://www.example.com/a"),
        ("https://https://https://www.example.com/a", "https://www.example.com/a"),
        ("feed:https://www.example.com/a", "https://www.example.com/a"),
        ("'https://www.example.com/a'", "https://www.example.com/a"),
        ("<https://www.example.com/a>", "https://www.example.com/a"),
        ("https:\\/\\/www.example.com\\/a\\/b", "https://www.example.com/a/b"),
        ("https%3A%2F%2Fwww.example.com%2Fa", "https://www.example.com/a"),
        ("https://www.example.com/https://www.example.com/a", "https://www.example.com/a"),
        ("https://www.example.comhttps://www.example.com/a", "https://www.example.com/a"),
        ("https://www.example.com/a?b=1&amp;amp;c=2&#38;d=3", "https://www.example.com/a?b=1&c=2&d=3"),
    ],
)
def test_misspelt_addresses_are_mended(given, mended):
    """An address is what its publisher meant by it."""
    assert repair_address(given, BASE) == mended


@pytest.mark.parametrize(
    "given",
    [
        "not available", "Not applicable", "no url", "(none)", "[n/a]", "keine", "Kein Link", "keine Angabe",
        "k. A.", "ninguno", "Ninguna", "sin enlace", "s/d", "aucun", "Aucun lien", "pas de lien", "nessuno",
        "nenhum", "geen", "brak", "ingen länk", "žádný", "нет", "н/д", "なし", "无", "없음", "http://keine",
        "N/A", "n/a", "n.a.", "None", "null", "undefined", "-", "--", "#", "?", "0", "", " ", "about:blank",
        "http://", "https://", "http:///", "http://null", "https://undefined/", "javascript:void(0)",
        "mailto:a@site.example", "tag:site.example,2020:1", "urn:uuid:1", "{{ link }}", "${url}", "%link%",
        "[object Object]", "http://localhost/a", "http://localhost:3000/a", "http://127.0.0.1/a",
        "http://192.168.0.4/a", "http://[::1]/a", "http://cms.local/a", "http://intranet/a", None,
    ],
)  # fmt: skip
def test_what_stands_in_place_of_an_address_is_none(given):
    """Words for nothing, other schemes and hosts that nobody can reach lead nowhere."""
    assert repair_address(given, BASE) is None


@pytest.mark.parametrize(
    "given",
    [
        '<a href="https://www.site.example/node/1">Read</a>',
        "<a hreflang='de' href='/node/1'>Read</a>",
        "<A class=x HREF=https://www.site.example/node/1>Read</A>",
        "&lt;a href=&quot;/node/1&quot;&gt;Read&lt;/a&gt;",
        "&lta href=&quot/node/1&quot&gtRead&lt/a&gt",
        "<a>https://www.site.example/node/1</a>",
        "<span>https://www.site.example/node/1</span>",
    ],
)
def test_the_markup_of_a_link_is_its_address(given):
    """Templates put the whole link where only its address belongs."""
    assert repair_address(given, BASE) == "https://www.site.example/node/1"


@pytest.mark.parametrize(
    "given", ["<a>", "<a name='x'>Read</a>" + "<" * 50, "<a " * 1000, "&lt;a href=&quot;"]
)
def test_markup_without_an_address_is_harmless(given):
    """Whatever stands there is an address of the site, or none."""
    assert (repair_address(given, BASE) or BASE).startswith("https://www.site.example/")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("/", "https://www.site.example/"),
        ("/feeds/", "https://www.site.example/feeds/"),
        ("news/one", "https://www.site.example/blog/news/one"),
        ("index.html", "https://www.site.example/blog/index.html"),
        ("about.us", "https://www.site.example/blog/about.us"),
        ("index.pl/3", "https://www.site.example/blog/index.pl/3"),
        ("v1.2/notes", "https://www.site.example/blog/v1.2/notes"),
        ("http-news/2020", "https://www.site.example/blog/http-news/2020"),
        ("?p=3", "https://www.site.example/blog/?p=3"),
        ("#part", "https://www.site.example/blog/#part"),
        ("none-of-it", "https://www.site.example/blog/none-of-it"),
        ("https://web.archive.org/web/2/https://www.example.com/a",) * 2,
        ("https://www.example.com/?u=http://www.example.com/b",) * 2,
        ("https://www.example.com/a?x=%26amp;",) * 2,
        ("http://user.example/a", "http://user.example/a"),
    ],
)
def test_what_is_meant_as_it_stands_is_kept(given, kept):
    """Relative references, archived addresses and words that only look alike stay what they are."""
    assert repair_address(given, BASE) == kept


def test_a_host_that_is_a_folder_of_the_site_is_a_folder():
    """A relative reference to a folder that is named like a host stays below its base."""
    base = "https://mirror.example/www.example.com/"
    assert (
        repair_address("www.example.com/a", base)
        == "https://mirror.example/www.example.com/www.example.com/a"
    )


def test_a_host_without_scheme_has_that_of_its_site():
    """A site that is reached without TLS is not said to be reached with it."""
    assert repair_address("www.example.com/a", "http://example.com/") == "http://www.example.com/a"


def test_addresses_of_a_network_count_within_it():
    """A source in a private network links to what is there."""
    assert repair_address("http://10.0.0.2/a", "http://10.0.0.1/feed") == "http://10.0.0.2/a"
    assert repair_address("/a", "http://wiki/feed") == "http://wiki/a"


def test_hosts_that_cannot_be_on_the_internet():
    """Private addresses, reserved names and names without a dot are in nobody else's reach."""
    assert is_public("https://www.example.com/a")
    assert is_public("http://8.8.8.8/")
    assert not any(
        map(is_public, ("http://10.1.1.1/", "http://a.internal/", "http://cdn/", "http://x.invalid/"))
    )


@pytest.mark.parametrize(
    "odd", ["http:" * 800, "http" + ":" * 4000, "a." * 2000, "&amp;" * 800, "http://" * 500]
)
def test_odd_addresses_take_no_time(odd):
    """No address takes long, however it is made."""
    start = time.process_time()
    repair_address(odd, BASE)
    assert time.process_time() - start < 0.05
