"""Editors' rules on one article: what each effect does, in which order, when, and how it is told."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.curate import Matcher, score_article
from aggregator.curate.editor_rules import EditorRules
from aggregator.curate.rule_times import find_next_change, is_in_force
from aggregator.curate.score import TextJudgement
from aggregator.model import Image, Provider
from aggregator.model.curation import ALONE, EditorRule, Effects, StoryFacts, forget_rules
from tests.builders import NOW, article, topic

HOUR = timedelta(hours=1)
TOPICS = (
    topic("ai", name="AI", keywords=("neural",)),
    topic("llm", name="LLM", keywords=("language model",), parent="ai"),
    topic("ads", name="Ads"),
)
MATCHER = Matcher(TOPICS)
GOOD = article(
    title="A neural language model", excerpt="x" * 100, stated_at=NOW, at=NOW, first_seen_at=NOW,
    images=(Image(url="https://i.example/"),), authors=("Ann",), provider=Provider(domain="a.example", name="A"),
)  # fmt: skip
"""An article with quality 76 in the topics llm and ai."""


def rule(when="true", id_="r", **changes):
    """Return a rule with these effects, or these keys of its own."""
    own = {k: v for k, v in changes.items() if k in EditorRule.__slots__}
    effects = Effects(**{k: v for k, v in changes.items() if k not in own})
    return EditorRule(id=id_, when=(when,) if isinstance(when, str) else when, then=effects, **own)


def rule_on(found, *rules, now=NOW, story=ALONE, is_traced=False):
    """Return what rules make of an article at a time."""
    plain = forget_rules(found)
    matched = MATCHER.match(plain)
    scored = score_article(plain, matched, weight=0)
    own = TextJudgement(article=scored, matched=matched, weight=0)
    return EditorRules(rules, TOPICS).apply(own, story=story, now=now, is_traced=is_traced)


def judged(found, *rules, **given):
    """Return an article as rules leave it."""
    return rule_on(found, *rules, **given).article


@pytest.mark.parametrize(
    ("effects", "expected"),
    [
        ({}, {"quality": 76, "topics": ("llm", "ai"), "type": "article", "is_published": True}),
        ({"drop": True}, {"quality": 0, "topics": ("llm", "ai"), "is_published": False}),
        ({"drop": True, "topics": ("llm",)}, {"topics": ("ai",), "is_published": True}),
        ({"drop": True, "topics": ("llm", "ai")}, {"topics": (), "quality": 32, "is_published": False}),
        ({"hold": 6 * HOUR}, {"quality": 0, "is_published": False}),
        ({"hold": 6 * HOUR, "quality": 100}, {"quality": 0, "is_published": False}),
        ({"drop": True, "quality": 100}, {"quality": 0, "is_published": False}),
        ({"add_topic": ("ads",)}, {"topics": ("llm", "ai", "ads"), "quality": 76}),
        ({"remove_topic": ("llm",)}, {"topics": ("ai",), "quality": 76}),
        ({"remove_topic": ("ai", "llm"), "add_topic": ("llm",)}, {"topics": ("llm", "ai"), "quality": 76}),
        ({"quality": -7}, {"quality": 69, "is_published": False}),
        ({"quality": 99}, {"quality": 100}),
        ({"type": "video"}, {"type": "video"}),
        ({"review": True}, {"is_quarantined": True, "quality": 76}),
        ({"no_story": True}, {"quality": 76}),
    ],
)
def test_each_effect_does_what_it_says(effects, expected):
    """A rule that applies changes these fields, and scores the article anew."""
    after = judged(GOOD, rule(**effects))
    assert {name: getattr(after, name) for name in expected} == expected


@pytest.mark.parametrize(
    "effects", [{"drop": True, "topics": ("ai",)}, {"remove_topic": ("ai",)}], ids=["drop", "remove"]
)
def test_what_is_taken_out_of_one_topic_is_worth_as_much_to_the_others(effects):
    """The keyword of the lost topic stands in the title, that of the other one in the excerpt alone."""
    found = replace(GOOD, title="A neural letter", excerpt=f"Of tides. {'x' * 100}", images=(), authors=())
    topics = (TOPICS[0], topic("tides", name="Tides", keywords=("tides",)))
    matched = Matcher(topics).match(found)
    before = score_article(found, matched, weight=0)
    own = TextJudgement(article=before, matched=matched, weight=0)
    after = EditorRules([rule(**effects)], topics).apply(own, story=ALONE, now=NOW).article
    assert (before.topics, before.quality) == (("ai", "tides"), 70)
    assert (after.topics, after.quality, after.is_published) == (("tides",), 70, True)


def test_what_a_rule_gives_and_takes_is_a_part_of_quality():
    """Its part is named after it, beside those that the article has by itself."""
    after = judged(GOOD, rule(quality=-7, id_="less"), rule(drop=True, id_="no-ads"))
    assert (after.quality_parts["rule less"], after.quality_parts["rule no-ads"]) == (-7, -100)
    assert after.quality_parts["base"] == 34


def test_no_later_rule_brings_back_what_is_dropped():
    """Whatever else is added to its quality, what an editor wants out stays out."""
    assert judged(GOOD, rule(drop=True, id_="a"), rule(quality=100, id_="b")).quality == 0


def test_parents_come_with_a_topic():
    """A topic that is given brings those above it."""
    other = replace(GOOD, title="Of something else")
    assert judged(other, rule(add_topic=("llm",))).topics == ("llm", "ai")


def test_rules_see_what_those_before_them_did():
    """Topics, quality and type are those that the rules before left."""
    rules = (
        rule(add_topic=("ads",), quality=-20, id_="a"),
        rule('"ads" in topics && quality == 56', type="video", id_="b"),
        rule('type == "video"', quality=1, topics=("ads",), id_="c"),
        rule("quality_parts.relevance == 14", quality=2, id_="d"),
    )
    assert judged(GOOD, *rules).quality == 59


def test_stop_ends_the_rules_where_it_applies():
    """Rules after it are left aside, and only where it applies."""
    rest = rule(quality=-50, id_="rest")
    assert judged(GOOD, rule(stop=True, quality=0, id_="all"), rest).quality == 76
    assert judged(GOOD, rule("is_copy", stop=True, id_="all"), rest).quality == 26


def test_a_rule_of_a_topic_is_for_its_articles():
    """Where the article is in none of a rule's topics, it does not apply."""
    assert judged(GOOD, rule(quality=-50, topics=("ads",))).quality == 76
    assert judged(GOOD, rule(quality=-50, topics=("ads", "ai"))).quality == 26


