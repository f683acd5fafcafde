"""Vectors: what they are made of, and that comparing many at once is the plain definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.stories.cohesion import multiply_all
from aggregator.stories.comparison import Comparison
from aggregator.stories.likeness import dot
from aggregator.stories.open_story import GroupedArticle, OpenStory
from aggregator.stories.series import continues_series, has_number
from aggregator.stories.terms import extract_terms
from aggregator.stories.vector import add_vectors, leave_main_idea, make_vector, trim
from aggregator.stories.vocabulary import SCALE, Vocabulary, find_weight, make_records, read_records

WORDS = st.text("abcdefgh", min_size=1, max_size=2)
TERMS = st.one_of(WORDS, st.builds("{} {}".format, WORDS, WORDS))
VECTORS = st.dictionaries(TERMS, st.integers(0, 3 * SCALE).map(lambda count: count / SCALE), max_size=40)


def made_of(title, excerpt, weights=None):
    """Return the vector of a text by its terms, all of one weight unless stated."""
    vocabulary = Vocabulary()
    terms = extract_terms(title, excerpt, "en")
    records = make_vector(terms, weights or dict.fromkeys(terms.distinct, 3.0), vocabulary)
    return vocabulary.unpack(records.tobytes())


def test_a_vector_has_length_one_and_favours_the_title():
    """A term of the title weighs more than one of the excerpt only; pairs count where there is an excerpt."""
    vector = made_of("Fire in Kestrelholm", "Halcyon trucks stopped")
    assert dot(vector, vector) == pytest.approx(1, abs=0.001)
    assert vector["kestrelholm"] > vector["halcyon"] > vector["halcyon truck"] > 0
    assert " " not in "".join(made_of("Fire in Kestrelholm", None))


def test_a_text_that_says_nothing_has_no_vector():
    """Neither one without terms, nor one whose terms weigh nothing."""
    assert made_of("?!", "...") == made_of("Fire", None, {"fire": 0.0}) == {}


@given(vector=VECTORS, others=st.lists(VECTORS, max_size=6))
def test_comparing_many_at_once_is_the_plain_definition(vector, others):
    """Each product, what is shared and what every shared term adds to it are those of the two mappings."""
    vocabulary = Vocabulary()
    compared = Comparison.of(vocabulary.pack(vector))
    packed = [vocabulary.pack(other) for other in others]
    overlaps = compared.find_overlaps(packed)
    assert overlaps.products == pytest.approx([dot(vector, other) for other in others], abs=1e-12)
    assert compared.measure(packed) == overlaps.products
    words = [sum(" " not in term for term in vector.keys() & other.keys()) for other in others]
    assert overlaps.words == words
    for overlap, other in zip(overlaps.terms, others, strict=True):
        shares = compared.list_shares(overlap)
        named = [(vocabulary.find_term(key), share) for key, share in shares.items()]
        assert named == [(term, weight * other[term]) for term, weight in vector.items() if term in other]
        heaviest = sorted((term for term in vector if term in other), key=vector.get, reverse=True)
        assert list(map(vocabulary.find_term, compared.find_heaviest(overlap, 3))) == heaviest[:3]


@given(st.lists(VECTORS, max_size=6))
def test_products_of_all_pairs_are_the_plain_definition(vectors):
    """Of each with those before it, to the last digit as it is compared with them alone."""
    vocabulary = Vocabulary()
    packed = [*map(vocabulary.pack, vectors)]
    products = multiply_all(packed).tolist()
    for place, vector in enumerate(vectors):
        before = products[place][:place]
        assert before == pytest.approx([dot(vector, other) for other in vectors[:place]], abs=1e-12)
        assert before == Comparison.of(packed[place]).measure(packed[:place])


@given(st.dictionaries(st.integers(0, 1 << 60), st.integers(0, 1 << 30), max_size=20), st.integers(0, 300))
def test_a_weight_is_found_by_its_key(weights, other):
    """Also where the key's bytes stand elsewhere: in a weight, or across two records."""
    weights |= {1: 1 << 8, other << 32: other, 1 << 56: 0}
    packed = make_records(weights, weights.values(), len(weights)).tobytes()
    assert {key: find_weight(packed, key) for key in weights} == weights
    del weights[1]
    with pytest.raises(ValueError, match="not found"):
        find_weight(make_records(weights, weights.values(), len(weights)).tobytes(), 1)


