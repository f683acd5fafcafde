"""What is told to let an article into a feed does so, and nothing smaller does."""

from dataclasses import replace

import pytest

from aggregator.config import Config, Settings
from aggregator.model import Topic
from aggregator.model.curation import ALONE, EditorRule, Effects
from aggregator.model.decisions import Decision, Verb
from aggregator.model.wishes import Wishes
from aggregator.pipeline.explanation.remedies import Setting, find_remedies
from aggregator.rules import Rules
from tests.builders import NOW, article, image, source

ML = Topic(id="ml", name="Machine learning", keywords=("machine learning",))
COMETS = Topic(id="comets", name="Comets", keywords=("comet",), exclude=("cleaner",))
NO_ML = EditorRule(id="no-ml", when=("true",), topics=("ml",), then=Effects(drop=True))
NOTHING = EditorRule(id="nothing", when=("true",), then=Effects(drop=True))
LESS = EditorRule(id="less", when=("true",), then=Effects(quality=-20))
KEYWORD = "add a keyword that stands in its title or excerpt"
ASSIGN = "let its source assign the topic (`assign: true`)"
SETTING = Setting(source_ids=("daily",), story=ALONE, now=NOW)


@pytest.fixture
def config(tmp_path):
    """A site of two topics and one source."""
    return Config(folder=tmp_path, settings=Settings(), sources=(source(),), topics=(ML, COMETS))


def tell(config, about, topic=ML):
    """Return what would let an article, as the configuration judges it, into a topic."""
    rules = Rules.of(config, {})
    return find_remedies(rules.judge(about, ("daily",), now=NOW), topic, rules, SETTING)


def write(title="A volcano erupts", **changes):
    """Return an article that has what quality asks for, but for a keyword."""
    values = {
        "excerpt": "What everybody saw of it from the other side of the bay. " * 3,
        "stated_at": NOW,
        "authors": ("A. Person",),
        "images": (image(),),
    }
    return article(title=title, topics=(), **{**values, **changes})


def test_what_is_in_needs_nothing(config):
    """An article that its judgement lets in is told no change."""
    assert tell(config, write("Machine learning")) == ()


def test_a_topic_without_its_words(config):
    """A keyword, or the source, brings it in; where the words are another's, that topic is told."""
    assert tell(config, write()) == (KEYWORD, ASSIGN)
    limited = replace(config, sources=(source(topics=("comets",)),))
    assert tell(limited, write()) == (ASSIGN,)
    assert tell(limited, write("Machine learning")) == ("add the topic to `topics` of its source",)


def test_words_that_are_excluded(config):
    """What the topic excludes is told."""
    cleaner = write("A comet named cleaner")
    assert tell(config, cleaner, COMETS) == ("change `exclude` or `require` of the topic",)


def test_a_rule_that_drops_is_told_with_all_that_is_needed(config):
    """A keyword or the source alone would not help: the rule drops it then."""
    ruled = replace(config, rules=(NO_ML,))
    assert tell(ruled, write("Machine learning")) == ("change or end rule no-ml",)
    assert tell(ruled, write()) == tuple(f"{way} and change or end rule no-ml" for way in (KEYWORD, ASSIGN))


def test_rules_on_quality(config):
    """What takes an article out of all feeds is ended; points can be made up for, too."""
    assert tell(replace(config, rules=(NOTHING,)), write("Machine learning")) == (
        "change or end rule nothing",
    )
    lighter = tell(replace(config, rules=(LESS,)), write("Machine learning"))
    assert lighter[:2] == ("change or end rule less", "14 more `weight` at its source or provider")
    bare = write("Machine learning", excerpt=None)
    assert tell(replace(config, rules=(NOTHING,)), bare)[0].startswith(
        "change or end rule nothing and 12 more"
    )


def test_too_little_quality(config):
    """Weight and what the article lacks are told where they are enough."""
    bare = write("Machine learning", stated_at=None, images=(), authors=())
    assert tell(config, bare) == (
        "4 more `weight` at its source or provider",
        "a date from its source: 4 points",
    )
    plain = write(images=(), authors=())
    assert tell(config, plain) == ("add a keyword that stands in its title itself",)
    strict = replace(ML, quality_threshold=90)
    changed = replace(config, topics=(strict, COMETS))
    assert tell(changed, write("Machine learning"), strict)[-1].endswith("of the topic")


def test_an_article_on_no_topic(config):
    """The feeds of all topics want one: no weight brings it in without."""
    assert tell(config, write(), None) == ("a topic (by a keyword in it, or assigned by its source)",)


def test_a_quarantined_article(config):
    """Accepting it is told, with what else it needs."""
    held = write("Machine learning", is_quarantined=True)
    assert tell(config, held) == ("accept it (`aggregator review accept id-1`)",)
    assert tell(config, write(is_quarantined=True))[0].endswith(f"and {KEYWORD}")


def test_what_its_page_wishes(config):
    """Where the wish not to be listed is obeyed, the setting is told."""
    settings = Settings.model_validate({"publish": {"noindex": False}})
    unlisted = write("Machine learning", wishes=Wishes(may_index=False))
    (told,) = tell(replace(config, settings=settings), unlisted)
    assert told.startswith("`publish.noindex: true`")


def test_a_decision(config):
    """What editors decided is told by its id."""
    ban = Decision(id="d1", verb=Verb.BAN, target="id-1", reason="an advert", by="ada", at=NOW)
    banned = replace(config, decisions=(ban,))
    assert tell(banned, write("Machine learning")) == ("change or end decision d1",)


def test_a_changed_configuration_that_is_not_taken_up_yet(config):
    """Nothing is to be changed where only the stored judgement is old."""
    stored = replace(write("Machine learning"), quality=0)
    assert find_remedies(stored, ML, Rules.of(config, {}), SETTING)[0].startswith("`aggregator publish`")