def test_all_clauses_must_hold():
    """One that does not is enough."""
    assert judged(GOOD, rule(("has_image", "is_copy"), drop=True)).quality == 76
    assert judged(GOOD, rule(("has_image", "!is_copy"), drop=True)).quality == 0


def test_a_held_article_is_judged_again_when_that_ends():
    """It is published from then on, after it was first seen."""
    ruling = rule_on(GOOD, rule(hold=6 * HOUR))
    assert (ruling.again_at, ruling.article.quality) == (NOW + 6 * HOUR, 0)
    later = rule_on(ruling.article, rule(hold=6 * HOUR), now=NOW + 6 * HOUR)
    assert (later.again_at, later.article.quality) == (None, 76)


def test_review_quarantines_once():
    """What somebody accepted is not quarantined by the same rule again, but by another one."""
    first = judged(GOOD, rule(review=True, id_="a"))
    accepted = replace(first, is_quarantined=False)
    assert judged(accepted, rule(review=True, id_="a")) == accepted
    assert judged(accepted, rule(review=True, id_="b")).is_quarantined


def test_what_rules_did_is_undone_without_them():
    """Type and place in stories are as they were; that it was quarantined stays."""
    after = judged(GOOD, rule(type="video"), rule(no_story=True, id_="s"))
    assert (after.type, after.origins["story"]) == ("video", "rule s")
    assert forget_rules(after).type == "article"
    assert judged(after) == judged(GOOD)
    video = replace(GOOD, type="video")
    assert judged(judged(video, rule(type="article"))) == judged(video)
    assert judged(video, rule(type="article"), rule(type="video", id_="b")) == judged(video)


