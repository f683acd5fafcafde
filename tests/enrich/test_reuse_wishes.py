"""What robots meta elements and X-Robots-Tag say about reuse."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.enrich.reuse_wishes import parse_wishes
from aggregator.model import NO_WISHES, Wishes

END = datetime(2026, 6, 25, 15, tzinfo=UTC)


def read(*contents, header=""):
    return parse_wishes([("robots", content) for content in contents], header, robot="aggregator")


@pytest.mark.parametrize(
    ("content", "wished"),
    [
        ("index, follow", {}),
        ("all", {}),
        ("max-snippet:-1, max-image-preview:large, max-video-preview:-1", {}),
        ("NoSnippet", {"excerpt_chars": 0, "may_embed": False}),
        ("max-snippet:0", {"excerpt_chars": 0}),
        ("max-snippet: 50", {"excerpt_chars": 50}),
        ("max-snippet:fifty, max-snippet:, max-snippet:²", {}),
        ("max-image-preview:none", {"picture": "none"}),
        ("Max-Image-Preview:Standard", {"picture": "standard"}),
        ("noimageindex", {"picture": "none"}),
        ("max-image-preview:huge", {}),
        ("max-video-preview:0", {"may_embed": False}),
        ("max-video-preview:10", {}),
        ("noarchive", {"may_archive": False}),
        ("nocache", {"may_archive": False}),
        ("none", {"may_index": False}),
        ("noindex nofollow", {"may_index": False}),
        ("unavailable_after: 25 Jun 2026 15:00:00 GMT", {"unavailable_at": END}),
        ("noarchive, unavailable_after: Thursday, 25-Jun-26 17:00:00 +0200", {"unavailable_at": END, "may_archive": False}),
        ("unavailable_after: Thu, 25 Jun 2026 15:00:00 UTC, noindex", {"unavailable_at": END, "may_index": False}),
        ("unavailable_after: 2026-06-25T15:00:00Z", {"unavailable_at": END}),
        ("unavailable_after: 2026-06-25T15:00:00", {"unavailable_at": END}),
        ("unavailable_after: soon, nosnippetly, no-snippet", {}),
        ("unavailable_after: 0001-01-01T00:00:00+14:00", {}),
        ("notranslate, indexifembedded, nositelinkssearchbox", {}),
    ],
)  # fmt: skip
def test_each_rule_is_read(content, wished):
    """In any case, with or without a space; what cannot be read says nothing, and so does -1."""
    assert read(content) == read(header=content) == Wishes(**wished)


def test_the_most_restrictive_of_all_rules_holds():
    """Of several elements and of the header, for all robots and for ours."""
    elements = [
        ("ROBOTS", "max-snippet:200, max-image-preview:large, unavailable_after: 2027-01-01"),
        ("aggregator", "max-snippet:100, max-image-preview:standard"),
        ("googlebot", "nosnippet, noindex"),
        ("robots", "max-snippet:-1, unavailable_after: 2026-06-25T15:00:00Z"),
    ]
    found = parse_wishes(elements, "max-snippet:150, noarchive", robot="Aggregator")
    assert found == Wishes(excerpt_chars=100, picture="standard", may_archive=False, unavailable_at=END)


@pytest.mark.parametrize(
    ("header", "wished"),
    [
        ("googlebot: nosnippet", {}),
        ("aggregator: noarchive", {"may_archive": False}),
        ("googlebot: nosnippet, noindex, AGGREGATOR: noarchive, max-snippet:9", {"may_archive": False, "excerpt_chars": 9}),
        ("googlebot: nosnippet\nnoarchive", {"may_archive": False}),
        ("noarchive, otherbot: nosnippet\nmax-image-preview:none", {"may_archive": False, "picture": "none"}),
        ("otherbot: unavailable_after: Thu, 25 Jun 2026 15:00:00 UTC", {}),
        ("aggregator: unavailable_after: Thu, 25 Jun 2026 15:00:00 UTC", {"unavailable_at": END}),
    ],
)  # fmt: skip
def test_a_robots_name_in_the_header_holds_up_to_the_next(header, wished):
    """Each line of the header begins anew with rules for all."""
    assert read(header=header) == Wishes(**wished)


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_is_read(content, header):
    """Nothing raises, and what limits nothing is equal to no wishes."""
    assert read(content, header=header) == read(content, content, header=header)
    assert read("index", header="") == NO_WISHES


def test_long_rubbish_takes_no_time():
    """What a hostile page sends is cut before it is read."""
    assert read("max-snippet:" * 100_000, header="a:" * 1_000_000) == NO_WISHES
