"""Whatever an operator writes, reading it ends in records or in problems."""

import re

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.config import check_config, load_config
from aggregator.config.edits.source_ids import make_source_id
from aggregator.config.files.yaml_document import LINES
from aggregator.config.keys.entries import SourceKeys
from tests.profiles import FIXTURES_SHARED

SCALARS = st.one_of(
    st.text(max_size=20), st.integers(), st.floats(), st.booleans(), st.none(), st.dates(), st.datetimes()
)
NAMES = st.one_of(
    st.sampled_from(["site", "storage", "database", "sources", "topics", "providers", "url", "id", "poll"]),
    st.sampled_from(["headers", "images", "parent", "domain", "assign", "fetch", "timeout_s", "keywords"]),
    st.text(max_size=8),
)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NAMES, inner, max_size=5)),
    max_leaves=25,
)
FILES = st.builds(
    lambda key, rows: {key: rows},
    st.sampled_from(["sources", "topics", "providers", "site", "storage", "fetch"]),
    st.one_of(st.lists(st.dictionaries(NAMES, TREES, max_size=5), max_size=4), st.dictionaries(NAMES, TREES)),
)
SYNTAX = st.lists(
    st.sampled_from([
        "sources", "topics", "url", "id", '"', ": ", ":", "- ", "\n", "  ", "\t", "{", "}", "[", "]", ",",
        "&a ", "*a", "!x ", "!!int ", "!!bool ", "!!binary ", "!!timestamp ", "'", "|\n", ">", "#", "<<", "=",
        "? ", "---\n", "...", "%", "@", "yes", "1e3", "0x", "0b", "1:60", ".inf", "2020-99-99", "${X}",
        "\ufeff", "\x85", "\u2028", "\U0001f600", "https://a.example/",
    ]),
    max_size=40,
).map("".join)  # fmt: skip
BODIES = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")),
    SYNTAX.map(str.encode),
    st.one_of(TREES, FILES).map(
        lambda tree: yaml.safe_dump(tree, allow_unicode=True).encode("utf-8", "replace")
    ),
)


@settings(suppress_health_check=FIXTURES_SHARED)
@given(body=BODIES, name=st.sampled_from(["settings", "sources", "topics", "providers"]))
def test_no_text_raises_anything_else(folder, body, name):
    """Whatever stands in a file, it loads, or has problems of one printable line each."""
    path = folder / f"{name}.yaml"
    before = path.read_bytes() if path.exists() else None
    path.write_bytes(body)
    problems = check_config(folder, {})
    assert all(problem.isprintable() and problem.startswith(f"{folder}/") for problem in problems)
    lines = len(LINES.findall(body.decode("utf-8-sig", "replace")))
    cited = [re.match(rf"{re.escape(str(path))}:(\d+): ", problem) for problem in problems]
    assert all(1 <= int(found.group(1)) <= lines for found in cited if found), "a line that is not there"
    if not problems:
        assert load_config(folder, {}).folder == folder
    if before is None:
        path.unlink()
    else:
        path.write_bytes(before)


@given(url=st.text(max_size=60))
def test_an_id_is_made_of_any_address(url):
    """The id made from an address is always the same and always fits."""
    try:
        made = make_source_id(f"https://a.example/{url}")
    except ValueError:
        return
    assert made == make_source_id(f"https://a.example/{url}")
    assert SourceKeys(url="https://a.example/", id=made).id == made


def test_addresses_that_differ_only_in_their_query_get_two_ids():
    """What a slug drops is told apart by a hash."""
    assert make_source_id("https://www.a.example/Feed.xml?tag=ai") != make_source_id(
        "https://a.example/Feed.xml?tag=ml"
    )
    assert make_source_id("https://www.a.example/feed.xml") == "a-example-feed-xml"