@pytest.mark.parametrize(
    ("clause", "now", "holds", "again_at"),
    [
        ("age_h < 6", NOW, True, NOW + 6 * HOUR),
        ("age_h < 6", NOW + 6 * HOUR, False, NOW + 6 * HOUR + timedelta(microseconds=1)),
        ("age_h < 6", NOW + 7 * HOUR, False, None),
        ("age_h > 2.5 && age_h <= 30", NOW + HOUR, False, NOW + 2.5 * HOUR),
        ("age_h > 2.5 && age_h <= 30", NOW + 3 * HOUR, True, NOW + 30 * HOUR),
        ("age_h < 6 && is_copy", NOW, False, NOW + 6 * HOUR),
    ],
)
def test_when_an_age_is_reached_is_known(clause, now, holds, again_at):
    """The article is judged again at the next moment at which a clause may say otherwise."""
    ruling = rule_on(GOOD, rule(clause, quality=-1), now=now)
    assert (ruling.article.quality == 75, ruling.again_at) == (holds, again_at)


def test_time_matters_only_where_all_else_holds():
    """An article that a rule is not about is not judged again for its sake."""
    rules = (
        rule(("age_h < 6", "is_copy"), drop=True, id_="a"),
        rule("is_copy", drop=True, days=(1,), id_="b"),
    )
    assert rule_on(GOOD, *rules).again_at is None


BERLIN = ZoneInfo("Europe/Berlin")


def at(day, hour, minute=0, *, month=3, zone=BERLIN):
    """Return a time of the spring of 2026, in which the 29 March has 23 hours in Berlin."""
    return datetime(2026, month, day, hour, minute, tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("keys", "now", "is_now", "change"),
    [
        ({}, at(2, 12), True, None),
        ({"from_at": at(3, 0)}, at(2, 12), False, at(3, 0)),
        ({"from_at": at(3, 0), "until_at": at(4, 0)}, at(3, 0), True, at(4, 0)),
        ({"until_at": at(2, 12)}, at(2, 12), False, None),
        ({"hours": (time(9), time(17, 30))}, at(2, 12), True, at(2, 17, 30)),
        ({"hours": (time(9), time(17, 30))}, at(2, 17, 30), False, at(3, 9)),
        ({"hours": (time(22), time(7))}, at(3, 6, 59), True, at(3, 7)),
        ({"hours": (time(22), time(7)), "days": (4,)}, at(7, 6), True, at(7, 7)),  # the night of a Friday
        ({"hours": (time(22), time(7)), "days": (4,)}, at(8, 6), False, at(13, 22)),
        ({"days": (0, 1)}, at(2, 12), True, at(3, 0)),
        ({"days": (0, 1)}, at(4, 12), False, at(9, 0)),
        ({"days": (6,)}, at(29, 12), True, at(30, 0)),
        ({"hours": (time(1), time(4))}, at(29, 3, 30), True, at(29, 4)),
        ({"days": (0,), "until_at": at(4, 0)}, at(5, 0), False, None),
    ],
)
def test_when_a_rule_holds(keys, now, is_now, change):
    """By its span, and by the days and hours of its zone."""
    one = EditorRule(id="r", when=("true",), time_zone="Europe/Berlin", **keys)
    assert (is_in_force(one, now), find_next_change(one, now)) == (is_now, change)


SPANS = st.fixed_dictionaries(
    {
        "days": st.lists(st.integers(0, 6), max_size=3, unique=True).map(sorted).map(tuple),
        "hours": st.none()
        | st.sampled_from([(time(9), time(17)), (time(22), time(7)), (time(2, 30), time(3))]),
        "time_zone": st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"]),
    }
)


@given(keys=SPANS, minutes=st.integers(0, 60 * 24 * 400), seconds=st.integers(0, 60 * 60 * 24 * 8))
def test_nothing_changes_before_the_next_change(keys, minutes, seconds):
    """Until then a rule holds or does not, without a break; clocks that are put on included."""
    one = EditorRule(id="r", when=("true",), **keys)
    now = NOW + timedelta(minutes=minutes)
    change = find_next_change(one, now)
    between = now + timedelta(seconds=seconds)
    if change is None or between < change:
        assert is_in_force(one, between) is is_in_force(one, now)


