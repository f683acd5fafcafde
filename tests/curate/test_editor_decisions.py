"""What editors decided on an article: found, ended, and applied."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.config import Config
from aggregator.curate.editor_decisions import (
    ArticleDecisions,
    add_corrections,
    apply_to_texts,
    choose_images,
    find_pin,
    is_held,
    is_killed,
)
from aggregator.model.decisions import Decision, Verb
from aggregator.model.ids import make_article_id
from aggregator.rules import Rules
from tests.builders import NOW, article, image, provider, source, topic

ADDRESS = "https://daily.example/1"
TOPICS = (
    topic("ai", name="AI", keywords=("artificial intelligence",)),
    topic("ml", name="ML", keywords=("machine learning",), parent="ai"),
    topic("robots", name="Robots", keywords=("robot",)),
)
HOUR = timedelta(hours=1)
ARTICLE = article(
    title="Machine learning finds a comet", excerpt="word " * 30, authors=("A",), images=(image(),)
)


def decide(verb, value=None, *, number=1, target=ARTICLE.id, **changes):
    """Return a decision on the article, made ``number`` minutes ago."""
    values = {"reason": "why", "by": "anna", "at": NOW - timedelta(minutes=number), **changes}
    return Decision(id=f"d{number}", verb=Verb(verb), target=target, value=value, **values)


def judge(*decisions, now=NOW, one=ARTICLE):
    """Return the article as rules with these decisions judge it."""
    config = Config(
        folder=Config.default().folder, settings=Config.default().settings, sources=(source("daily"),),
        topics=TOPICS, decisions=decisions,
    )  # fmt: skip
    return Rules.of(config, {}).judge(one, ["daily"], now=now)


@pytest.mark.parametrize(
    "target", [ARTICLE.id, ADDRESS, "https://daily.example/1?utm_source=x#top", "https://www.daily.example/1"]
)
def test_a_decision_is_found_by_id_and_by_any_form_of_the_address(target):
    """What tells no article from another makes no difference."""
    found = ArticleDecisions([decide("ban", target=target)]).of(ARTICLE, NOW)
    assert [one.id for one in found] == ["d1"]


def test_a_removed_topic_leaves_the_article_worth_as_much_to_the_others():
    """Although the keyword of the removed one stands in the title, and that of the other does not."""
    found = replace(ARTICLE, excerpt=f"By a robot. {'word ' * 30}")
    before, after = judge(one=found), judge(decide("remove-topic", "ml"), one=found)
    none_left = judge(
        *(decide("remove-topic", id_, number=n) for n, id_ in enumerate(before.topics)), one=found
    )
    assert (before.topics, after.topics) == (("ml", "ai", "robots"), ("ai", "robots"))
    assert after.quality == before.quality
    assert (none_left.topics, none_left.quality_parts["relevance"]) == ((), -30)


@pytest.mark.parametrize("target", [make_article_id(ADDRESS), ADDRESS])
def test_what_takes_an_article_out_takes_out_other_records_of_it(target):
    """Of whatever address their source had, where their page has that of the article; other verbs do not."""
    other = replace(ARTICLE, id="other", canonical_url="https://daily.example/short", web_url=f"{ADDRESS}/")
    shared = replace(other, canonical_url=None)
    made = [decide(verb, target=target, number=n) for n, verb in enumerate(("ban", "kill", "withdraw"), 1)]
    decisions = ArticleDecisions([*made, decide("retitle", "x", target=target, number=9)])
    assert len(decisions.of(other, NOW)) == 3
    assert decisions.of(shared, NOW) == ()
    assert (
        ArticleDecisions([*made, decide("restore", target=target, number=0)]).of(other, NOW)[0].verb
        == "restore"
    )
    twins = ArticleDecisions([decide("ban", target="https://daily.example/short")])
    assert twins.of(ARTICLE, NOW) == ()


def test_other_articles_are_not_decided_on():
    """A decision names one article."""
    decisions = ArticleDecisions([decide("ban", target="https://daily.example/2"), decide("ban", target="x")])
    assert decisions.of(ARTICLE, NOW) == ()


@pytest.mark.parametrize("verb", ["ban", "withdraw", "kill"])
def test_what_is_out_has_no_quality(verb):
    """It is out whatever else was decided, and says by what."""
    before = judge()
    assert before.is_published
    after = judge(decide(verb), decide("quality", "100", number=2), decide("quality", "50", number=3))
    assert (after.quality, after.is_published, after.quality_parts["decision d1"]) == (0, False, -100)
    assert after.topics == before.topics


def test_restoring_undoes_what_was_before_it():
    """What is put out after it is out."""
    assert judge(decide("ban", number=3), decide("kill", number=2), decide("restore")) == judge()
    assert judge(decide("restore", number=3), decide("ban")).quality == 0
    corrected = ArticleDecisions([decide("correct", "Note.", number=2), decide("restore")]).of(ARTICLE, NOW)
    assert add_corrections(ARTICLE, corrected).corrections[0].note == "Note."


@pytest.mark.parametrize(("points", "quality"), [("-20", -20), ("7", 7)])
def test_points_are_a_part_of_quality(points, quality):
    """They add to what the article has by itself."""
    before, after = judge(), judge(decide("quality", points))
    assert after.quality == before.quality + quality
    assert after.quality_parts["decision d1"] == quality


def test_topics_are_added_with_those_above_and_removed_alone():
    """Of two decisions the later one holds; what is no topic changes nothing."""
    assert judge().topics == ("ml", "ai")
    assert judge(decide("remove-topic", "ml")).topics == ("ai",)
    assert judge(decide("add-topic", "robots")).topics == ("ml", "ai", "robots")
    bare = article(title="A comet was found", excerpt="word " * 30, stated_at=NOW)
    assert judge(one=bare).topics == ()
    added = judge(decide("add-topic", "ml"), one=bare)
    assert (added.topics, added.is_published) == (("ml", "ai"), True)
    later = decide("remove-topic", "robots", number=1)
    assert "robots" not in judge(decide("add-topic", "robots", number=2), later).topics
    assert judge(decide("add-topic", "gone")) == judge()


def test_a_decision_ends_by_itself():
    """It counts until then, and not at that moment."""
    ban = decide("ban", until=NOW + HOUR)
    assert judge(ban).quality == 0
    assert judge(ban, now=NOW + HOUR - timedelta(microseconds=1)).quality == 0
    assert judge(ban, now=NOW + HOUR) == judge()
    decisions = ArticleDecisions([ban])
    assert decisions.find_next_end(ARTICLE, NOW) == NOW + HOUR
    assert decisions.find_next_end(ARTICLE, NOW + HOUR) is None


def test_what_is_held_is_let_go_exactly_then():
    """An embargo ends at its moment."""
    decisions = ArticleDecisions([decide("hold-until", (NOW + HOUR).isoformat())])
    assert is_held(decisions.of(ARTICLE, NOW))
    assert not is_held(decisions.of(ARTICLE, NOW + HOUR))
    assert decisions.find_next_end(ARTICLE, NOW) == NOW + HOUR


@pytest.mark.parametrize("order", [1, -1])
def test_an_earlier_time_replaces_a_later_one(order):
    """It lets go what was held for longer, once, whatever the order of the files."""
    longer = decide("hold-until", (NOW + 2 * HOUR).isoformat(), number=2)
    sooner = decide("hold-until", (NOW + HOUR).isoformat())
    decisions = ArticleDecisions([longer, sooner][::order])
    assert is_held(decisions.of(ARTICLE, NOW))
    assert decisions.find_next_end(ARTICLE, NOW) == NOW + HOUR
    for now in (NOW + HOUR, NOW + 2 * HOUR):
        assert not is_held(decisions.of(ARTICLE, now))
        assert decisions.find_release(ARTICLE, now) == NOW + HOUR


def test_what_replaced_a_time_for_a_while_gives_way_to_it_again():
    """With ``until`` it says that itself."""
    longer = decide("hold-until", (NOW + 3 * HOUR).isoformat(), number=2)
    for_a_while = decide("hold-until", (NOW + 2 * HOUR).isoformat(), until=NOW + HOUR)
    decisions = ArticleDecisions([longer, for_a_while])
    assert [one.id for one in decisions.of(ARTICLE, NOW)] == ["d1"]
    assert [one.id for one in decisions.of(ARTICLE, NOW + HOUR)] == ["d2"]


def test_only_targets_on_which_something_else_counts_differ():
    """Digests are by target; they change with decisions, and when one ends."""
    kept, ending = decide("ban", target="kept"), decide("ban", number=2, until=NOW + HOUR)
    before = ArticleDecisions([kept, ending]).digest_by_key(NOW)
    assert before == ArticleDecisions([ending, kept]).digest_by_key(NOW)
    after = ArticleDecisions([kept, ending]).digest_by_key(NOW + HOUR)
    assert (after.keys(), after["kept"]) == ({"kept"}, before["kept"])
    other = ArticleDecisions([kept, decide("kill", number=2)]).digest_by_key(NOW)
    assert (other["kept"], other[ARTICLE.id] == before[ARTICLE.id]) == (before["kept"], False)


def test_the_latest_of_each_verb_is_shown():
    """Titles, excerpts and pictures replace each other."""
    decisions = ArticleDecisions([
        decide("retitle", "First", number=4), decide("retitle", "Second", number=3),
        decide("re-excerpt", "In short.", number=2), decide("picture", "https://daily.example/new.jpg"),
    ]).of(ARTICLE, NOW)  # fmt: skip
    shown = apply_to_texts(ARTICLE, decisions)
    assert (shown.title, shown.excerpt, shown.updated_at) == ("Second", "In short.", ARTICLE.updated_at)
    assert [one.url for one in choose_images(ARTICLE, decisions)] == [
        "https://daily.example/new.jpg",
        ARTICLE.images[0].url,
    ]
    assert choose_images(ARTICLE, [decide("picture", "none")]) == ()


def test_a_correction_moves_the_time_of_the_update():
    """Only forward: what changed since then changed later."""
    note = decide("correct", "Ten, not twelve.")
    late, early = (article(updated_at=note.at + timedelta(minutes=m), corrections=()) for m in (5, -5))
    assert add_corrections(early, [note]).updated_at == note.at
    assert add_corrections(late, [note]).updated_at == late.updated_at


def test_a_pin_is_of_one_topic_and_a_kill_is_told():
    """The latest pin of a topic counts."""
    pins = [decide("pin", topic="ai", number=n, until=NOW + n * HOUR) for n in (3, 2)]
    assert find_pin(pins, "ai") is pins[1]
    assert find_pin(pins, "all") is None
    assert (is_killed([decide("kill")]), is_killed([decide("withdraw")])) == (True, False)


def test_an_imported_record_can_be_put_out_and_restored():
    """It gets back the quality that it was imported with."""
    one = article(imported={"record": {"quality": 83}, "newline": "\n"}, quality=83, source_id="imported")
    out = judge(decide("withdraw", target=one.id), one=one)
    assert (out.quality, out.quality_parts) == (0, {"decision d1": -100})
    back = judge(one=out)
    assert (back.quality, back.quality_parts) == (83, {})


@pytest.mark.parametrize("target", ["daily.example", ARTICLE.id, ADDRESS])
def test_a_takedown_is_not_restored(target):
    """Only who takes it back, or its end, lets the article in again."""
    restore = decide("restore", number=1)
    down = decide("takedown", number=2, target=target, until=NOW + HOUR)
    assert judge(down, restore).quality_parts["decision d2"] == -100
    assert is_killed(ArticleDecisions([down, restore]).of(ARTICLE, NOW))
    assert judge(down, restore, now=NOW + HOUR).is_published


@pytest.mark.parametrize(
    ("target", "domain", "host", "expected"),
    [
        ("daily.example", "daily.example", "daily.example", True),
        ("daily.example", "blog.daily.example", "other.example", True),
        ("daily.example", "other.example", "news.daily.example", True),
        ("news.daily.example", "daily.example", "news.daily.example", True),
        ("news.daily.example", "daily.example", "daily.example", False),
        ("daily.example", "notdaily.example", "notdaily.example", False),
        ("daily.example", "example", "other.example", False),
    ],
)
def test_a_publisher_is_named_by_domain_or_host(target, domain, host, expected):
    """With all below it; the article's own address counts as well as who is said to publish it."""
    decisions = ArticleDecisions([decide("takedown", target=target)])
    one = article(provider=provider(domain), canonical_url=f"https://{host}/1")
    assert [d.id for d in decisions.of(one, NOW)] == ["d1"] * expected
    assert decisions.is_taken_down(domain, NOW) == (expected and target in domain)
