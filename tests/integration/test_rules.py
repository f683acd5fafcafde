"""Editors' rules on a real store: what is published, held, grouped and judged again."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
import structlog

from aggregator.model import Changes, SourceState
from aggregator.model.curation import EditorRule, Effects
from aggregator.parse.article_edits import edit_article
from aggregator.pipeline.publish.publication import publish
from aggregator.pipeline.publish.rebuild import rebuild
from aggregator.pipeline.site import Site
from aggregator.rules import Rules
from aggregator.store import accept_article, read_article_batches, read_members, read_story_ids
from tests.builders import NOW, topic
from tests.integration.story_desk import DAWN, NewsDesk, entries_in, told_by

HOUR = timedelta(hours=1)
TOPICS = (topic("news", name="News", keywords=("battery", "court", "rocket")), topic("ads", name="Ads"))


class RuledDesk(NewsDesk):
    """A news desk whose rules change, and whose articles are judged as a poll does it."""

    def set_rules(self, *rules, **settings):
        """Take up other rules."""
        publish_keys = self.config.settings.publish.model_copy(update=settings)
        changed = self.config.settings.model_copy(update={"publish": publish_keys})
        self.config = replace(self.config, rules=rules, topics=TOPICS, settings=changed)
        self.rules = Rules.of(self.config, {})

    def come_in(self, *articles, now):
        """Judge and store articles, group and publish."""
        self.take([self.rules.judge(one, ("desk",), now=now) for one in articles], now)

    def titles(self, name="news/articles/atom.xml"):
        """Return the titles in a feed."""
        return [entry.title for entry in entries_in(self.site.feeds / name)]

    def stored(self):
        """Return the only stored article."""
        (found,) = [one for batch in read_article_batches(self.store) for one in batch]
        return found

    def publish(self, now):
        """Publish what changed or is due."""
        assert publish(Site(rules=self.rules, store=self.store, now=now)).errors == ()


@pytest.fixture
def desk(tmp_path):
    """Return a desk without rules."""
    made = RuledDesk(tmp_path)
    made.set_rules()
    yield made
    made.store.close()


def rule(when, id_="r", **changes):
    """Return a rule with these effects or keys."""
    own = {k: v for k, v in changes.items() if k in EditorRule.__slots__}
    effects = Effects(**{k: v for k, v in changes.items() if k not in own})
    return EditorRule(id=id_, when=(when,), then=effects, **own)


def test_changed_rules_judge_what_is_stored(desk):
    """A rule takes an article out of the feeds that show it, and without the rule it comes back."""
    fire, court = told_by("alba", "fire", DAWN), told_by("borealis", "court", DAWN)
    desk.come_in(fire, court, now=DAWN)
    assert sorted(desk.titles()) == sorted([fire.title, court.title])
    desk.set_rules(rule('title.contains("court")', drop=True))
    desk.publish(DAWN)
    assert desk.titles() == [fire.title]
    desk.set_rules()
    desk.publish(DAWN)
    assert sorted(desk.titles()) == sorted([fire.title, court.title])


def test_a_rule_of_a_topic_takes_an_article_out_of_it_alone(desk):
    """Its other topics' feeds show it further."""
    fire = told_by("alba", "fire", DAWN)
    desk.set_rules(rule("true", "a", add_topic=("ads",)), rule("true", "b", drop=True, topics=("news",)))
    desk.come_in(fire, now=DAWN)
    assert (desk.titles(), desk.titles("ads/articles/atom.xml")) == ([], [fire.title])


def test_a_held_article_is_published_when_that_ends(desk):
    """Without anything else that happens, at the first publication after it."""
    fire = told_by("alba", "fire", DAWN)
    desk.set_rules(rule("true", hold=6 * HOUR))
    desk.come_in(fire, now=DAWN)
    assert (desk.titles(), desk.stored().judge_again_at) == ([], DAWN + 6 * HOUR)
    desk.publish(DAWN + 6 * HOUR - timedelta(seconds=1))
    assert desk.titles() == []
    desk.publish(DAWN + 6 * HOUR)
    assert (desk.titles(), desk.stored().judge_again_at) == ([fire.title], None)


def test_an_age_changes_what_is_published(desk):
    """An article that is too old for a rule leaves the feeds by itself."""
    fire = told_by("alba", "fire", DAWN)
    desk.set_rules(rule("age_h >= 30.5", drop=True))
    desk.come_in(fire, now=DAWN)
    assert desk.titles() == [fire.title]
    desk.publish(DAWN + 30.5 * HOUR)
    assert desk.titles() == []


def test_what_is_too_old_for_feeds_is_not_judged_again(desk):
    """Nothing that no feed would show is looked at for ever."""
    desk.set_rules(rule("true", quality=-1, days=(6,)), window_days=3)
    desk.come_in(told_by("alba", "fire", DAWN), now=DAWN)
    assert desk.stored().judge_again_at is None  # the first Sunday is six days away
    desk.set_rules(rule("true", quality=-1, days=(6,)), window_days=7)
    desk.publish(DAWN)
    assert desk.stored().judge_again_at == DAWN.replace(hour=0) + timedelta(days=6)