def test_what_fails_decides_nothing_and_is_told():
    """The other rules go on; the failure names rule, article, clause and why."""
    broken = rule('authors[3] == "x"', drop=True, id_="broken")
    ruling = rule_on(GOOD, broken, rule(quality=-1, id_="next"))
    (failure,) = ruling.failures
    assert (failure.rule_id, failure.article_id, failure.clause) == ("broken", GOOD.id, 'authors[3] == "x"')
    assert "index" in failure.error
    assert ruling.article.quality == 75


def test_every_rule_and_clause_is_told():
    """A trace has all rules in their order, whether they apply and why not, and what each clause says."""
    rules = (
        rule(("has_image", "is_copy"), drop=True, id_="a"),
        rule("true", drop=True, topics=("ads",), id_="b"),
        rule("authors[3] == ''", drop=True, id_="c"),
        rule("true", drop=True, until_at=NOW, id_="d"),
        rule("has_image", quality=-1, stop=True, id_="e"),
        rule("true", drop=True, id_="f"),
    )
    traces = rule_on(GOOD, *rules, is_traced=True).traces
    assert [(one.rule_id, one.why) for one in traces] == [
        ("a", "not all of its clauses hold"),
        ("b", "the article is in none of its topics"),
        ("c", "a clause of it failed"),
        ("d", "it does not hold at this time"),
        ("e", ""),
        ("f", "rule e stopped before it"),
    ]
    assert [one.rule_id for one in traces if one.is_applied] == ["e"]
    assert [(one.text, one.holds) for one in traces[0].clauses] == [("has_image", True), ("is_copy", False)]
    assert traces[2].clauses[0].error


def test_stories_are_asked_for():
    """What a rule knows of a story is what it is given, alone where it is given nothing."""
    facts = StoryFacts(articles=5, publishers=4, independent=2)
    one = rule("story.articles == 5 && story.publishers == 4 && story.independent == 2", drop=True)
    assert EditorRules([one], TOPICS).uses_stories
    assert not EditorRules([rule("has_image", drop=True)], TOPICS).uses_stories
    assert judged(GOOD, one, story=facts).quality == 0
    assert judged(GOOD, one).quality == 76


WORDS = ("neural", "language model", "Sponsored", "court", "é", "a.example", "")
CLAUSES = st.sampled_from(
    [
        *(f'title.{name}("{word}")' for name in ("contains", "matches", "startsWith") for word in WORDS),
        'title.matches("(?i)^sponsored") || provider.domain == "b.example"',
        'provider.domain in ["a.example", "c.example"]', 'host == "a.example"', 'excerpt == ""',
        "has_image", "!is_copy", 'text.contains("court") && quality > 50', 'type == "video"', 'authors[0] == "x"',
        'source == "daily" || title.endsWith("court")', '!title.contains("court")',
    ]
)  # fmt: skip
RULES = st.lists(
    st.builds(
        rule,
        st.lists(CLAUSES, min_size=1, max_size=3).map(tuple),
        quality=st.integers(-9, 9),
        type=st.sampled_from([None, "video"]),
        stop=st.sampled_from([False, False, True]),
        add_topic=st.sampled_from([(), ("ads",)]),
    ),
    max_size=6,
).map(lambda rules: [replace(one, id=f"r{number}") for number, one in enumerate(rules)])


@given(
    rules=RULES,
    title=st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join),
    domain=st.sampled_from(["a.example", "b.example"]),
    excerpt=st.none() | st.sampled_from(WORDS),
)
def test_looking_rules_up_gives_what_trying_all_does(rules, title, domain, excerpt):
    """Rules that are passed over by what they hang on would not have applied."""
    found = replace(GOOD, title=title, excerpt=excerpt or None, provider=Provider(domain=domain, name="A"))
    quick, whole = rule_on(found, *rules), rule_on(found, *rules, is_traced=True)
    assert (quick.article, quick.again_at) == (whole.article, whole.again_at)
