"""AMP: addresses in the cache, candidates, proofs, and the way back."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.enrich import find_amp_refusal, find_article_path, list_amp_candidates, make_amp_cache_url
from aggregator.enrich.amp import make_amp_cache_label
from aggregator.urls import unwrap_amp
from tests.builders import article, provider

NOW = datetime(2026, 3, 2, tzinfo=UTC)
HOSTS = [line.split("\t") for line in (Path(__file__).parent / "amp_hosts.tsv").read_text().splitlines()]
PATTERN = "{scheme}://{host}/google-amp{path}"


def test_labels_agree_with_the_reference_implementation():
    """Each of some 700 host names gets the label that the reference gives it."""
    assert len(HOSTS) >= 500
    assert [(host, make_amp_cache_label(host)) for host, _ in HOSTS] == [tuple(pair) for pair in HOSTS]


@pytest.mark.parametrize(
    ("url", "cached"),
    [
        (
            "https://www.zdnet.com/google-amp/a/",
            "https://www-zdnet-com.cdn.ampproject.org/c/s/www.zdnet.com/google-amp/a/",
        ),
        ("http://a.example/x?b=%2F&c#d", "https://a-example.cdn.ampproject.org/c/a.example/x?b=%2F&c"),
        ("https://a.example:8443/x/?y", "https://a-example.cdn.ampproject.org/c/s/a.example/x/?y"),
        ("https://A.EXAMPLE/X", "https://a-example.cdn.ampproject.org/c/s/a.example/X"),
        (
            "https://bücher.example/x",
            "https://xn--bcher-example-wob.cdn.ampproject.org/c/s/xn--bcher-kva.example/x",
        ),
        ("https://127.0.0.1/x", None),
        ("https://[::1]/x", None),
        ("https://localhost/x", None),
        ("ftp://a.example/x", None),
        ("https://[broken/x", None),
        ("", None),
    ],
)
def test_cache_addresses(url, cached):
    """The rest of an address is untouched; addresses and single labels have no place in the cache."""
    assert make_amp_cache_url(url) == cached


@given(st.text(max_size=60))
def test_any_text_has_an_address_or_none(text):
    """Nothing raises."""
    for url in (text, f"https://{text}/x"):
        cached = make_amp_cache_url(url)
        assert cached is None or len(cached.split("/")[2].split(".")[0]) <= 63


def article_of_publisher(**changes):
    """Return an article of a publisher whose AMP pages follow a pattern."""
    return article(
        provider=provider("a.example", amp_pattern=PATTERN), **{"web_url": "https://a.example/x", **changes}
    )


def test_candidates_come_in_order_of_trust():
    """The entry's link before the page's before the provider's pattern, each address once."""
    found = list_amp_candidates(
        article_of_publisher(), entry_link="https://a.example/e", page_link="https://a.example/p"
    )
    assert [(c.url, c.origin) for c in found] == [
        ("https://a.example/e", "entry"),
        ("https://a.example/p", "page"),
        ("https://a.example/google-amp/x", "pattern"),
    ]
    same = list_amp_candidates(article_of_publisher(), page_link="https://a.example/google-amp/x")
    assert [c.origin for c in same] == ["page"]
    assert list_amp_candidates(article_of_publisher(web_url="http://127.0.0.1/x")) == ()


@pytest.mark.parametrize(
    ("is_amp", "canonical", "refusal"),
    [
        (True, "http://www.a.example/x/", None),
        (False, "https://a.example/x", "does not say that it is AMP"),
        (True, None, "names no canonical"),
        (True, "https://a.example/other", "points elsewhere"),
    ],
)
def test_a_proof_needs_amp_and_the_way_back(is_amp, canonical, refusal):
    """An AMP page says so, and its canonical is the article."""
    reported = find_amp_refusal(("https://a.example/x", None), is_amp=is_amp, canonical=canonical)
    assert reported == refusal or refusal in reported


def test_a_pattern_leads_back_to_the_article():
    """The article's address is read off an AMP address of its provider's form."""
    assert find_article_path("https://a.example/google-amp/b/c", PATTERN) == "https://a.example/b/c"
    assert find_article_path("https://a.example/b/c", PATTERN) is None
    assert (
        find_article_path("https://a.example/b.amp.html", "https://{host}{path}.amp.html")
        == "https://a.example/b"
    )


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("https://a-example.cdn.ampproject.org/c/s/a.example/amp/x?y=1", "https://a.example/amp/x?y=1"),
        ("https://a-example.cdn.ampproject.org/v/a.example/amp/x", "http://a.example/amp/x"),
        ("https://www.google.com/amp/s/a.example/amp/x", "https://a.example/amp/x"),
        ("https://www.google.co.nz/amp/a.example/x", "http://a.example/x"),
        ("https://www.google.com/amphibians/x", "https://www.google.com/amphibians/x"),
        ("https://a.example/amp/s/b.example/x", "https://a.example/amp/s/b.example/x"),
        (
            "https://a-example.cdn.ampproject.org/rtv/012/x.js",
            "https://a-example.cdn.ampproject.org/rtv/012/x.js",
        ),
    ],
)
def test_cache_and_viewer_addresses_lead_back(url, own):
    """What a cache or viewer shows is known by its publisher's address."""
    assert unwrap_amp(url) == own


@given(st.sampled_from([host for host, _ in HOSTS]), st.sampled_from(["/", "/x", "/x/?y=1", "/%C3%A9"]))
def test_the_way_into_the_cache_and_back(host, rest):
    """Unwrapping a cache address gives the page it was made of."""
    url = f"https://{host}{rest}"
    assert unwrap_amp(make_amp_cache_url(url)) == url
