"""The index of stories finds what the plain definition finds."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.stories.comparison import Comparison
from aggregator.stories.grouper import KEPT
from aggregator.stories.index import INDEXED, LEAST_SHARE, LOOKED_UP, OF_THE_BEST, SCORED, StoryIndex
from aggregator.stories.likeness import dot
from aggregator.stories.open_story import GroupedArticle, OpenStory
from aggregator.stories.posting import SIZE, Posting, pack_entry, pack_slot, read_entries, remove_entry
from aggregator.stories.vector import trim
from aggregator.stories.vocabulary import Vocabulary, read_records

WORDS = st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789")
VECTORS = st.dictionaries(WORDS, st.integers(1, 9).map(lambda tenths: tenths / 10), min_size=1, max_size=30)
NUMBERS = st.integers(0, 7)


def find_heaviest(vector, count):
    """Return the terms of most weight, of equal ones those that stand first."""
    return sorted(vector, key=vector.get, reverse=True)[:count]


def find_plainly(vector, stories, least):
    """Return ids of stories with their cosines; ``stories`` are in the order in which they last changed."""
    found = Counter()
    for term in find_heaviest(vector, LOOKED_UP):
        for story in reversed(stories):
            if term in find_heaviest(story.total, INDEXED):
                found[story.id] += vector[term] * (story.total[term] / story.length)
    enough = max(LEAST_SHARE, OF_THE_BEST * max(found.values(), default=0.0))
    likely = sorted((id_ for id_ in found if found[id_] >= enough), key=found.get, reverse=True)[:SCORED]
    by_id = {story.id: story for story in stories}
    cosines = [(id_, dot(vector, by_id[id_].total) / by_id[id_].length) for id_ in likely]
    return [(id_, pytest.approx(cosine)) for id_, cosine in cosines if cosine >= least]


@given(
    changes=st.lists(st.tuples(NUMBERS, st.one_of(st.none(), VECTORS)), max_size=30),
    vector=VECTORS,
    least=st.sampled_from([0.0, 0.15]),
)
def test_candidates_are_those_of_the_plain_definition(changes, vector, least):
    """Whatever was put, put again with another vector, or removed before."""
    index, vocabulary, stories = StoryIndex(), Vocabulary(), {}
    for turn, (number, total) in enumerate(changes):
        story = stories.pop(number, None)
        if total is None:
            if story:
                index.remove(story)
            continue
        packed = trim(read_records(vocabulary.pack(total)), KEPT).tobytes()  # as grouping keeps it
        article = GroupedArticle(f"article-{turn}", packed, 0.0, "alba.example", 50, turn, vocabulary)
        if story:
            story.add([article], article.packed)
            story.turn = turn
        else:
            story = OpenStory.of(article.id, [article], has_excerpt=False, turn=turn)
        stories[number] = story
        index.put(story)
    records = read_records(vocabulary.pack(vector))
    found = index.find_candidates(trim(records, LOOKED_UP), Comparison(records), least)
    assert [(story.id, cosine) for cosine, story, *_ in found] == find_plainly(
        vector, [*stories.values()], least
    )
    assert {*index.stories} == {story.id for story in stories.values()}


@given(st.lists(st.integers(0, 1 << 24), unique=True, max_size=20), st.randoms(use_true_random=False))
def test_an_entry_is_removed_and_no_other(slots, chance):
    """Also where the bytes of its slot stand elsewhere: in a weight, or across two entries."""
    entries = [(slot, chance.choice([0.0, 0.5, 1 / (slot + 1)])) for slot in slots]
    posting = Posting(b"".join(pack_entry(*entry) for entry in entries))
    while entries:
        gone = entries.pop(chance.randrange(len(entries)))
        remove_entry(posting, pack_slot(gone[0]))
        left, weights = read_entries(bytes(posting))
        assert [*zip(left.tolist(), weights.tolist(), strict=True)] == entries[::-1]
        assert len(posting) == SIZE * len(entries)


def test_a_sum_that_an_article_left_is_indexed_by_weight():
    """Of a story that has one article left, not all terms are that one's, and they stand in any order."""
    vocabulary, index = Vocabulary(), StoryIndex()
    article = GroupedArticle("1", vocabulary.pack({"a": 1.0}), 0.0, "alba.example", 50, 1, vocabulary)
    total = {**dict.fromkeys("bcdefghijklmnopqrstu", 0.1), "z": 0.9}
    index.put(OpenStory("1", vocabulary.pack(total), [article], has_excerpt=False, founded=1, turn=1))
    records = read_records(vocabulary.pack({"z": 1.0}))
    assert [story.id for _, story, *_ in index.find_candidates(records, Comparison(records), 0.1)] == ["1"]
