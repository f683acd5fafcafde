"""Decisions of editors: every file of theirs is read, whole or not at all."""

from datetime import UTC, datetime

import pytest

from aggregator.config import EntryCache, check_config, digest_files, load_config, read_stamps
from aggregator.config.keys.moments import parse_moment
from aggregator.errors import ConfigError
from aggregator.model.decisions import Decision, Verb

ID = "6ba7b811-9dad-51d1-80b4-00c04fd430c8"
OTHER_ID = "0fa7b811-9dad-51d1-80b4-00c04fd430c8"
ADDRESS = "https://daily.example/1"
REST = "reason: why, by: anna, at: 2026-11-29T06:00:00+01:00"
AT = datetime(2026, 11, 29, 5, tzinfo=UTC)


def _write(folder, *entries, name="2026-11.yaml"):
    path = folder / "decisions" / name
    path.parent.mkdir(exist_ok=True)
    lines = "".join(f"  - {{{entry}}}\n" for entry in entries)
    path.write_text(f"decisions:\n{lines}" if entries else "", encoding="utf-8")
    return path


def _check(folder):
    return [problem.removeprefix(f"{folder}/") for problem in check_config(folder, {})]


def test_a_decision_becomes_a_record(folder):
    """Every key arrives in its record, times in UTC."""
    _write(
        folder,
        f"id: one, verb: pin, target: '{ADDRESS}', topic: ai, until: 2026-12-01 09:00 Europe/Vienna, "
        f"public_reason: for all, {REST}",
    )
    assert load_config(folder, {}).decisions == (
        Decision(
            id="one", verb=Verb.PIN, target=ADDRESS, topic="ai", until=datetime(2026, 12, 1, 8, tzinfo=UTC),
            reason="why", public_reason="for all", by="anna", at=AT,
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("verb", "value", "read"),
    [
        ("retitle", "A  new\ttitle", "A new title"),
        ("retitle", "2026", "2026"),
        ("retitle", '"hid\\u202eden\\0"', "hidden"),
        ("retitle", "<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("re-excerpt", "Said otherwise.", "Said otherwise."),
        ("picture", "'https://pictures.example/1.jpg'", "https://pictures.example/1.jpg"),
        ("picture", "none", "none"),
        ("add-topic", "robots", "robots"),
        ("remove-topic", "ai", "ai"),
        ("quality", "-20", "-20"),
        ("quality", "'+5'", "5"),
        ("hold-until", "2026-12-01T09:00:00+01:00", "2026-12-01T08:00:00+00:00"),
        ("hold-until", "2026-07-01 09:00 Europe/Vienna", "2026-07-01T07:00:00+00:00"),
        ("correct", "'It was ten, not twelve.'", "It was ten, not twelve."),
        ("merge", OTHER_ID.upper(), OTHER_ID),
        ("split", f"'{OTHER_ID.upper()}  {ADDRESS}'", f"{OTHER_ID} {ADDRESS}"),
        *((verb, None, None) for verb in ("ban", "withdraw", "kill", "restore")),
    ],
)
def test_each_verb_has_its_value(folder, verb, value, read):
    """A value is read as its verb means it, as text on one line."""
    given = "" if value is None else f"value: {value}, "
    _write(folder, f"id: one, verb: {verb}, target: {ID}, {given}{REST}")
    assert [(one.verb.value, one.value) for one in load_config(folder, {}).decisions] == [(verb, read)]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("verb: retitel, value: x", "verb: retitel is no verb, did you mean retitle? allowed: pin, ban,"),
        ("verb: ban, target: daily", "target: daily is neither an id nor an address, allowed: the id of an"),
        ("verb: ban, target: 'ftp://a.example/'", "is neither an id nor an address, allowed:"),
        ("verb: ban, value: x", "value: is no key of ban, allowed: none"),
        ("verb: ban, topic: ai", "topic: is no key of ban, allowed: none, but with pin"),
        ("verb: retitle", "value: missing, allowed: a title of up to 300 characters"),
        ("verb: retitle, value: [x]", "value: ['x'] is no text, allowed: what the verb sets"),
        ("verb: retitle, value: ' '", "value: is empty, allowed: what the verb sets"),
        (f"verb: retitle, value: {'x' * 301}", "value: is over 300 characters long, allowed: a title"),
        ("verb: quality, value: 0", "value: 0 is no number of points, allowed: points from -100 to 100"),
        ("verb: quality, value: 101", "value: 101 is no number of points, allowed: points from -100"),
        ("verb: picture, value: no.jpg", "value: no.jpg is no address, allowed: the picture's address"),
        ("verb: add-topic, value: No Topic", "value: No Topic is no topic id, allowed: the id of a topic"),
        ("verb: hold-until, value: tomorrow", "value: tomorrow is no time, allowed: a time with its zone"),
        ("verb: hold-until, value: 2026-12-01 09:00", "value: 2026-12-01 09:00 has no time zone, allowed:"),
        ("verb: ban, until: 2026-12-01", "until: 2026-12-01 is no time with its zone, allowed: a time"),
        ("verb: ban, until: 2026-12-01T00:00:00", "until: 2026-12-01 00:00:00 has no time zone, allowed:"),
        ("verb: ban, until: 2026-12-01 00:00 Mars", "names no time zone that is known, allowed: a time"),
        ("verb: merge, value: that one", "value: that one is neither an id nor an address, allowed: the id"),
        (f"verb: merge, value: {ID.upper()}", "value: is the target itself, allowed: the id or an address"),
        (f"verb: unlink, value: {ID.upper()}", "value: is the target itself, allowed: the id or an address"),
        ("verb: link", "value: missing, allowed: the id or an address of the other story"),
        (f"verb: lead, value: {ID}", "value: is no key of lead, allowed: none"),
        ("verb: split", "value: missing, allowed: the ids or addresses of other articles of its story"),
        ("verb: pin, until: 2026-12-01T00:00Z", "topic: missing, allowed: a topic id, or all"),
        ("verb: pin, topic: ai", "until: missing: a pin ends one day, allowed: a time with its zone"),
        ("verb: ban, why: x", "why: unknown key"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(folder, entry, expected):
    """Each problem names file, line and key, says what is wrong and what is allowed."""
    target = "" if "target" in entry else f", target: {ID}"
    _write(folder, f"id: zero, verb: ban, target: {ID}, {REST}", f"id: one, {entry}{target}, {REST}")
    (problem,) = _check(folder)
    assert problem.startswith("decisions/2026-11.yaml:3: decisions[1].")
    assert expected in problem


@pytest.mark.parametrize("key", ["id", "verb", "target", "reason", "by", "at"])
def test_what_every_decision_needs(folder, key):
    """Nobody decides without an id, a target, a name, a time and a reason."""
    entry = ", ".join(
        one for one in ("id: one", "verb: ban", f"target: {ID}", *REST.split(", ")) if f"{key}:" not in one
    )
    _write(folder, entry)
    assert [problem.partition(", ")[0] for problem in _check(folder)] == [
        f"decisions/2026-11.yaml:2: decisions[0].{key}: missing"
    ]


def test_ids_are_unique_in_all_files(folder):
    """An id that stands twice is told with the place where it stands first."""
    _write(folder, f"id: one, verb: ban, target: {ID}, {REST}", name="2026-10.yaml")
    _write(folder, f"id: one, verb: ban, target: {ID}, {REST}")
    assert _check(folder) == [
        "decisions/2026-11.yaml:2: decisions[0].id: one is also in 2026-10.yaml:2, allowed: an id of its own"
    ]


def _write_takedowns(folder, *entries, above=""):
    path = _write(folder)
    lines = "".join(f"  - {{{entry}}}\n" for entry in entries)
    path.write_text(f"{above}takedowns:\n{lines}", encoding="utf-8")


@pytest.mark.parametrize(
    ("target", "read"),
    [
        ("Daily.Example", "daily.example"),
        ("www.daily.example.", "daily.example"),
        ("news.daily.example", "news.daily.example"),
        ("https://www.daily.example/", "daily.example"),
        ("http://127.0.0.1:8080", "127.0.0.1"),
        ("münchen.example", "xn--mnchen-3ya.example"),
        (f"'{ADDRESS}'", ADDRESS),
        (ID.upper(), ID),
    ],
)
def test_a_takedown_names_a_publisher_or_an_article(folder, target, read):
    """A home page is its publisher's; an article is named by id or address."""
    _write_takedowns(folder, f"id: gone, target: {target}, public_reason: asked, {REST}")
    (one,) = load_config(folder, {}).decisions
    assert (one.verb, one.target, one.public_reason, one.at) == (Verb.TAKEDOWN, read, "asked", AT)
    assert one.publisher == (None if read in (ADDRESS, ID) else read)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (
            "target: co.uk",
            "takedowns[0].target: co.uk is what names of many publishers end in, allowed: a domain",
        ),
        ("target: github.io", "github.io is what names of many publishers end in"),
        (
            "target: no host",
            "no host is neither a host, nor an id, nor an address, allowed: a domain or host",
        ),
        ("target: 'ftp://a.example/'", "is neither a host, nor an id, nor an address, allowed: a domain or"),
        ("target: a.example, verb: kill", "takedowns[0].verb: unknown key"),
        ("until: 2027-01-01T00:00:00Z", "takedowns[0].target: missing, allowed: a domain or host"),
    ],
)
def test_what_is_wrong_with_a_takedown_is_told(folder, entry, expected):
    """As of decisions, with the line; nobody takes down all sites of a suffix by mistake."""
    _write_takedowns(folder, f"id: gone, {entry}, {REST}")
    (problem,) = _check(folder)
    assert problem.startswith("decisions/2026-11.yaml:2: ")
    assert expected in problem


def test_a_file_may_have_both_lists(folder):
    """An id is one entry's in both; a takedown is no verb of a decision."""
    above = f"decisions:\n  - {{id: one, verb: ban, target: {ID}, {REST}}}\n"
    _write_takedowns(folder, f"id: two, target: daily.example, {REST}", above=above)
    assert [one.id for one in load_config(folder, {}).decisions] == ["one", "two"]
    _write_takedowns(folder, f"id: one, target: daily.example, {REST}", above=above)
    (problem,) = _check(folder)
    assert problem.endswith("takedowns[0].id: one is also in 2026-11.yaml:2, allowed: an id of its own")
    _write(folder, f"id: one, verb: takedown, target: {ID}, {REST}")
    (problem,) = _check(folder)
    assert "verb: takedown has a list of its own below the key takedowns, allowed: pin, ban" in problem


def test_all_files_are_read_in_their_order(folder):
    """Whatever they are called; hidden ones are an editor's, and those of another ending are told."""
    for name in ("2026-11.yaml", "2026-10.yaml", "spring cleaning.yaml", ".2026-12.yaml"):
        _write(folder, f"id: {name[:7].replace(' ', '-')}, verb: ban, target: {ID}, {REST}", name=name)
    assert [one.id for one in load_config(folder, {}).decisions] == ["2026-10", "2026-11", "spring-"]
    _write(folder, name="2026-09.yml")
    expected = "decisions/2026-09.yml: decisions: a file of this name is not read: rename it, allowed: "
    assert _check(folder) == [f"{expected}2026-09.yaml"]


@pytest.mark.parametrize("text", ["", "# nothing\n", "decisions:\n", "decisions: []\n"])
def test_a_file_may_be_empty(folder, text):
    """What was decided long ago may be commented out."""
    _write(folder).write_text(text, encoding="utf-8")
    assert (_check(folder), load_config(folder, {}).decisions) == ([], ())


def test_a_wrong_file_is_no_configuration(folder):
    """One wrong decision keeps all from being taken up."""
    _write(folder, f"id: one, verb: ban, target: {ID}, {REST}")
    _write(folder).with_name("wrong.yaml").write_text("decisions: {}\ntakedown: []\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="no list, allowed: a list of decisions"):
        load_config(folder, {})


@pytest.mark.parametrize("change", ["add", "edit", "remove"])
def test_a_change_of_a_file_is_seen(folder, change):
    """A running service watches the files of decisions as it does the others."""
    path = _write(folder, f"id: one, verb: ban, target: {ID}, {REST}")
    before = read_stamps(folder), digest_files(folder)
    if change == "remove":
        path.unlink()
    else:
        name = "2026-12.yaml" if change == "add" else path.name
        _write(folder, f"id: two, verb: kill, target: {ID}, {REST}", name=name)
    after = read_stamps(folder), digest_files(folder)
    assert before[0] != after[0]
    assert before[1] != after[1]


def test_a_decision_that_says_what_it_did_is_not_validated_again(folder):
    """A month's file grows; its older decisions are the very same records."""
    known: EntryCache = {}
    _write(folder, f"id: zero, verb: ban, target: {ID}, {REST}", name="2026-10.yaml")
    _write(folder, f"id: one, verb: ban, target: {ID}, {REST}")
    before = load_config(folder, {}, known).decisions
    entries = [f"id: {id_}, verb: ban, target: {ID}, {REST}" for id_ in ("one", "two")]
    _write(folder, *entries)
    after = load_config(folder, {}, known).decisions
    assert [one.id for one in after] == ["zero", "one", "two"]
    assert [one is other for one, other in zip(before, after, strict=False)] == [True, True]


@pytest.mark.parametrize("text", ["", "9:00", "2026-12-01", "9999-12-31T23:00-23:00", "2026-13-01T00:00Z"])
def test_what_is_no_moment_is_refused(text):
    """A moment has a date, a time of day and a zone, and lies within the years that are counted."""
    with pytest.raises(ValueError, match=r"is no time|has no time zone"):
        parse_moment(text)
