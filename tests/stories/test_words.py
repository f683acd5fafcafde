"""What is left of a text as its terms, in which language, and what they weigh."""

import pytest

from aggregator.stories.language import detect_language, primary_subtag
from aggregator.stories.rarity import CountedArticle, Rarity
from aggregator.stories.terms import extract_terms
from aggregator.stories.vector import (
    dot,
    dot_beside_main_idea,
    make_vector,
    measure_length,
    pack_vector,
    unpack_vector,
)


@pytest.mark.parametrize(
    ("title", "terms"),
    [
        ("The cats' owners say: it's over", ("cat", "owner")),
        ("Markets’ 46,000 cases – and 3.5 per cent", ("market", "46000", "case", "3.5", "cent")),
        ("AI-powered chips", ("ai", "power", "chip")),
        ("ＮＡＳＡ launches", ("nasa", "launch")),
        ("", ()),
        ("?! …", ()),
    ],
)
def test_terms_of_english(title, terms):
    """Case, inflection, possessives and the commas of numbers make no difference; function words are gone."""
    assert extract_terms(title, None, "en").title == terms


@pytest.mark.parametrize(
    ("text", "stated", "language"),
    [
        ("Der Bundestag hat das Gesetz nach der Debatte beschlossen", "en", "de"),
        ("Mga opisyal umapela na iurong ang pasukan sa Enero", "en-GB", "tl"),
        ("Markets rally as the bank holds rates", None, "en"),
        ("東京で大規模な停電が発生", None, "ja"),
        ("中国经济虽放缓基本面持续向好", None, "zh"),
        ("日本銀行総裁会見", "ja", "ja"),
        ("서울에서 지진 발생", None, "ko"),
        ("เกิดแผ่นดินไหวในกรุงเทพ", None, "th"),
        ("Norvane Halcyon", "fr", "fr"),
    ],
)
def test_the_language_is_told_by_script_and_common_words(text, stated, language):
    """What a source states stands unless the text says clearly otherwise."""
    assert detect_language(text, text.lower().split(), stated) == language


def test_a_language_tag_is_cut_to_its_first_part():
    """Region and script do not matter; nothing stated is English."""
    assert [primary_subtag(tag) for tag in ("en-GB", "pt_BR", "ZH-Hant", None, "")] == [
        "en",
        "pt",
        "zh",
        "en",
        "en",
    ]


def test_unspaced_text_is_cut_into_pairs_of_characters():
    """Latin words within it stay whole."""
    assert extract_terms("東京でAI展", None, "ja").title == ("東京", "京で", "ai", "展")


def test_rare_terms_weigh_more_than_common_ones():
    """A name weighs more than a common word, and a word that everybody uses today weighs less each time."""
    rarity = Rarity(window_h=72)
    known = {"language": "en", "provider": "alba.example"}
    rarity.count(CountedArticle(0.0, "0", ("kestrelholm", "govern"), **known))
    before = rarity.weights(("kestrelholm", "govern"), **known)
    assert before["kestrelholm"] > 1.5 * before["govern"] > 0
    for number in range(1, 200):
        rarity.count(CountedArticle(0.1, str(number), ("kestrelholm",), language="en", provider=f"p{number}"))
    assert rarity.weights(("kestrelholm",), **known)["kestrelholm"] < before["kestrelholm"] - 2


def test_what_one_publisher_always_writes_weighs_little_there_only():
    """Boilerplate is learned by publisher."""
    rarity = Rarity(window_h=72)
    for number in range(300):
        rarity.count(CountedArticle(0.0, str(number), ("teleradyo",), "en", "alba.example"))
    for number in range(3_000):
        rarity.count(CountedArticle(0.0, f"other{number}", ("news",), "en", f"p{number % 50}"))
    here = rarity.weights(("teleradyo",), language="en", provider="alba.example")["teleradyo"]
    elsewhere = rarity.weights(("teleradyo",), language="en", provider="p1")["teleradyo"]
    assert here < 0.6
    assert elsewhere > 1.5


def test_what_left_the_window_is_forgotten():
    """Counts of articles older than the window are taken back."""
    rarity = Rarity(window_h=72)
    known = {"language": "en", "provider": "alba.example"}
    rarity.count(CountedArticle(0.0, "0", ("kestrelholm",), **known))
    fresh = rarity.weights(("halcyon",), **known)["halcyon"]
    for number in range(50):
        rarity.count(CountedArticle(1.0, f"old{number}", ("halcyon",), **known))
    rarity.count(CountedArticle(100.0, "new", ("other",), **known))
    rarity.forget_old()
    assert rarity.weights(("halcyon",), **known)["halcyon"] == pytest.approx(fresh, abs=0.01)


def test_a_vector_has_length_one_and_favours_the_title():
    """A term of the title weighs more than one of the excerpt only; pairs count where there is an excerpt."""
    terms = extract_terms("Fire in Kestrelholm", "Halcyon trucks stopped", "en")
    vector = make_vector(terms, dict.fromkeys(terms.distinct, 3.0))
    assert measure_length(vector) == pytest.approx(1, abs=0.001)
    assert vector["kestrelholm"] > vector["halcyon"] > vector["halcyon truck"] > 0
    assert " " not in "".join(
        make_vector(extract_terms("Fire in Kestrelholm", None, "en"), {"fire": 1, "kestrelholm": 1})
    )


def test_a_shared_name_is_one_idea():
    """Nothing is left of a likeness that is a name alone; what is shared beside it counts."""
    a = {"kestrel": 0.5, "vale": 0.5, "kestrel vale": 0.3, "fire": 0.4, "batteri": 0.4}
    vines = {"kestrel": 0.5, "vale": 0.5, "kestrel vale": 0.3, "robot": 0.6}
    blaze = {"kestrel": 0.5, "batteri": 0.6, "outag": 0.5}
    assert dot_beside_main_idea(a, vines) == 0
    assert dot_beside_main_idea(a, blaze) == pytest.approx(0.24)
    assert dot(a, blaze) == pytest.approx(0.49)
    assert dot_beside_main_idea(a, {"other": 1.0}) == 0


@pytest.mark.parametrize(
    "vector",
    [
        {},
        {f"w{step}": step / 10_000 for step in range(10_001)},
        {"ẃort": 0.7071, "東京": 0.5, "zwei wörter": 0.1234, "9.5": 1.0},
    ],
    ids=["nothing", "every weight", "other scripts"],
)
def test_a_packed_vector_is_unpacked_as_it_was(vector):
    """Terms, the last digit of every weight and their order are the same, and equal weights are one float."""
    unpacked = unpack_vector(pack_vector(vector))
    again = unpack_vector(pack_vector(vector))
    assert list(unpacked.items()) == list(vector.items())
    assert all(weight is again[term] for term, weight in unpacked.items())
