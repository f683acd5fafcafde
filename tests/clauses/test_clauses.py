"""Clauses: what they mean, what is wrong with them and where, and that no value makes them raise."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.clauses import FIELDS, Key, Values, check_clause, compile_clause
from aggregator.clauses.patterns import PatternSet
from aggregator.errors import ClauseError

OF_KIND = {"text": "", "texts": (), "whole number": 0, "number": 0.0, "truth value": False}


def _values(**given):
    """Return values of every field, the ``given`` ones with a double underscore for a dot."""
    own = {name.replace("__", "."): value for name, value in given.items()}
    return Values({name: OF_KIND[field.kind] for name, field in FIELDS.items()} | own)


@pytest.mark.parametrize(
    ("clause", "given", "holds"),
    [
        ('title.matches("(?i)\\\\bSPONSORED\\\\b")', {"title": "A sponsored post"}, True),
        ('title.matches("(?i)\\\\bSPONSORED\\\\b")', {"title": "Unsponsored"}, False),
        ('provider.domain in ["a.example", "b.example"]', {"provider__domain": "b.example"}, True),
        ('type == "video"', {"type": "video"}, True),
        ("age_h < 6", {"age_h": 5.5}, True),
        ("age_h > 2.5", {"age_h": 2.75}, True),
        ("3 <= age_h", {"age_h": 2.75}, False),
        ("quality_parts.relevance >= 14 && quality < 70", {"quality_parts.relevance": 14}, True),
        ('authors.exists(a, a.startsWith("Press"))', {"authors": ["Ann", "Press office"]}, True),
        ('"ai" in topics && size(topics) == 1', {"topics": ("ai",)}, True),
        ("story.independent >= 2 || is_copy", {"story.independent": 2}, True),
        ("!has_image", {}, True),
    ],
)
def test_a_clause_asks_what_it_says(clause, given, holds):
    """Every kind of field can be asked for, numbers compared with fractions too."""
    assert compile_clause(clause).evaluate(_values(**given)).holds is holds


@pytest.mark.parametrize(
    ("clause", "offset", "text"),
    [
        ('titel == "x"', 0, "no field or function titel, did you mean title? allowed: title, excerpt"),
        ('"é" == titel', 7, "no field or function titel"),
        ('title == "a" &&\n  tite == "b"', 18, "no field or function tite, did you mean title?"),
        ('article.title == "x"', 7, "a field has nothing before it, allowed: title"),
        ('provider.doman == "x"', 9, "no field or function provider.doman, did you mean provider.domain?"),
        ('provider == "x"', 0, "allowed: one of provider.domain, provider.name, provider.family"),
        ('domain == "x"', 0, "no field or function domain, did you mean provider.domain?"),
        ('title.contain("x")', 13, "no field or function contain, did you mean contains?"),
        ("title == 3", 6, "== does not take text and a whole number, allowed: values of one kind"),
        ("title.contains(3)", 14, "contains does not take text and a whole number"),
        ("quality > 2.5", 8, "> does not take a whole number and a fraction"),
        ("title", 0, "it is text, allowed: what is true or false"),
        ("title ==", 7, "it is no CEL (it ends too early"),
        ('title.matches("(")', 14, "no pattern (missing ): (), allowed: a pattern of RE2"),
        ('title.matches("(?=x)")', 14, "no pattern ("),
        ("title.matches(excerpt)", 14, "the pattern is not given, allowed: a pattern in quotes"),
        ("age_h * 2 > 6", 0, "age_h is not compared with a number"),
        ("age_h > quality", 0, "age_h is not compared with a number"),
        ("(" * 5_000, 0, "recursion limit"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(clause, offset, text):
    """The first problem of a clause, at its character, names what is wrong and what is allowed."""
    first = check_clause(clause)[0]
    assert (first.offset, text in first.text) == (offset, True), first
    with pytest.raises(ClauseError, match=f"character {offset + 1}: "):
        compile_clause(clause)


def test_all_problems_of_a_clause_come_at_once():
    """Each unknown name is told by itself."""
    assert [one.offset for one in check_clause('tite == "a" && excerp == "b"')] == [0, 15]


def test_a_failure_at_run_time_holds_nothing_and_says_why():
    """What cannot be evaluated does not hold, and no value makes it raise."""
    outcome = compile_clause('authors[0] == "x"').evaluate(_values())
    assert (outcome.holds, "index=0 size=0" in outcome.error) == (False, True)
    for broken in (None, 3, object()):
        outcome = compile_clause('title == "x"').evaluate(_values(title=broken))
        assert not outcome.holds
        assert outcome.error


@given(text=st.text(max_size=60) | st.from_regex(r"[a-z_.()\"&|=!<> 0-9\[\]]{0,40}"))
def test_any_text_is_a_clause_or_has_problems(text):
    """Whatever an operator writes, checking it ends with places within the text."""
    for one in check_clause(text):
        assert 0 <= one.offset <= max(len(text) - 1, 0)


@given(title=st.text(st.characters(), max_size=40))
def test_any_title_can_be_asked(title):
    """Hostile text, lone surrogates included, is compared as text."""
    values = _values(title=title)
    assert compile_clause('title.contains("") && size(title) >= 0').evaluate(values).holds
    assert compile_clause('title == "x"').evaluate(values).holds is (title == "x")


@pytest.mark.parametrize(
    ("clause", "keys"),
    [
        ('title.matches("a+")', [Key("matches", "title", "a+")]),
        ('text.contains("a+")', [Key("matches", "text", r"a\+")]),
        ('"x" == host', [Key("equals", "host", "x")]),
        ('has_image && source in ["a", "b"]', [Key("equals", "source", "a"), Key("equals", "source", "b")]),
        ('url.endsWith("a") || url.startsWith("b")', [Key("matches", "url", r"a\z"), Key("matches", "url", r"\Ab")]),
        ('url.endsWith("a") || has_image', None),
        ('!title.matches("a")', None),
        ('type == "video"', None),
        ("title == excerpt", None),
        ('authors.exists(title, title == "x")', None),
        ("title in authors", None),
    ],
)  # fmt: skip
def test_what_a_clause_hangs_on_is_known(clause, keys):
    """The keys of a clause are what must be true where it holds, by fields that no rule changes."""
    found = compile_clause(clause).keys
    assert found == (None if keys is None else tuple(keys))


PIECES = ["a", "B", "é", ".", "+", "ß", "sponsored", " ", "\n", "(", "ai"]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)
FUNCTIONS = st.sampled_from(["contains", "startsWith", "endsWith", "matches"])


@given(title=TEXTS, text=TEXTS, function=FUNCTIONS)
def test_a_clause_holds_only_where_one_of_its_keys_does(title, text, function):
    """Looking a rule up by its keys never passes over one that applies."""
    written = text.replace("\n", "\\n")
    clause = f'title.{function}("{written}")'
    if check_clause(clause):
        return
    compiled = compile_clause(clause)
    found = PatternSet([key.text for key in compiled.keys]).find_in(title)
    assert compiled.evaluate(_values(title=title)).holds is bool(found)


def test_thousands_of_patterns_are_looked_for_at_once():
    """A set finds what each pattern alone would, however many there are."""
    patterns = [rf"(?i)\bterm{number}\b" for number in range(3_000)]
    assert PatternSet(patterns).find_in("of Term17 and TERM2999, not term30000") == {
        patterns[17],
        patterns[2999],
    }


@pytest.mark.parametrize(
    ("clause", "hours"), [("age_h > 6 && 2.5 <= age_h", (2.5, 6.0)), ("quality > 6", ())]
)
def test_hours_at_which_a_clause_may_change_are_known(clause, hours):
    """They are what age is compared with."""
    assert compile_clause(clause).hours == hours


def test_without_their_library_clauses_say_what_to_install(monkeypatch):
    """It is an extra: a rule without it is a problem of the configuration, not a traceback."""
    monkeypatch.setitem(sys.modules, "cel_expr_python", None)
    (problem,) = check_clause("title == 'no library reads this'")
    assert "pip install 'aggregator[rules]'" in problem.text


@pytest.mark.parametrize(
    ("clause", "found"),
    [
        (r'title.matches("\.ai")', [(15, r"\. means nothing in CEL: write \\., or r before the quotes")]),
        (
            r"""title.matches('a"\d\d') && text.contains("\q") // \z""",
            [
                (17, r"\d means nothing in CEL: write \\d, or r before the quotes"),
                (42, r"\q means nothing in CEL: write \\q, or r before the quotes"),
            ],
        ),
    ],
)
def test_a_backslash_that_means_nothing_is_told_of_alone(clause, found):
    """Once for each sign of a text, and without what the engine makes of the rest."""
    assert [(one.offset, one.text) for one in check_clause(clause)] == found


def test_backslashes_that_mean_something_are_left():
    """In plain quotes CEL's own, in raw ones all of a pattern's; what is wrong elsewhere is told."""
    assert check_clause(r"""title.matches("\\.\u0041\101\"") && text.matches(r'\d\.')""") == ()
    assert "titel" in check_clause(r'titel.matches(r"\.ai")')[0].text
