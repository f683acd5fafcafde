"""Pages of topics tell how often stories are right, where the operator wants it."""

import pytest

from aggregator.model import AnswerKind, Stratum
from aggregator.pipeline.publish.publication import publish
from aggregator.pipeline.publish.shown_truth import describe_truth
from aggregator.store import save_answer, save_questions
from aggregator.stories.truth import AnsweredPair
from tests.builders import NOW
from tests.publishing_equality.world import World
from tests.stories.answers import make_question

TOLD = "People judged 40 pairs of this site’s articles in the last 30 days."
PAGES = {"index.html", *(f"{topic}/index.html" for topic in ("all", "ai", "ml", "vision", "robots"))}


@pytest.fixture
def world(tmp_path):
    """A site that tells, and has published what there is."""
    made = World(tmp_path)
    made.setup = made.setup.set("site", show_story_truth=True)
    publish(made.look_at_site())
    yield made
    made.close()


def judge(world, first, last, kind=AnswerKind.SAME):
    """Answer questions about stories, from a number to another."""
    asked = [make_question(str(n), is_together=True, drawn_at=world.now) for n in range(first, last)]
    sizes = [Stratum(topic="", drawn_at=world.now, name=asked[0].stratum, pairs=len(asked))]
    save_questions(world.store, asked, sizes)
    for one in asked:
        save_answer(world.store, (one.article_id, one.other_id), kind, now=world.now, answered_by="ada")


def publish_changes(world):
    """Publish, and return the files that are other ones now."""
    return {*publish(world.look_at_site()).changed}


def read_pages(world):
    """Return the pages that tell."""
    return [(world.tree / name).read_text(encoding="utf-8") for name in sorted(PAGES)]


def test_pages_tell_what_answers_come_to(world):
    """On the index and each topic's page, and nothing else is written; again only where it is something else."""
    assert not any("People judged" in page for page in read_pages(world))
    judge(world, 0, 40)
    assert publish_changes(world) == PAGES
    assert all(
        TOLD in page and "100\u00a0% (95\u00a0% interval: 91–100\u00a0%)" in page
        for page in read_pages(world)
    )
    for hours in (0.1, 1, 24, 24):
        world.wait(hours=hours)
        assert publish_changes(world) == set()
    judge(world, 40, 44, AnswerKind.DIFFERENT)
    assert publish_changes(world) == PAGES
    assert all("People judged 44 pairs" in page for page in read_pages(world))
    judge(world, 44, 45, AnswerKind.SKIP)
    world.wait(days=27)
    assert publish_changes(world) == set()
    world.wait(days=2)
    assert publish_changes(world) == PAGES
    assert not any("People judged" in page for page in read_pages(world))


def test_nothing_is_told_unless_the_operator_wants_it(world):
    """Switched off, the pages lose it at once, and have it again once it is on."""
    judge(world, 0, 40)
    publish_changes(world)
    on = world.setup
    world.setup = on.set("site", show_story_truth=False)
    assert publish_changes(world) == PAGES
    judge(world, 40, 80)
    assert publish_changes(world) == set()
    assert not any("People judged" in page for page in read_pages(world))
    world.setup = on
    assert publish_changes(world) == PAGES
    assert all("People judged 80 pairs" in page for page in read_pages(world))


@pytest.mark.parametrize(
    ("together", "apart", "told"),
    [
        (29, 40, ""),
        (30, 29, "By that, of pairs shown as one story 90 % (95 % interval: 74–97 %) tell of one event."),
        (40, 40, "and of pairs on one event 69 % (48–86 %) are shown as one story."),
    ],
)
def test_few_answers_tell_nothing(together, apart, told):
    """Of each side there are to be thirty; whole per cent, and intervals no narrower than they are."""
    pairs = [
        AnsweredPair(make_question(f"{side}{n}", is_together=side, drawn_at=NOW), kind)
        for side, count in ((True, together), (False, apart))
        for n in range(count)
        for kind in [AnswerKind.SAME if (n % 10 > 0) is side else AnswerKind.TOPIC]
    ]
    strata = [
        Stratum(topic="", drawn_at=NOW, name=name, pairs=pairs)
        for name, pairs in {
            (one.question.stratum, 100 + 300 * (not one.question.is_together)) for one in pairs
        }
    ]
    text = describe_truth(pairs, strata).replace("\u00a0", " ")
    assert text.endswith(told)
    assert bool(text) is bool(told)