def test_rules_on_stories_follow_stories(desk):
    """A story that only one publisher has is kept out, until a second one tells it."""
    desk.set_rules(rule("story.independent < 2", drop=True))
    first = told_by("alba", "fire", DAWN)
    desk.come_in(first, now=DAWN)
    assert desk.titles() == []
    second = told_by("borealis", "fire", DAWN + HOUR, opening=1)
    desk.come_in(second, now=DAWN + HOUR)
    assert sorted(desk.titles()) == sorted([first.title, second.title])
    assert len(desk.titles("news/atom.xml")) == 1


def test_an_edit_of_an_article_keeps_what_its_story_decides(desk):
    """Polls know nothing of stories: the publication after them does."""
    desk.set_rules(rule("story.articles > 1", drop=True))
    first, second = told_by("alba", "fire", DAWN), told_by("borealis", "fire", DAWN + HOUR, opening=1)
    desk.come_in(first, second, now=DAWN + HOUR)
    assert desk.titles() == []
    edited = desk.rules.judge(replace(first, authors=("Ann",)), ("desk",), now=DAWN + HOUR)
    assert edited.is_published
    desk.store.save_poll(SourceState(source_id="desk"), [edited], lambda _: Changes(updated=(edited,)))
    desk.publish(DAWN + 2 * HOUR)
    assert desk.titles() == []


def test_an_article_without_story_stands_alone(desk):
    """It is shown, as the only article of its story, whatever else tells of the same."""
    desk.set_rules(rule('provider.domain == "alba.example"', no_story=True))
    told = [
        told_by(name, "fire", DAWN, opening=number)
        for number, name in enumerate(("alba", "borealis", "corona"))
    ]
    desk.come_in(*told, now=DAWN)
    stories = read_story_ids(desk.store, [one.id for one in told])
    sizes = {id_: len(members) for id_, members in read_members(desk.store, set(stories.values())).items()}
    assert [sizes[stories[one.id]] for one in told] == [1, 2, 2]
    assert len(desk.titles("news/atom.xml")) == 2
    desk.restart()
    more = told_by("dorado", "fire", DAWN + HOUR, opening=3)
    desk.come_in(more, now=DAWN + HOUR)
    assert read_story_ids(desk.store, [more.id])[more.id] == stories[told[1].id]


def test_review_is_asked_for_once(desk):
    """Quarantined by a rule, an article is published once it is accepted, and stays so."""
    fire = told_by("alba", "fire", DAWN)
    desk.set_rules(rule("true", review=True))
    desk.come_in(fire, now=DAWN)
    assert (desk.titles(), desk.stored().is_quarantined) == ([], True)
    (told,) = json.loads(desk.site.run("review", "--json"))["by_rule"]
    assert (told["title"], told["because"]) == (fire.title, "rule r")
    accept_article(desk.store, fire.id, now=DAWN)
    desk.publish(DAWN)
    assert desk.titles() == [fire.title]
    desk.set_rules(rule("true", review=True, quality=1))
    desk.publish(DAWN)
    assert desk.titles() == [fire.title]


def test_a_source_that_shows_an_article_again_ends_no_type(desk):
    """The type that a rule gave is no edit by the publisher, and is given back without the rule."""
    desk.set_rules(rule("true", type="video"))
    fire = told_by("alba", "fire", DAWN)
    desk.come_in(fire, now=DAWN)
    assert desk.stored().type == "video"
    assert edit_article(desk.stored(), fire, now=NOW) is not None
    assert edit_article(desk.stored(), fire, now=NOW).updated_at == fire.updated_at
    desk.set_rules()
    desk.publish(DAWN)
    assert desk.stored().type == "article"


def test_a_rule_that_fails_is_told_once(desk):
    """With the article in the log, and decides nothing."""
    desk.set_rules(rule('authors[7] == "x"', drop=True))
    with structlog.testing.capture_logs() as logs:
        desk.come_in(told_by("alba", "fire", DAWN), told_by("borealis", "court", DAWN), now=DAWN)
        desk.publish(DAWN)
    (told,) = [log for log in logs if log["event"] == "rule"]
    assert (told["rule"], told["clause"]) == ("r", 'authors[7] == "x"')
    assert told["article"]
    assert len(desk.titles()) == 2


def test_building_anew_gives_the_same(desk):
    """Published step by step or anew, rules leave the same bytes."""
    desk.set_rules(rule('title.contains("court")', drop=True), rule("age_h < 2", "h", hold=3 * HOUR))
    desk.come_in(told_by("alba", "fire", DAWN), told_by("borealis", "court", DAWN), now=DAWN)
    desk.publish(DAWN + 2 * HOUR)
    before = {p: p.read_bytes() for p in desk.site.feeds.rglob("*") if p.is_file()}
    rebuild(Site(rules=desk.rules, store=desk.store, now=DAWN + 2 * HOUR))
    assert {p: p.read_bytes() for p in desk.site.feeds.rglob("*") if p.is_file()} == before
    assert len(desk.titles()) == 1
