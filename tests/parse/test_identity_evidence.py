"""What speaks for two articles of one title being one."""

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.parse.identity.identity_evidence import (
    Circumstances,
    are_of_one_publisher,
    have_same_title,
    judge_likeness,
)
from aggregator.parse.identity.same_article import TextLikeness, compare_texts
from tests.builders import article

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
TEXT = "The council voted on Friday to build the bridge over the river, after ten years of talks."
EDITED = "The council voted on Friday night to build the bridge over the river, after ten years of talks."
OTHER = "A cyclist was hurt in the south of the town when a tree fell."
ALONE = Circumstances()
BESIDE = Circumstances(is_same_document=True)
RECURRING = Circumstances(is_alone=False, is_recurring=True)


def bridge_article(number, **changes):
    """Return one of some articles of the same title and text at addresses of their own."""
    url = f"https://daily.example/page-{number}"
    values = {
        "title": "Council votes for the bridge",
        "excerpt": TEXT,
        "stated_at": NOW,
        "canonical_url": url,
        "web_url": url,
    }
    return article(number, at=NOW, **{**values, **changes})


LATER = {"stated_at": NOW + timedelta(hours=1), "published_at": NOW + timedelta(hours=1)}
LINKLESS = {"canonical_url": None, "web_url": None, "entry_id": None}


@pytest.mark.parametrize(
    ("changes", "circumstances", "is_same"),
    [
        ({}, BESIDE, True),
        ({}, RECURRING, True),
        (LATER, ALONE, True),
        (LATER, RECURRING, False),
        ({"excerpt": EDITED}, ALONE, True),
        ({"excerpt": EDITED}, BESIDE, True),
        ({"excerpt": EDITED, **LATER}, BESIDE, False),
        ({"excerpt": OTHER}, ALONE, False),
        ({"excerpt": OTHER, "entry_id": None}, ALONE, False),
        ({"excerpt": OTHER, "source_id": "local"}, ALONE, False),
        ({"excerpt": EDITED, "source_id": "local"}, ALONE, True),
        ({"excerpt": None, **LATER}, ALONE, False),
        ({"excerpt": None}, ALONE, True),
        ({"excerpt": None, **LATER}, BESIDE, False),
        ({"excerpt": None, **LATER, "source_id": "local"}, ALONE, False),
        ({"excerpt": None, "stated_at": None, "source_id": "local"}, ALONE, True),
        ({"excerpt": None, "stated_at": None, "source_id": "local", "title": "v1.2.0"}, ALONE, False),
        ({"excerpt": OTHER, "canonical_url": "https://daily.example/page-1", "entry_id": "g1"}, ALONE, True),
        ({"excerpt": None, "stated_at": NOW + timedelta(minutes=9), "source_id": "local"}, ALONE, True),
        ({"published_at": NOW + timedelta(days=3)}, ALONE, False),
    ],
)  # fmt: skip
def test_evidence_is_weighed(changes, circumstances, is_same):
    """Text first, then what ids, links and dates say, and how telling the title is."""
    one, other = (
        bridge_article(1, title=changes.get("title", bridge_article(1).title)),
        bridge_article(2, **changes),
    )
    assert (judge_likeness(one, other, circumstances) is not None) is is_same
    assert (judge_likeness(other, one, circumstances) is not None) is is_same


def test_a_second_host_of_a_publisher_has_the_same_page():
    """A path that could be of many pages does not count."""
    for path, is_same in (("late-papers-of-a-painter", True), ("news", False)):
        one, other = (
            bridge_article(n, title="Painter", source_id=host, excerpt=None, canonical_url=f"https://{host}.daily.example/{path}",
                    stated_at=NOW + n * timedelta(hours=1))
            for n, host in enumerate(("m", "mail"))
        )  # fmt: skip
        assert (judge_likeness(one, other, ALONE) is not None) is is_same


def test_an_entry_that_states_nothing_but_its_text_may_edit_it():
    """Without id and link nothing speaks against the same title and date."""
    assert judge_likeness(bridge_article(1, **LINKLESS), bridge_article(2, **LINKLESS, excerpt=OTHER), ALONE)
    assert (
        judge_likeness(bridge_article(1, **LINKLESS), bridge_article(2, **LINKLESS, excerpt=OTHER), BESIDE)
        is None
    )


def test_authors_and_projects_of_one_host_are_publishers():
    """Where the address does not tell, each source is one."""
    github = [
        bridge_article(n, canonical_url=f"https://github.com/example/{n}/releases/tag/v1") for n in (1, 2)
    ]
    assert not are_of_one_publisher(*github)
    one, other = (
        bridge_article(n, canonical_url=f"https://youtube.com/watch?v={n}", source_id=f"s{n}", excerpt=None)
        for n in (1, 2)
    )
    assert not are_of_one_publisher(one, other)
    assert are_of_one_publisher(
        one, bridge_article(3, canonical_url="https://youtube.com/watch?v=3", source_id="s1")
    )


def test_only_stated_titles_are_titles():
    """One made of the excerpt or of the address is compared with none."""
    assert have_same_title(bridge_article(1), bridge_article(2, title="“Council votes for the bridge”"))
    for origin in ("excerpt", "address"):
        assert not have_same_title(bridge_article(1), bridge_article(2, origins={"title": origin}))
    assert not have_same_title(bridge_article(1, title="Learn C++"), bridge_article(2, title="Learn C#"))


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        (TEXT, TEXT.upper() + " …", TextLikeness.SAME),
        (TEXT, TEXT + " It will cost much.", TextLikeness.SAME),
        (TEXT, EDITED, TextLikeness.CLOSE),
        (TEXT, TEXT.replace("on Friday", "on Friday with Mayor Smith"), TextLikeness.NEAR),
        (TEXT, TEXT.replace("Friday", "Monday"), TextLikeness.DIFFERENT),
        (f"{TEXT} It has 12 arches.", f"{TEXT} It has 13 arches.", TextLikeness.DIFFERENT),
        (TEXT, OTHER, TextLikeness.DIFFERENT),
        ("A new renderer.", "Mends the parser of dates.", TextLikeness.DIFFERENT),
        ("Good morning", "Good morning", TextLikeness.UNKNOWN),
        (TEXT, None, TextLikeness.UNKNOWN),
        ("市議会は金曜日に川に橋を架けることを決めた。十年にわたる話し合いの末のことである。", "市議会は金曜日に川に橋を架けることを決めた。十年にわたる話し合いの末である。", TextLikeness.CLOSE),
        ("市議会は金曜日に川に橋を架けることを決めた。", "自転車に乗っていた人が町の南でけがをした。", TextLikeness.DIFFERENT),
    ],
)  # fmt: skip
def test_texts_are_compared_by_their_words(one, other, likeness):
    """A text that is cut is the same; a few edited words are near; too few words tell nothing."""
    assert compare_texts(one, other) is likeness
    assert compare_texts(other, one) is likeness
