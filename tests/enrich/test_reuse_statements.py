"""What pages, and tdmrep.json, state about reuse."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.enrich.reuse_statements import find_tdm_statements, parse_tdm_file, read_page_statements
from aggregator.html import Head, read_head

URL = "https://daily.example/news/a"
RSL = "https://daily.example/rsl.xml"


@pytest.mark.parametrize(
    ("headers", "stated"),
    [
        ({}, ()),
        ({"content-usage": "train-ai=n"}, (("header content-usage", "train-ai=n"),)),
        ({"tdm-reservation": "1", "tdm-policy": "https://p.example/"}, (("header tdm-reservation", "1"), ("header tdm-policy", "https://p.example/"))),
        ({"link": '</rsl.xml>; rel="license"; type="application/rsl+xml"'}, (("header license", RSL),)),
        ({"link": "</x>; rel=hub, </rsl.xml>; type=application/rsl+xml; rel=\"self license\""}, (("header license", RSL),)),
        ({"link": "</cc>; rel=license, </rsl.xml>; rel=self; type=application/rsl+xml"}, ()),
        ({"content-usage": "x" * 600}, ()),
    ],
)  # fmt: skip
def test_headers_state(headers, stated):
    """Of links only licences in RSL are kept; rubbish and what is too long is not."""
    assert read_page_statements(Head(), headers, URL) == stated


def test_the_head_states():
    """Addresses are absolute, another kind of licence is none that machines read."""
    page = (
        '<meta name="tdm-reservation" content="1"><meta name="TDM-Policy" content="https://p.example/">'
        '<link rel="license" type="application/rsl+xml" href="/rsl.xml"><link rel="license" href="/cc">'
    )
    stated = ("page tdm-reservation", "1"), ("page tdm-policy", "https://p.example/"), ("page license", RSL)
    assert read_page_statements(read_head(page, URL), {}, URL) == stated


@pytest.mark.parametrize(
    ("rules", "stated"),
    [
        ([{"location": "/", "tdm-reservation": 1}], ("1",)),
        ([{"location": "/news/", "tdm-reservation": "0"}, {"location": "/", "tdm-reservation": 1}], ("0",)),
        ([{"location": "/sport/", "tdm-reservation": 1}], ()),
        ([{"location": "/*/a$", "tdm-reservation": 1, "tdm-policy": "https://p.example/"}], ("1", "https://p.example/")),
        ([{"location": "/*/b$", "tdm-reservation": 1}, {"location": "/ne*s*b", "tdm-reservation": 1}], ()),
        ([{"location": "/", "tdm-reservation": 7}, {"location": 3}, None, "x", {"location": "news", "tdm-reservation": 1}], ()),
        ({"location": "/", "tdm-reservation": 1}, ()),
    ],
)  # fmt: skip
def test_the_first_rule_that_matches_counts(rules, stated):
    """What is no rule is passed over."""
    found = find_tdm_statements(parse_tdm_file(json.dumps(rules).encode()), URL)
    assert tuple(said for _, said in found) == stated


@given(st.binary(max_size=200) | st.just(b"[" * 60_000))
def test_any_file_is_read(body):
    """Nothing raises."""
    find_tdm_statements(parse_tdm_file(body), URL)
