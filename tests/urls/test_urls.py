"""Addresses: made absolute, freed of tracking, compared."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.urls import (
    absolute_url,
    canonical_url,
    host_of,
    registrable_domain,
    strip_tracking,
    unwrap_link,
)

URI = re.compile(r"https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
ANY = st.text(alphabet=st.characters(codec=None), max_size=200)
WORD = st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True)
URLS = st.builds(
    lambda host, path, query, fragment: (
        f"https://{host}.example/{'/'.join(path)}?{'&'.join(query)}#{fragment}"
    ),
    WORD,
    st.lists(st.sampled_from(["a", "B", "..", ".", "%7e", "%C3%a9", ""]), max_size=4),
    st.lists(
        st.sampled_from(["a=1", "b", "utm_source=x", "b=%2f", "src=rss", "amp;utm_medium=y"]), max_size=4
    ),
    st.sampled_from(["", "top", "!route", "utm_source=rss", "xtor=RSS-1"]),
)


@pytest.mark.parametrize(
    ("base", "ref", "url"),
    [
        ("https://a.example/x/feed.xml", "../y", "https://a.example/y"),
        ("https://a.example/", "//b.example/z", "https://b.example/z"),
        ("", "HTTPS://A.Example", "https://a.example/"),
        ("", "https://user:secret@a.example/x", "https://a.example/x"),
        ("", " https://a.example/a b\n", "https://a.example/a%20b"),
        ("", "https://bücher.example/ü?q=ä", "https://xn--bcher-kva.example/%C3%BC?q=%C3%A4"),
        ("", "https://a.example:443/100%", "https://a.example/100%25"),
        ("", "http://a.example:8080/x#y", "http://a.example:8080/x#y"),
        ("http://[::1]/", "/x", "http://[::1]/x"),
        ("rubbish", "/x", None),
        ("", "/x", None),
        ("https://a.example/", "javascript:alert(1)", None),
        ("https://a.example/", "JaVa\nScript:alert(1)", None),
        ("https://a.example/", "data:text/html,x", None),
        ("", "https://a.example:99999/", None),
        ("", "https://[::1/", None),
        ("", "https://a..example/", None),
        ("https://a.example/", None, None),
        ("", "https://a.example/" + "x" * 5000, None),
        ("https://a.example/", "x" * 100_000, None),
        ("https://a.example/" + "x" * 100_000, "https://b.example/y", "https://b.example/y"),
        ("http://[", "https://b.example/y", "https://b.example/y"),
        ("", "//b.example/z", "https://b.example/z"),
        ("mailto:x", "//b.example/z", "https://b.example/z"),
        ("", r"https:\\a.example\b?c=\d", "https://a.example/b?c=%5Cd"),
        ("", r"https://a.example\@b.example/", "https://a.example/@b.example/"),
        ("", "https:/a.example/x", "https://a.example/x"),
        ("", "https://a.example/one\n     two", "https://a.example/onetwo"),
        ("", "https://a.example/a[1]|b?c=[d]#{e}", "https://a.example/a%5B1%5D%7Cb?c=%5Bd%5D#%7Be%7D"),
        ("", "https://a.example/\ud800x", "https://a.example/%20x"),
        ("", "https://straße.example/", "https://xn--strae-oqa.example/"),
        ("", "https://ПРИМЕР.example/", "https://xn--e1afmkfd.example/"),
        ("", "https://a.example:port/", None),
        ("", "https://[::1%25eth0]/", None),
        ("", "https://[0:0:0:0:0:0:0:1]/", "https://[::1]/"),
        ("", "https://" + "ü." * 1300, None),
        ("https://a.example/", "file:///etc/passwd", None),
        ("file:///etc/", "passwd", None),
        ("https://a.example/b/", "?c=d", "https://a.example/b/?c=d"),
    ],
)
def test_absolute_url(base, ref, url):
    """References resolve to clean http(s) addresses, everything else is None."""
    assert absolute_url(base, ref) == url


@given(ANY, ANY)
def test_absolute_url_gives_valid_addresses_or_none(base, ref):
    """Whatever a feed says, the result is a URI without credentials, or None."""
    for url in (absolute_url(base, ref), absolute_url("https://a.example/b", ref)):
        assert url is None or URI.fullmatch(url)


@pytest.mark.parametrize(
    ("url", "stripped"),
    [
        ("https://a.example/x?utm_source=rss&id=1&fbclid=2", "https://a.example/x?id=1"),
        ("https://a.example/x?utm_medium=feed", "https://a.example/x"),
        ("https://a.example/x?a=%2F&b=c%20d", "https://a.example/x?a=%2F&b=c%20d"),
        ("https://a.example/x?source=rss", "https://a.example/x"),
        ("https://a.example/x?source=library", "https://a.example/x?source=library"),
        ("https://a.example/x?maca=en-rss-en-all-1573-rdf", "https://a.example/x"),
        ("https://a.example/x#xtor=RSS-3208", "https://a.example/x"),
        ("https://a.example/x#comments", "https://a.example/x#comments"),
        ("https://a.example/x?a=1&amp;utm_source=x", "https://a.example/x?a=1"),
        ("https://a.example/x?utm_source=x&amp;a=1", "https://a.example/x?a=1"),
        ("https://a.example/x?UTM_Source=x&Echobox=1&hsCtaTracking=2", "https://a.example/x"),
        ("https://a.example/x?at_medium=RSS&at_campaign=rss&b", "https://a.example/x?b"),
        ("https://a.example/x?from=rss&ref=rss&partner=rss&emc=rss&rss=1", "https://a.example/x"),
        ("https://a.example/x?kc=EWRSS03119TX1K0000594", "https://a.example/x"),
        ("https://a.example/x?source=rss----b5c3---4", "https://a.example/x"),
        ("https://a.example/x?mbid=9a1b&smid=A1&cid=77", "https://a.example/x?mbid=9a1b&smid=A1&cid=77"),
        ("https://a.example/x?b=%7E&&c=%2f+d&utm_id=1", "https://a.example/x?b=%7E&&c=%2f+d"),
        ("https://a.example/x?", "https://a.example/x"),
        ("https://a.example/x?utm_source=a#utm_source=b&utm_medium=c", "https://a.example/x"),
        ("https://a.example/x#ref=rss", "https://a.example/x"),
        ("https://a.example/x#ref", "https://a.example/x#ref"),
        ("https://a.example/x#tk.rss_all", "https://a.example/x"),
        ("https://a.example/x#:~:text=word", "https://a.example/x"),
        (
            "https://www.daily.example/a.html?ns_mchannel=rss&ns_campaign=1490&ito=1490",
            "https://www.daily.example/a.html",
        ),
        ("https://a.example/x?ocid=y&ICID=z&intcmp=w&WT.mc_id=rss&pk_vid=1", "https://a.example/x"),
        ("https://a.example/x?mod=rss_home&eref=rss_top&id=4", "https://a.example/x?id=4"),
        ("https://a.example/x?id=1&p=2&story=3&ref=4&s=5&r=6&f=7&mod=8&si=9&cmp=a",) * 2,
        ("https://www.nytimes.com/a.html?partner=homepage&emc=x&smtyp=cur", "https://www.nytimes.com/a.html"),
        ("https://www.wsj.com/articles/a?mod=hp_lead_pos1&page=2", "https://www.wsj.com/articles/a?page=2"),
        ("https://www.theguardian.com/a?CMP=share_btn_tw", "https://www.theguardian.com/a"),
        ("https://www.youtube.com/watch?v=abc&si=x&feature=shared", "https://www.youtube.com/watch?v=abc"),
        ("https://x.com/a/status/1?s=20&t=abc", "https://x.com/a/status/1"),
        ("https://jane.substack.com/p/a?r=1x&s=2", "https://jane.substack.com/p/a?s=2"),
    ],
)
def test_strip_tracking(url, stripped):
    """Tracking goes, the rest stays byte for byte."""
    assert strip_tracking(url) == stripped


def test_odd_addresses_take_no_time():
    """No address makes a pattern try one reading after another."""
    assert strip_tracking("https://a.example/?source=rss" + "_" * 100_000 + "%") != ""
    assert strip_tracking("https://a.example/?kc=" + "rss" * 100_000 + "%") != ""
    assert canonical_url("https://a.example/?" + "a=1&" * 100_000).startswith("https://a.example/?a=1&")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.a.example/x/", "https://a.example/x"),
        ("https://a.example", "https://a.example/#top"),
        ("https://a.example/x", "https://a.example/x#comments"),
        ("https://a.example/x", "https://a.example/x#more-12"),
        ("https://a.example/abs/2611.01234v1", "https://a.example/abs/2611.01234v2"),
        ("https://a.example/abs/2611.01234", "http://a.example/abs/2611.01234v12"),
        ("https://a.example/abs/hep-th/9901001v1", "https://a.example/abs/hep-th/9901001v3"),
        (
            "https://a.example/10.1101/2026.11.01.123456v1?rss=1",
            "https://a.example/10.1101/2026.11.01.123456v2",
        ),
        ("https://a.example/hal-01234567v1", "https://a.example/hal-01234567v2"),
        ("https://a.example/article/rs-123456/v1", "https://a.example/article/rs-123456/v2"),
        ("https://a.example/manuscript/202611.0123/v1", "https://a.example/manuscript/202611.0123/v2"),
        ("https://a.example/preprints/socarxiv/ab1de_v1", "https://a.example/preprints/socarxiv/ab1de_v2"),
        ("https://a.example/x#comment-12", "https://www.a.example/x/#comment-12"),
        ("https://a.example/x?b=1&a=2", "https://a.example/x?a=2&b=1&utm_source=y"),
        ("https://a.example/%7Euser", "https://a.example/~user"),
        ("https://A.example:443/a/../b", "https://a.example/b"),
        ("http://a.example:80/a/%2e%2E/b%2fc//", "https://a.example/b%2Fc"),
        ("https://a.example/?%75tm_source=x&b=%6a", "https://a.example/?b=j"),
        ("https://www.bücher.example/ü", "https://xn--bcher-kva.example/%c3%bc"),
        ("https://user:secret@a.example./x", "https://a.example/x"),
    ],
)
def test_canonical_urls_of_one_page_are_equal(one, other):
    """Forms of one address have one key."""
    assert canonical_url(one) == canonical_url(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/x", "https://a.example/X"),
        ("https://a.example/?p=1", "https://a.example/?p=2"),
        ("https://a.example/#!/one", "https://a.example/#!/two"),
        ("https://a.example/x", "https://a.example/x#comment-12"),
        ("https://a.example/abs/2611.01234v1", "https://a.example/abs/2611.01235v1"),
        ("https://a.example/releases/v1", "https://a.example/releases/v2"),
        ("https://a.example/builds/20261128v1", "https://a.example/builds/20261128v2"),
        ("https://a.example/tv1", "https://a.example/tv2"),
        ("https://a.example/x#comment-12", "https://a.example/x#comment-13"),
        ("https://a.example/x#kommentar_12", "https://a.example/x#kommentar_13"),
        ("https://a.example/x#issuecomment-12", "https://a.example/x#issuecomment-13"),
        ("https://a.example/x#comment-6a00e55", "https://a.example/x#comment-6a00e56"),
        ("https://a.example/bug?id=1#c3", "https://a.example/bug?id=1#c4"),
        ("https://a.example/x", "https://b.example/x"),
        ("https://a.example/x", "https://a.example:8080/x"),
        ("https://www.example/", "https://example/"),
    ],
)
def test_canonical_urls_of_different_pages_differ(one, other):
    """What may be another page keeps its own key."""
    assert canonical_url(one) != canonical_url(other)


@given(URLS)
def test_canonical_url_is_stable(url):
    """The key of a key is itself, and tracking never tells addresses apart."""
    assert canonical_url(canonical_url(url)) == canonical_url(url)
    assert canonical_url(strip_tracking(url)) == canonical_url(url)


@given(
    st.lists(
        st.sampled_from([*"/.?#&=%:@[]!;\\", "..", "%2e", "%C3", "ü", "www.", "utm_a=", "rss", "//", " "])
    )
)
def test_the_key_of_any_address_is_stable(pieces):
    """However odd an address is, its key is its own key, and tracking is no part of it."""
    url = "http://www.a.example" + "".join(pieces)
    key = canonical_url(url)
    assert canonical_url(key) == key
    assert canonical_url(strip_tracking(url)) == key
    assert strip_tracking(strip_tracking(url)) == strip_tracking(url)


@given(
    st.lists(
        st.sampled_from(
            [*"/.?#&=%:@;-_a\n", "?", "#", "%7e", "%zz", "ü", "a.b", "/..", "/./", "x" * 64, "xy." * 90]
        )
    )
)
def test_short_cuts_change_nothing(pieces):
    """An address with nothing to change comes out as one that first needs a change does."""
    url = "//a.example" + "".join(pieces)
    for scheme in ("http", "https"):
        plain, odd = f"{scheme}:{url}", f"{scheme.upper()}:{url}"
        assert absolute_url("", plain) == absolute_url("", odd)
        assert host_of(plain) == host_of(odd)
        assert not absolute_url("", plain) or canonical_url(plain) == canonical_url(odd)


@given(ANY)
def test_nothing_raises(text):
    """Any text is taken."""
    for function in (strip_tracking, canonical_url, unwrap_link, host_of, registrable_domain):
        assert isinstance(function(text), str)


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.zdnet.com", "zdnet.com"),
        ("news.bbc.co.uk", "bbc.co.uk"),
        ("a.github.io", "a.github.io"),
        ("x.a.github.io", "a.github.io"),
        ("daily-planet.localhost", "daily-planet.localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("EXAMPLE.com.", "example.com"),
        ("localhost", "localhost"),
        ("::1", "::1"),
        ("github.io", "github.io"),
        ("news.bücher.de", "bücher.de"),
        ("news.xn--bcher-kva.de", "xn--bcher-kva.de"),
        ("", ""),
    ],
)
def test_registrable_domain(host, domain):
    """Public suffixes count, private ones too; a host without one is its own."""
    assert registrable_domain(host) == domain


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://www.google.com/url?rct=j&url=https://a.example/x%3Fb&ct=ga", "https://a.example/x?b"),
        ("https://www.google.com/url?q=javascript:x", "https://www.google.com/url?q=javascript:x"),
        ("https://a.example/url?url=https://b.example/", "https://a.example/url?url=https://b.example/"),
        ("http://news.google.com/news/url?sa=t&url=http%3A%2F%2Fa.example%2Fx", "http://a.example/x"),
        (
            "http://www.bing.com/news/apiclick.aspx?ref=FexRss&url=https%3a%2f%2fa.example%2fx",
            "https://a.example/x",
        ),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fa.example%2F", "https://a.example/"),
        ("http://us.rd.yahoo.com/dailynews/rss/*http://news.example/x", "http://news.example/x"),
        ("http://feeds.feedburner.com/~r/a/~3/b/", "http://feeds.feedburner.com/~r/a/~3/b/"),
        (
            "https://www.google.com/search?q=https://a.example/",
            "https://www.google.com/search?q=https://a.example/",
        ),
    ],
)
def test_unwrap_link(url, target):
    """An address that only redirects to the one it carries gives way to it."""
    assert unwrap_link(url) == target


@pytest.mark.parametrize(
    ("url", "host"),
    [("HTTPS://A.Example:8080/x", "a.example"), ("https://[::1]:80/", "::1"), ("/x", ""), ("http://[", "")],
)
def test_host_of(url, host):
    """The host is lower-case and bare, and empty where there is none."""
    assert host_of(url) == host
