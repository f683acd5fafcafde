"""Doubts about clauses: what is surely a mistake is told at its place, and nothing else is."""

import pytest

from aggregator.clauses import FIELDS, KnownTexts, find_doubts

KNOWN = {
    "source": KnownTexts(frozenset({"wire-news", "daily"}), "no source {} in sources.yaml"),
    "topics": KnownTexts(frozenset({"ai", "law"}), "no topic {} in topics.yaml"),
    "provider.domain": KnownTexts(frozenset({"daily.example"}), "no publisher {} is known", is_all=False),
}
SPAN = "holds: quality is 0 to 100"


@pytest.mark.parametrize(
    ("clause", "offset", "text"),
    [
        (r'title.matches("\bAI\b")', 14, r"\b is a backspace here: write \\b, or r before the quotes"),
        ('text.contains("a\bb")', 14, r"\b is a backspace here: YAML's double quotes made it: write"),
        ('source == "wire"', 10, 'no source "wire" in sources.yaml, did you mean wire-news?'),
        ('"zebras" == source', 0, 'no source "zebras" in sources.yaml, there are: daily, wire-news'),
        ('source in ["daily", "dialy"]', 20, "did you mean daily?"),
        ('"AI" in topics', 0, 'no topic "AI" in topics.yaml, did you mean ai?'),
        ('has_image && !("zebras" in topics)', 15, "there are: ai, law"),
        ('topics[0] != "AI"', 13, "did you mean ai?"),
        ('type == "vidoe"', 8, 'no type is "vidoe", did you mean video?'),
        ('language == "EN"', 12, 'language is never "EN": languages are written as en or pt-br'),
        ('language in ["en", "english"]', 19, "language is never"),
        ('host == "www.daily.example"', 8, "hosts are written as"),
        ('provider.domain == "dialy.example"', 19, "is known, did you mean daily.example?"),
        ('provider.domain in ["Weekly.org"]', 20, "domains are written as"),
        ("quality > 100", 0, f"this never {SPAN}"),
        ("quality == 101", 0, f"this never {SPAN}"),
        ("100 < quality", 6, f"this never {SPAN}"),
        ("quality <= 100", 0, f"this always {SPAN}"),
        ("quality != -1", 0, f"this always {SPAN}"),
        ("age_h < 0", 0, "this never holds: age_h is 0 or more"),
        ("has_image || story.articles > 0", 18, "this always holds: story.articles is 1 or more"),
        ('title.contains("")', 15, "every text contains this: it always holds"),
        ("size(title) < 0", 4, "this never holds: size is 0 or more"),
        ("has_image && is_copy && !has_image", 24, "this never holds: the clause asks for its opposite, too"),
        ('title.matches("a") || (!title.matches("a"))', 23, "this always holds: its opposite is enough, too"),
        ("quality > 80 && quality < 20", 16, "this never holds: the clause asks for quality > 80, too"),
        ("quality > 99 && 100 > quality", 16, "this never holds: the clause asks for quality > 99, too"),
        ("quality <= 80 && (has_image && quality > 80)", 31, "asks for quality <= 80, too"),
        ("!(quality > 50) && quality == 60", 19, "asks for quality <= 50, too"),
        ("age_h < 2 && age_h >= 2.0", 13, "asks for age_h < 2, too"),
        (
            'language == "en" && language == "de"',
            20,
            'this never holds: the clause asks for language == "en", too',
        ),
        ('source in ["daily"] && source == "wire-news"', 23, 'asks for source in ["daily"], too'),
        ('source in ["daily"] && source != "daily"', 23, 'asks for source in ["daily"], too'),
        ('authors[0] == "Ann" && authors[0] == "Bo"', 23, 'asks for authors[…] == "Ann", too'),
        ("size(title) > 9 && size(title) < 9", 23, "asks for size(title) > 9, too"),
        ('language != "en" || language != "de"', 20, 'this always holds: language != "en" is enough, too'),
        ("quality < 80 || quality > 20", 16, "this always holds: quality < 80 is enough, too"),
        (r'title.matches(r"\\bAI\\b")', 14, r"\\b in a pattern is a backslash and b: write \b after r"),
        (
            'title.matches("^robot$ ")',
            14,
            "something stands after $, the end of the text: that never matches",
        ),
        ('title.matches("robot ^AI|law")', 14, "something stands before ^, the beginning of the text"),
        ('title.matches("sponsored|")', 14, "every text matches this: it always holds"),
    ],
)
def test_a_mistake_is_told_at_its_place(clause, offset, text):
    """With what is allowed there, or the nearest of what is known."""
    (found,) = find_doubts(clause, KNOWN)
    assert (found.offset, text in found.text) == (offset, True), found


@pytest.mark.parametrize(
    "clause",
    [
        r'title.matches(r"(?i)\b(sponsored|advertorial)\b")', r'title.matches("a\\b\tc\n")',
        'source in ["daily", "wire-news"]', '"ai" in topics && topics[0] == "law"', 'title == "AI"',
        'language == "pt-br" || language == ""', 'type == "video"', 'excerpt.matches("^$")',
        'provider.domain == "elsewhere.org"', 'host == "news.elsewhere.org"', 'provider.name == "Nobody"',
        "quality > 98 && quality < 100", "age_h > 1 && age_h < 2", "quality >= 80 && quality <= 80",
        'language == "en" || language == "de"', 'source in ["daily"] && source in ["daily", "wire-news"]',
        'source in ["daily", "wire-news"] && source != "daily"', '"ai" in topics && "law" in topics',
        'language == "en" && title == "de"', 'authors[0] == "Ann" && authors[1] == "Bo"',
        "quality > 80 || quality < 20", "has_image == true && is_copy == false", "quality == 0 || quality >= 1", "story.independent < 2",
        'title.matches("(?m)^AI$\\n")', r'title.matches(r"(^|\s)AI(\s|$)|a\b^?|[$] x|\$ \\")', "size(title) > 0",
        "(has_image && is_copy) || (!has_image && !is_copy)", "age_h > 0.5", "quality_parts.weight > 100", 'authors.exists(a, a == "AI")',
    ],
)  # fmt: skip
def test_what_can_be_meant_is_no_doubt(clause):
    """A publisher that nobody knows yet may come, and a text that is like nothing known."""
    assert find_doubts(clause, KNOWN) == ()


def test_several_are_told_in_their_order():
    """Each once."""
    found = find_doubts('quality > 100 || source == "wire" || "AI" in topics', KNOWN)
    assert [one.offset for one in found] == [0, 27, 37]


def test_every_bound_is_of_a_number():
    """Texts have none."""
    assert {field.kind for field in FIELDS.values() if field.least is not None} == {"whole number", "number"}
