"""What is left of a text as its terms, in which language, and what they weigh."""

import re
from collections import Counter
from itertools import chain
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.stories.language import _languages_by_word, detect_language, primary_subtag
from aggregator.stories.rarity import (
    ARTICLE_WORDS,
    DAMPING,
    FORM_SHARE,
    GENERAL_ARTICLES,
    MOST_EXPECTED,
    PROVIDER_PRIOR,
    CountedArticle,
    Rarity,
)
from aggregator.stories.terms import (
    _ASCII_WORD,
    _SPACED_WORD,
    _UNSPACED_RUN,
    _WORD,
    expected_frequency,
    extract_terms,
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
    """Latin words within it stay whole; in Japanese katakana do, and what beside others is in hiragana is none."""
    assert extract_terms("中国经济AI展", None, "zh").title == ("中国", "国经", "经济", "ai", "展")
    assert extract_terms("東京都でAI展「あけぼの」、新型ロケットが", None, "ja").title == (
        "東京",
        "京都",
        "ai",
        "展",
        "あけぼの",
        "新型",
        "ロケット",
    )


def test_common_terms_are_known_in_languages_without_spaces():
    """Those of the language itself, and English ones between them."""
    assert expected_frequency("政府", "ja") > 10 * expected_frequency("震度", "ja") > 0
    assert expected_frequency("festival", "ja") > 0 == expected_frequency("震度", "th")


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


@given(
    st.lists(
        st.lists(st.sampled_from(["kestrel", "blog", "7", "norvane"]), max_size=4), min_size=1, max_size=9
    )
)
def test_weights_are_those_of_the_plain_definition(articles):
    """The information of the larger share, of all articles or of the publisher's own, and less for a form."""
    rarity, last = Rarity(window_h=72), tuple(dict.fromkeys(articles[-1]))
    for number, terms in enumerate(articles):
        provider = "borealis.example" if number % 2 == len(articles) % 2 else "alba.example"
        rarity.count(CountedArticle(0.0, str(number), tuple(dict.fromkeys(terms)), "en", provider))
    own = articles[::-2]
    found = rarity.weights(last, language="en", provider="alba.example")
    assert [*found] == [*last]
    for term in last:
        general = GENERAL_ARTICLES * min(MOST_EXPECTED, expected_frequency(term, "en") * ARTICLE_WORDS) + 0.5
        share = (sum(term in terms for terms in articles) + general) / (len(articles) + GENERAL_ARTICLES)
        here = sum(term in terms for terms in own) - 1 + PROVIDER_PRIOR * share
        weight = (-log(max(share, here / (len(own) + PROVIDER_PRIOR)))) ** DAMPING
        assert found[term] == weight * (FORM_SHARE if term == "blog" else 1)


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


@pytest.mark.parametrize(("articles", "pace"), [(1, 0.7), (64, 0.8), (300, 1.0)])
def test_an_hour_of_a_slow_stream_counts_less(articles, pace):
    """By how many articles in a language came in the window, however short it is; seven tenths of one at least."""
    rarity = Rarity(window_h=72)
    assert rarity.measure_pace("en") == 0.7
    for number in range(articles + 1):
        for language in ("en", "de"):
            terms = ("quay",) if language == "en" else ("kai",)
            counted = CountedArticle(2 * number / articles, f"{number}-{language}", terms, language, "p1")
            rarity.count(counted)
    assert rarity.measure_pace("en") == pytest.approx(pace, rel=0.02)
    assert rarity.measure_pace("fr") == 0.7


def test_few_late_articles_do_not_slow_a_stream():
    """Those that a source brings when it is first read; what left the window counts no more."""
    rarity = Rarity(window_h=72)
    hours = [*(number / 100 for number in range(100)), -60.0]
    for number, hour in enumerate(hours):
        rarity.count(CountedArticle(hour, str(number), ("quay",), "en", "p1"))
    assert rarity.measure_pace("en") > 0.9
    rarity.count(CountedArticle(72.5, "last", ("quay",), "en", "p1"))
    rarity.forget_old()
    assert rarity.measure_pace("en") == 0.7


@given(st.text(st.sampled_from("a7é’'., 字ก–ｆ_"), max_size=12))
def test_text_with_spaces_is_cut_alike_by_both_patterns(text):
    """The faster pattern finds the same words wherever no script without spaces is in the text."""
    if not _UNSPACED_RUN.search(text):
        assert _SPACED_WORD.findall(text) == _WORD.findall(text)


@given(st.text(st.sampled_from("az79'., _-\n"), max_size=12))
def test_lower_case_ascii_text_is_cut_alike_by_both_patterns(text):
    """The fastest pattern finds the same words wherever nothing else is in the text."""
    assert _ASCII_WORD.findall(text) == _SPACED_WORD.findall(text)


@given(st.text(st.sampled_from("az7é’'., 字ก–ｆ_"), max_size=12))
def test_words_are_those_of_the_patterns_with_a_way_back(text):
    """What is repeated without a way back finds the same."""
    for pattern in (_WORD, _SPACED_WORD, _ASCII_WORD):
        plain = re.compile(pattern.pattern.replace("++", "+").replace("*+", "*"))
        assert pattern.findall(text) == plain.findall(text)


def detect_plainly(words, stated):
    """Return the language of lower-case ASCII words by the definition: each counted for each language."""
    known = [*filter(None, map(_languages_by_word().get, words))]
    own = sum(stated in languages for languages in known)
    counts = Counter(chain.from_iterable(known))
    if max(counts.values(), default=0) < max(1.5 * own, own + 2):
        return stated
    return max(counts, key=lambda language: (counts[language], language == stated, language))


WORDS = "the and with und nicht eine para como dans avec della mga ang kestrel norvane".split()  # noqa: SIM905  # easier to read


@given(st.lists(st.sampled_from(WORDS), max_size=12), st.sampled_from(["en", "de", "tl", "xx"]))
def test_the_language_is_that_of_the_plain_definition(words, stated):
    """Whether few or many words are other languages', and whether the stated one is known."""
    assert detect_language(" ".join(words), words, stated) == detect_plainly(words, stated)


def count_fever(rarity, numbers):
    """Count articles, each third on a fever: most of these have patients, too, and few of them a choir."""
    for number in numbers:
        terms = (f"w{number}", "fever", "patient") if number % 3 == 0 else (f"w{number}",)
        counted = CountedArticle(number / 10, str(number), terms, "en", f"p{number}")
        rarity.count(counted)
    return rarity.weights((*terms, "choir"), language="en", provider="p1", has_excerpt=True)


def test_what_always_stands_beside_a_subject_says_little_there():
    """Once the stream is large, and only in articles on the subject."""
    rarity = Rarity(window_h=72)
    small = count_fever(rarity, range(100))
    large = count_fever(rarity, range(100, 601))
    assert large["patient"] < 0.5 < small["patient"]
    assert large["choir"] > 3
    assert rarity.weights(("patient",), language="en", provider="p1", has_excerpt=True)["patient"] > 0.9
    titled = rarity.weights(("fever", "patient"), language="en", provider="p1")
    assert titled["patient"] > 0.9, "titles alone have too few words for it"


def test_subjects_are_the_same_to_who_takes_up():
    """Whenever they were first asked for, and whatever has left the window."""
    going, taken_up = Rarity(window_h=72), Rarity(window_h=72)
    for start in range(0, 1_200, 300):
        count_fever(going, range(start, start + 300))
    going.forget_old()
    count_fever(taken_up, range(480, 1_200))
    assert count_fever(taken_up, (1_200,)) == count_fever(going, (1_200,))
