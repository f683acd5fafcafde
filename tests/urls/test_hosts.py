"""Host names of other scripts and symbols, as they are asked for."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.urls import absolute_url, host_of
from aggregator.urls.hosts import HOST, ascii_host, encode_host


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("i❤.localhost", "xn--i-7iq.localhost"),
        ("I❤️NY.example", "xn--iny-4r6a.example"),
        ("💩.la", "xn--ls8h.la"),
        ("☃.net", "xn--n3h.net"),
        ("🫠.example", "xn--129h.example"),
        ("🇩🇪.example", "xn--h77hc.example"),
        ("1️⃣.example", "xn--1-2sn.example"),
        ("👍🏽.example", "xn--on8h5e.example"),
        ("👨\u200d👩\u200d👧.example", "xn--pq8hbd.example"),
        ("🏴\u200d☠️.example", "xn--h4hx200o.example"),
        ("i❤。ws", "xn--i-7iq.ws"),
        ("i❤.ws.", "xn--i-7iq.ws"),
        ("i%E2%9D%A4.ws", "xn--i-7iq.ws"),
        ("→.com", "xn--55g.com"),
        ("אב❤.example", "xn--4dbc998w.example"),
        ("☕.bücher.日本語.example", "xn--53h.xn--bcher-kva.xn--wgv71a119e.example"),
        ("straße.de", "xn--strae-oqa.de"),
        ("STRAßE.de", "xn--strae-oqa.de"),
        ("βόλος.com", "xn--nxasmm1c.com"),
        ("نامه\u200cای.com", "xn--mgba3gch31f060k.com"),
        ("क्\u200dष.example", "xn--11b2ezcw70k.example"),
        ("İstanbul.example", "xn--istanbul-o0e.example"),
        ("ＪＰ.example", "jp.example"),
        ("a\u200bb.example", "ab.example"),
        ("xn--i-7iq.ws", "xn--i-7iq.ws"),
        ("a_b.Example", "a_b.example"),
        ("2001:DB8::1", "[2001:db8::1]"),
    ],
)
def test_a_name_is_asked_for_as_curl_and_browsers_do(host, expected):
    """Symbols are encoded as they are, scripts by their rules."""
    assert ascii_host(host) == expected


@pytest.mark.parametrize(
    "host",
    [
        "", ".", "…", "a\u202eb.example", "\u2066a.example", "a℀b.example", "％41.example", "⒈example.com", "﹒.com",
        "❤ .example", "❤/b", "❤@b", "❤" * 60 + ".example", "x..❤", "a%2Fb.example", "%61.example", "%E2%9D.example",
        "%ZZ❤.example", "❤\0.example", "\ud800.example", "a%00❤.example",
    ],
)  # fmt: skip
def test_what_cannot_be_a_name_is_none(host):
    """Hidden directions, signs of addresses in disguise, and labels that are too long."""
    assert ascii_host(host) is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://i❤.ws:80/❤?❤#❤", "http://xn--i-7iq.ws:80/❤?❤#❤"),
        ("HTTPS://me:p%40@i❤.ws", "HTTPS://me:p%40@xn--i-7iq.ws"),
        ("//i%e2%9d%a4.ws/x", "//xn--i-7iq.ws/x"),
        ("/❤/b", "/❤/b"),
        ("?u=http://i❤.ws/", "?u=http://i❤.ws/"),
        ("http://a.example/http://i❤.ws/", "http://a.example/http://i❤.ws/"),
        ("http://[::1]:80/❤", "http://[::1]:80/❤"),
        ("ftp://i❤.ws/", "ftp://i❤.ws/"),
        ("http://❤\u202e.ws/", "http://❤\u202e.ws/"),
        ("http://❤", "http://xn--qei"),
    ],
)
def test_only_the_host_of_an_address_is_changed(url, expected):
    """All else goes over the wire as it was given."""
    assert encode_host(url) == expected


@given(st.text(min_size=1, max_size=8))
def test_all_that_idna_takes_is_the_same(label):
    """Names that httpx can encode by itself come out the same, and nothing comes out that is no name."""
    found = ascii_host(f"a{label}.example")
    assert found is None or HOST.fullmatch(found)
    if any(sign in label for sign in "/?#@:%\\[]"):
        return
    try:
        own = httpx.URL(f"http://a{label}.example/").raw_host.decode("ascii")
    except httpx.InvalidURL:
        return
    assert found == own.rstrip(".") or not HOST.fullmatch(own)


@pytest.mark.parametrize("host", ["i❤.ws", "👨\u200d👩\u200d👧.example", "straße.de", "ＪＰ.example"])
def test_links_and_their_hosts_agree(host):
    """An article's link has the host that is asked, and a source's is known by the same name."""
    assert absolute_url("", f"http://{host}/x") == f"http://{ascii_host(host)}/x"
    assert host_of(f"http://{host}/x") == ascii_host(host)
