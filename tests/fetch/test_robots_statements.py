"""What a robots.txt states about reuse."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.fetch.robots_statements import MAX_STATEMENTS, read_robots_statements

URL = "https://daily.example/news/a?page=2"


def usage(text, url=URL, robot="NewsBot"):
    """Return the usage preferences that a robots.txt states of an address."""
    stated = read_robots_statements(text, robot=robot).find(url)
    return [said for where, said in stated if where == "robots.txt content-usage"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("User-Agent: *\nAllow: /\nContent-Usage: train-ai=n", ["train-ai=n"]),
        ("user-agent:*\n  content-usage :/news/ train-ai=n, search=y  # said by us", ["train-ai=n, search=y"]),
        ("User-agent: *\nContent-Usage: /sport/ train-ai=n", []),
        ("User-agent: *\nContent-Usage: train-ai=y\nContent-Usage: /news train-ai=n\nContent-Usage: /n x=y", ["train-ai=n"]),
        ("User-agent: *\nContent-Usage: /*?page= a=n\nContent-Usage: /news/a$ b=n", ["a=n"]),
        ("User-agent: *\nContent-Usage: a=n\nContent-Usage: b=n", ["a=n", "b=n"]),
        ("User-agent: *\nContent-Usage: a=n\nUser-agent: newsbot\nUser-agent: other\nContent-Usage: b=n", ["b=n"]),
        ("User-agent: *\nContent-Usage: a=n\n\nUser-agent: newsbot\nDisallow:", []),
        ("User-agent: other\nContent-Usage: a=n", []),
        ("Content-Usage: a=n\nUser-agent: *\nAllow: /", []),
        ("User-agent: *\nContent-Usage:\nContent-Usage: " + "a" * 600, []),
    ],
)  # fmt: skip
def test_the_longest_pattern_of_our_group_counts(text, found):
    """Ours are those that name our robot, else those for all; what is said of one pattern twice holds both."""
    assert usage(text) == found


def test_licences_hold_for_the_site():
    """They stand outside of groups, each once, as absolute addresses."""
    text = "License: https://a.example/l.xml\nUser-agent: x\nLicense: /l.xml\nlicense:https://a.example/l.xml\nLicense: javascript:1"
    found = read_robots_statements(text, robot="NewsBot").find(URL)
    assert found == (("robots.txt license", "https://a.example/l.xml"),)


def test_no_file_states_without_end():
    """What is kept of one is bounded."""
    text = "User-agent: *\n" + "".join(
        f"Content-Usage: /{n} a=n\nLicense: https://a.example/{n}\n" for n in range(9_999)
    )
    found = read_robots_statements(text, robot="NewsBot")
    assert (len(found.usage), len(found.licenses)) == (MAX_STATEMENTS, MAX_STATEMENTS)


@given(st.text(max_size=300))
def test_any_file_is_read(text):
    """Nothing raises, and no address has more of it than its group."""
    read_robots_statements(f"User-agent: *\nContent-Usage: {text}", robot="NewsBot").find(URL)
