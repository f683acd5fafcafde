"""The record as a file: written, and read back byte for byte."""

import contextlib
import copy
from datetime import datetime

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import RecordError
from aggregator.publish.front_matter import quote, read_front_matter, render_front_matter, write_plain
from tests.publish.sample import SAMPLE


def rewritten(text):
    record, newline = read_front_matter(text, path="x.md")
    return render_front_matter(record, newline=newline)


def test_a_record_is_read_and_written_byte_for_byte():
    """Reading and writing again gives the same bytes, with either kind of line ends."""
    assert rewritten(SAMPLE) == SAMPLE
    crlf = SAMPLE.replace("\n", "\r\n")
    assert rewritten(crlf) == crlf


TEXT = st.text(
    alphabet=st.characters(
        codec="utf-8", exclude_categories=("Cc", "Zl", "Zp", "Cs"), exclude_characters="\ufffe\uffff\ufeff"
    ),
    min_size=1,
    max_size=40,
)
LOOKALIKE = st.sampled_from(
    [
        "yes",
        "no",
        "1e3",
        "2020-01-01",
        "~",
        "null",
        "- x",
        "-x",
        "A #1",
        "Reuters: World",
        "0x1F",
        "1:20",
        "[a",
        "{b",
        "*c",
        "&d",
        "!e",
        "%f",
        "@g",
        "`h",
        "'i'",
        '"j"',
        "?k",
        "? l",
        "|",
        ">",
        "=",
        "<<",
        "x:",
        " y",
        "z ",
        "1.5",
        ".5",
        "1_000",
        "on",
        "é",
        "日本",
        "🙂",
        "\\",
        '"',
        "a\nb",
        "a\tb",
        "a\r\nb",
    ]
)
VALUE = TEXT | LOOKALIKE
IMAGE = st.fixed_dictionaries(
    {"url": VALUE},
    optional={"width": st.integers(1, 9999), "height": st.integers(1, 9999), "isCached": st.just(True)},
)
MOMENT = st.datetimes(datetime(1000, 1, 1)).map("{:%Y-%m-%dT%H:%M:%SZ}".format)  # noqa: DTZ001
PUBLISHER = st.fixed_dictionaries({"name": VALUE, "domain": VALUE})
RELATED = st.fixed_dictionaries(
    {"title": VALUE},
    optional={
        "excerpt": VALUE,
        "publishedDateTime": MOMENT,
        "webUrl": VALUE,
        "type": st.just("article"),
        "provider": PUBLISHER,
        "quality": st.integers(0, 189),
        "images": st.lists(IMAGE, min_size=1, max_size=2),
    },
)
RECORD = st.fixed_dictionaries(
    {"category": st.just("news"), "title": VALUE, "publishedDateTime": MOMENT, "type": st.just("article"), "quality": st.integers(0, 189), "heat": st.integers(-1, 189)},
    optional={
        "excerpt": VALUE, "originalUrl": VALUE, "webUrl": VALUE, "featuredContent": VALUE, "provider": PUBLISHER, "secured": VALUE,
        "topics": st.lists(VALUE, min_size=1, max_size=3), "images": st.lists(IMAGE, min_size=1, max_size=2), "related": st.lists(RELATED, min_size=1, max_size=2),
    },
).map(lambda record: {**record, "published": record["quality"] >= 70})  # fmt: skip


@given(RECORD, st.sampled_from(["\n", "\r\n"]))
def test_render_and_read_are_inverses(record, newline):
    """Whatever a record holds, it is read back as it was, and YAML reads the same."""
    text = render_front_matter(record, newline=newline)
    again, found = read_front_matter(text, path="x.md")
    assert (again, found) == (record, newline)
    loaded = yaml.load(text.split("---" + newline)[1], Loader=yaml.BaseLoader)
    assert loaded["title"] == record["title"]
    assert loaded.get("topics") == record.get("topics")


@given(VALUE)
def test_a_plain_value_is_what_yaml_reads(text):
    """A value stands plain only where YAML reads it back as the same text."""
    written = write_plain(text)
    assert yaml.safe_load(f"k: {written}") == {"k": text}
    assert written in (text, quote(text))


@pytest.mark.parametrize("text", ["yes", "1e3", "2020-01-01", "A #1", "Reuters: World", "-x", "~", ""])
def test_lookalikes_are_quoted(text):
    """What YAML would read as something else is double-quoted."""
    assert write_plain(text) == quote(text)


def line_of(part):
    """The number of the line of the sample that ``part`` stands in."""
    return SAMPLE[: SAMPLE.index(part)].count("\n") + 1


def broken(old, new):
    assert old in SAMPLE
    return SAMPLE.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (broken("quality: 69", "quality: many"), 11, "quality is 'many', allowed: an integer"),
        (broken("published: false", "published: no"), 13, "published is 'no', allowed: true, false"),
        (broken("published: false", "published: true"), 1, "published must be true exactly where"),
        (broken("2020-09-14T01:03:00Z", "14 Sep 2020"), 5, "publishedDateTime is '14 Sep 2020'"),
        (broken("heat: -1", "warmth: -1"), 12, "unknown key warmth"),
        (broken("category: news\n", ""), 2, "record lacks category"),
        (broken("title: ", "title: 'x'\ntitle: "), 4, "title stands twice"),
        (
            broken('webUrl: "https://daily.example/a"', "webUrl: https://daily.example/a"),
            7,
            "not in the record's form",
        ),
        (broken("type: article\n", "type: article\n\n"), 11, "not in the record's form"),
        (broken("provider:\n", "provider: [\n"), line_of("  domain: daily"), "no YAML"),
        (broken("IBM’s", "IBM\x9bs"), 1, "no YAML"),
        (broken("\n---\n\n", "\n"), line_of("secured:") + 1, "no line --- ends the record"),
        ("title: x\n", 1, "does not start with a line ---"),
        (broken("  - Computer Vision", "  - {a: b}"), line_of("  - Computer"), "topics is a block"),
        (broken("ampWebUrl", "xmpWebUrl"), 8, "unknown key xmpWebUrl"),
        (SAMPLE + "more", SAMPLE.count("\n") + 1, "not in the record's form"),
    ],
)
def test_an_invalid_record_is_reported_with_its_line(text, line, reason):
    """The error names the file, the line, and what is wrong."""
    with pytest.raises(RecordError, match=reason) as caught:
        read_front_matter(text, path="x.md")
    assert str(caught.value).startswith(f"x.md:{caught.value.line}: ")
    assert caught.value.line == line


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_any_text_is_a_record_or_an_error(text):
    """Nothing but RecordError is raised."""
    for candidate in (text, f"---\n{text}\n---\n\n", SAMPLE.replace("news", text)):
        with contextlib.suppress(RecordError):
            assert rewritten(candidate) == candidate


def test_a_record_is_not_changed_by_writing():
    """Rendering leaves its input alone."""
    record, _ = read_front_matter(SAMPLE, path="x.md")
    before = copy.deepcopy(record)
    render_front_matter(record)
    assert record == before
