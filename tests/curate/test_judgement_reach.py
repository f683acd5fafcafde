"""Only articles that changed rules can judge otherwise are within their reach."""

from dataclasses import replace
from datetime import timedelta

from aggregator.config import Config, Settings
from aggregator.curate.judgement_reach import find_reach
from aggregator.model import Topic
from aggregator.model.curation import EditorRule, Effects
from aggregator.rules import Rules
from tests.builders import NOW, article, source

SOURCES = (source("one"), source("two"), source("three"))
VOLCANO = EditorRule(id="volcano", when=('title.contains("volcano")',), then=Effects(quality=-5))
RIVER = EditorRule(id="river", when=('title.contains("river")',), then=Effects(drop=True))
LONELY = EditorRule(id="lonely", when=("story.articles == 1",), then=Effects(quality=-5))
FRESH = EditorRule(id="fresh", when=("age_h < 6",), then=Effects(quality=-5))


def make_config(tmp_path, **given):
    """Return a configuration of three sources without topics."""
    return Config(folder=tmp_path, settings=Settings(), **{"sources": SOURCES, "topics": (), **given})


def reach_of(before, after):
    """Return the reach of a changed configuration."""
    return find_reach(Rules.of(before, {}).judging, Rules.of(after, {}).judging)


def titles_within(reach, *titles):
    """Return those of the titles whose articles may be judged otherwise."""
    return [title for title in titles if reach.includes(article(title=title), ["one"], NOW)]


def test_a_rule_that_comes_or_goes_reaches_what_it_may_apply_to(tmp_path):
    """Both the rule as it was and as it is count."""
    without, with_ = make_config(tmp_path, rules=(RIVER,)), make_config(tmp_path, rules=(RIVER, VOLCANO))
    other = replace(VOLCANO, when=('title.contains("lava")',))
    titles = ("volcano", "river", "lava")
    assert titles_within(reach_of(without, with_), *titles) == ["volcano"]
    assert titles_within(reach_of(with_, without), *titles) == ["volcano"]
    changed = replace(with_, rules=(RIVER, other))
    assert titles_within(reach_of(with_, changed), *titles) == ["volcano", "lava"]


def test_a_rule_without_words_reaches_all(tmp_path):
    """What hangs on the story may apply to anything."""
    reach = reach_of(make_config(tmp_path), make_config(tmp_path, rules=(LONELY,)))
    assert titles_within(reach, "volcano", "river") == ["volcano", "river"]


def test_a_source_reaches_its_articles(tmp_path):
    """Its weight matters to what it carries, its name to nothing."""
    config = make_config(tmp_path)
    first, *rest = SOURCES
    reach = reach_of(config, replace(config, sources=(replace(first, weight=3), *rest)))
    assert [reach.includes(article(), [id_], NOW) for id_ in ("one", "two")] == [True, False]
    renamed = reach_of(config, replace(config, sources=(replace(first, name="Other"), *rest)))
    assert not renamed.includes(article(), ["one"], NOW)


def test_what_reaches_all(tmp_path):
    """Other topics, another order of rules, or most sources: everything is judged again."""
    config = make_config(tmp_path, rules=(RIVER, VOLCANO))
    assert reach_of(config, replace(config, topics=(Topic(id="ai", name="AI"),))) is None
    assert reach_of(config, replace(config, rules=(VOLCANO, RIVER))) is None
    heavy = tuple(replace(one, weight=9) for one in SOURCES)
    assert reach_of(config, replace(config, sources=heavy)) is None


def test_rules_that_ask_for_the_time_reach_what_is_old(tmp_path):
    """Articles out of all windows are not judged again for the time alone: nobody knows what it changed."""
    config = make_config(tmp_path, rules=(FRESH,))
    reach = reach_of(config, replace(config, rules=(FRESH, VOLCANO)))
    days = timedelta(days=config.settings.publish.window_days)
    ages = (days - timedelta(hours=1), days + timedelta(hours=1))
    old = [article(at=NOW - age, first_seen_at=NOW - age) for age in ages]
    assert [reach.includes(one, ["one"], NOW) for one in old] == [False, True]