@given(VECTORS, VECTORS)
def test_a_sum_has_what_both_weigh(vector, other):
    """In whole ten-thousandths; terms stand where they stood first."""
    vocabulary = Vocabulary()
    packed, other_packed = vocabulary.pack(vector), vocabulary.pack(other)
    total = add_vectors(read_records(packed), read_records(other_packed))
    expected = {term: round(weight * SCALE) for term, weight in vector.items()}
    for term, weight in other.items():
        expected[term] = expected.get(term, 0) + round(weight * SCALE)
    found = vocabulary.unpack(total.tobytes())
    assert [(term, round(weight * SCALE)) for term, weight in found.items()] == [*expected.items()]
    assert vocabulary.pack(vector) == packed, "the vector itself stays as it is"


@given(VECTORS, st.integers(0, 20))
def test_the_heaviest_terms_stay(vector, count):
    """Of equal ones those that stand first, in the order of their weight."""
    vocabulary = Vocabulary()
    kept = trim(read_records(vocabulary.pack(vector)), count)
    heaviest = sorted(vector.items(), key=lambda item: -item[1])[:count]
    assert list(vocabulary.unpack(kept.tobytes()).items()) == heaviest


@pytest.mark.parametrize(
    "vector",
    [
        {},
        {f"w{step}": step / 10_000 for step in range(10_001)},
        {"ẃort": 0.7071, "東京": 0.5, "zwei wörter": 0.1234, "9.5": 1.0, "large": 21.0435},
    ],
    ids=["nothing", "every weight", "other scripts"],
)
def test_a_packed_vector_is_unpacked_as_it_was(vector):
    """Terms, the last digit of every weight and their order are the same."""
    vocabulary = Vocabulary()
    assert list(vocabulary.unpack(vocabulary.pack(vector)).items()) == list(vector.items())


def test_a_shared_name_is_one_idea():
    """Nothing is left of a likeness that is a name alone; what is shared beside it counts."""
    vocabulary = Vocabulary()
    a = {"kestrel": 0.5, "vale": 0.5, "kestrel vale": 0.3, "fire": 0.4, "batteri": 0.4}
    others = [
        {"kestrel": 0.5, "vale": 0.5, "kestrel vale": 0.3, "robot": 0.6},
        {"kestrel": 0.5, "batteri": 0.6, "outag": 0.5},
        {"other": 1.0},
    ]
    compared = Comparison.of(vocabulary.pack(a))
    overlaps = compared.find_overlaps([vocabulary.pack(other) for other in others])
    left = [leave_main_idea(compared.list_shares(terms)) for terms in overlaps.terms]
    assert left == pytest.approx([0, 0.24, 0])
    assert overlaps.products[1] == pytest.approx(0.49)


@pytest.mark.parametrize(("reach", "left"), [(1, 0.2), (2, 0.0)])
def test_an_office_is_of_the_name_of_who_has_it(reach, left):
    """Two pairs away from the main term it is of one idea with it where that is asked for."""
    vocabulary = Vocabulary()
    a = {"prime": 0.4, "minist": 0.4, "vale": 0.8, "prime minist": 0.2, "minist vale": 0.2}
    compared = Comparison.of(vocabulary.pack(a))
    overlaps = compared.find_overlaps([vocabulary.pack({**a, "prime": 0.5})])
    shares = compared.list_shares(overlaps.terms[0])
    assert leave_main_idea(shares, reach) == pytest.approx(left)


def test_another_number_of_a_series_is_told_by_its_words():
    """The other words are nearly the same, and both have numbers, none of which they share."""
    vocabulary = Vocabulary()

    def article_of(text, provider="alba.example"):
        vector = vocabulary.pack(dict.fromkeys(text.split(), 0.5))
        return GroupedArticle(text, vector, 0.0, provider, 50, 1, vocabulary)

    def story_of(article):
        return OpenStory.of(article.id, [article], has_excerpt=False, turn=1)

    first, next_one = article_of("episode 7 crime podcast"), "podcast crime episode 8"
    assert has_number(first)
    assert not has_number(article_of("crime podcast"))
    assert continues_series(first, story_of(article_of(next_one)))
    assert not continues_series(first, story_of(article_of(next_one, "borealis.example")))
    for other in ("episode 7 crime podcast 8", "episode crime podcast", "episode 8 garden radio"):
        assert not continues_series(first, story_of(article_of(other)))
