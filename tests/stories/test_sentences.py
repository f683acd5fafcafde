"""Sentences that stand under all articles of a publisher, which tell of none of them."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.pipeline.grouping import StoryDesk
from aggregator.store import open_store, read_stories_since
from aggregator.stories.coverage import find_voices
from aggregator.stories.decisions import Decisions
from aggregator.stories.grouper import Grouper
from aggregator.stories.reasons import StoredStory, explain_distance
from aggregator.stories.sentence_counts import SentenceCounts
from aggregator.stories.sentences import (
    _END,
    keep_marks,
    leave_out_marks,
    list_sentences,
    pack_marks,
    read_marks,
    write_marks,
)
from aggregator.stories.thresholds import Thresholds
from tests.builders import article, insert_articles, member, newcomer, provider, story
from tests.empty_store import put_empty_store

START = newcomer(0).published_at
TEAM = "Join Ottokar Brandis, Livia Tarn and the team for a fresh perspective on the stories of Norland"
VIDEOS = [
    ("The photographer making lanterns", "A potter is taking bubble portraits of families."),
    ("When can choirs gather again?", "Our guide through the levels is Matti."),
    ("Where barbers sharpen scissors", "A new career option after her effort?"),
    ("Supermarket deals of the week", "Matti went shopping around for prices."),
]


def group(*rows, by="alba"):
    """Return the sizes of the stories of titles with excerpts, each with its hour, in their order."""
    grouper = Grouper()
    for number, (hour, title, excerpt) in enumerate(rows):
        at = START + timedelta(hours=hour, minutes=-number)
        grouper.place(newcomer(number, title, excerpt, at=at, provider=f"{by}.example"))
    sizes = {one.id: found.size for found in grouper.index.stories.values() for one in found.members}
    return [sizes[f"id-{number}"] for number in range(len(rows))]


@pytest.mark.parametrize(
    "standing",
    [
        TEAM,
        "Kommen Sie mit Ottokar Brandis und Livia Tarn in die Werkstatt der Woche auf Kanal Norland",
        "Suscríbete al canal de Ottokar Brandis y Livia Tarn para ver el taller de la semana en Norlandia",
        "ノルランド放送のチャンネル登録をお願いします",
    ],
)
def test_what_stands_under_all_videos_joins_none(standing):
    """On the first day of a new site, from the second one on, in whatever language."""
    rows = [(0, title, f"{told} {standing}.") for title, told in VIDEOS]
    assert group(*rows) == [1] * len(rows)


def test_what_an_article_says_beside_it_still_counts():
    """A standing sentence hides neither a story nor what is told beside it."""
    fire = ("Kestrelholm battery plant on fire", f"Two hundred firefighters fought the flames. {TEAM}.")
    rows = [(0, title, f"{told} {TEAM}.") for title, told in VIDEOS]
    assert group(*rows, (0, *fire), (1, *fire))[-2:] == [2, 2]


def test_what_a_second_article_says_again_may_be_its_news():
    """Nor is it standing where another publisher says it."""
    counts, title = SentenceCounts(), "Livia Tarn opens the archive"
    for publisher in ("alba", "alba", "borealis"):
        excerpt, marks = counts.read_excerpt(f"{TEAM}. More.", publisher, title)
        assert TEAM in excerpt
        counts.count(marks)
    assert counts.read_excerpt(f"{TEAM}. More.", "alba", title)[0] == "More."
    counts.count(marks, -1)
    assert counts.read_excerpt(f"{TEAM}.", "borealis", title)[0] == f"{TEAM}."


@pytest.mark.parametrize(
    ("sentence", "title", "stands"),
    [
        (TEAM, "When can choirs gather again?", True),
        (TEAM, "Perspectives of a potter", False),
        (TEAM, "4 x 4", False),
        ("ノルランド放送のチャンネル登録をお願いします", "鉄道橋が完成", True),
        ("ノルランド放送のチャンネル登録をお願いします", "ノルランドの鉄道橋", False),
    ],
)
def test_what_comes_again_beside_another_matter_stands(sentence, title, stands):
    """A sentence that was there before has a word of the title, or stands, unless no other sentence is new."""
    counts = SentenceCounts()
    counts.count(counts.read_excerpt(f"{sentence}.", "alba", title)[1])
    assert (
        sentence in counts.read_excerpt(f"What is told here is new. {sentence}.", "alba", title)[0]
    ) is not stands
    assert sentence in counts.read_excerpt(f"Watch. {sentence}.", "alba", title)[0]


def test_addresses_are_no_words():
    """Wherever they stand, and a sentence ends with one."""
    excerpt = "Watch it in full: https://tube.example/Watch?v=kestrel More on the fire at http://alba.example"
    assert (
        SentenceCounts().read_excerpt(excerpt, "alba", "Fire")[0] == "Watch it in full:. More on the fire at"
    )
    assert [sentence for sentence, _ in list_sentences("One. Two! Three", "alba")] == ["One", "Two", "Three"]


def test_sentences_are_forgotten_with_their_stories():
    """What a publisher wrote a fortnight ago stands under nothing today."""
    days = Thresholds().horizon_h + 24
    rows = [(0, *VIDEOS[0]), (0, VIDEOS[1][0], VIDEOS[0][1]), (days, "Else", "More is told of other things.")]
    grouper = Grouper()
    for number, (hour, title, excerpt) in enumerate(rows):
        at = START + timedelta(hours=hour)
        grouper.place(newcomer(number, title, excerpt, at=at, provider="alba.example"))
    again = grouper.place(newcomer(9, "Lanterns", VIDEOS[0][1], at=at, provider="alba.example"))
    assert "portrait" in again.terms


COLUMN = "The latest on stock market and business news during the outbreak of islands fever."


def test_a_live_page_with_nothing_of_its_own_is_a_page():
    """Its title tells of no event, whatever subject it names; that of another kind of article does."""
    titles = [
        "Live tracker of the stock market",
        "Stock market live updates",
        "Live stock market news of the fever",
    ]
    assert group(*((12 * day, title, COLUMN) for day, title in enumerate(titles)))[-1] == 1
    told = "Norland cuts the rates of its best banks"
    rows = [(0, title, COLUMN) for title in (*titles, told)]
    assert group(*rows, (1, told, COLUMN))[-2:] == [2, 2], "it says nothing of its kind"
    page, other = (
        StoredStory.of(story(), [member(terms=terms)]) for terms in (("live", "market", "#"), ("market",))
    )
    assert "stands under others" in explain_distance(page, other, Thresholds(), Decisions())


def test_what_stands_is_the_same_to_a_process_that_takes_up(tmp_path, defaults):
    """The marks of sentences are stored with an article, and counted as no words of it."""
    found = []
    for is_killed in (False, True):
        with open_store(put_empty_store(tmp_path / f"{is_killed}.db")) as store:
            desk = StoryDesk()
            for number, (title, told) in enumerate(VIDEOS):
                desk = StoryDesk() if is_killed else desk
                made = article(
                    number,
                    title=title,
                    excerpt=f"{told} {TEAM}.",
                    provider=provider(domain="alba.example"),
                    published_at=START + timedelta(hours=30 * number),
                )
                insert_articles(store, [made])
                desk.group(rules=defaults, store=store, now=START + timedelta(days=5))
            _, members = read_stories_since(store, START - timedelta(days=30))
        found.append([(one.article_id, one.story_id, one.terms, dict(one.vector)) for one in members])
    assert found[0] == found[1]
    assert ["ottokar" in vector for *_, vector in found[0]] == [True, False, False, False]


def test_marks_make_no_copy():
    """Whose words an article has is told by its words alone."""
    words = tuple(f"word{number}" for number in range(12))
    marks = write_marks(pack_marks(range(1, 9)))
    pair = [article(1), article(2, provider=provider(domain="borealis.example"))]
    members = {
        pair[0].id: member(pair[0].id, terms=(*marks, *words)),
        pair[1].id: member(pair[1].id, terms=words),
    }
    assert len(find_voices(pair, members).copies) == 1


@given(st.text(st.sampled_from("a7 \n.!?…。！？”')\u3000"), max_size=12))
def test_sentences_end_where_the_plain_pattern_says(text):
    """Of a sign with space behind it, or one of a script without spaces."""
    assert _END.split(text) == re.split(r"[.!?…。！？\n][.!?…\"'”’)]*\s+|[。！？]", text)


@given(st.lists(st.integers(0, 2**32 - 1)))
def test_marks_are_read_as_they_were_written(marks):
    """Each once, beside any other terms."""
    packed = pack_marks(marks)
    terms = ("=3fa9", *write_marks(packed), "word", "#page")
    assert set(read_marks(packed)) == set(marks) - {0}
    assert keep_marks(terms) == packed
    assert leave_out_marks(terms) == ["=3fa9", "word", "#page"]
