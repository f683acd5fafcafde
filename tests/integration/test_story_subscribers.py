"""A day of stories as subscribers see it: every story once, none twice, none lost."""

import random
import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

import pytest

from aggregator.model import Grouping
from aggregator.pipeline.grouping import StoryDesk
from aggregator.pipeline.publish.publication import publish
from aggregator.pipeline.site import Site
from aggregator.store import (
    find_current_story,
    read_last_turn,
    read_stories_since,
    read_story_ids,
    remove_articles_before,
    save_grouping,
)
from tests.integration.story_desk import DAWN, EVENTS, OPENINGS, OWN, entries_in, opened_desk, told_by


@dataclass
class Subscriber:
    """Polls a feed every so many minutes and remembers each item by its id."""

    every: int
    seen: dict = field(default_factory=dict)
    returned: list = field(default_factory=list)
    shown: set = field(default_factory=set)

    def poll(self, path):
        entries = entries_in(path)
        ids = [entry.id for entry in entries]
        assert len(ids) == len(set(ids))
        for entry in entries:
            if entry.id not in self.shown and entry.id in self.seen:
                self.returned.append(entry.id)
            if entry.id in self.seen:
                assert entry.published == self.seen[entry.id].published
            self.seen[entry.id] = entry
        self.shown = set(ids)


@pytest.fixture
def desk(tmp_path):
    """A desk with judged rules, closed at the end."""
    with opened_desk(tmp_path) as made:
        yield made


def post(number, at):
    """Return an article on an event of its own, which nobody else tells."""
    letters = random.Random(number)
    words = ["".join(letters.choices("bcdfglmnprst", k=7)) for _ in range(24)]
    made = told_by("alba", "fire", at)
    name = f"post {number}"
    return replace(
        made,
        id=str(uuid5(NAMESPACE_URL, name)),
        entry_id=name,
        title=" ".join(words[:6]).title(),
        excerpt=" ".join(words[6:]),
        web_url=f"https://alba.example/{number}",
    )


def played(desk, seed):
    """Play a day with restarts to subscribers of several rhythms; return them and all articles."""
    chance = random.Random(seed)
    subscribers = [Subscriber(every) for every in (10, 20, 50, 120)]
    publishers = ["alba", "borealis", "corona", "dorado", "eridanus", "fornax"]
    plan = sorted(
        (chance.randrange(0, 12 * 60, 10), publisher, event, chance.randrange(len(OPENINGS)))
        for event in EVENTS
        for publisher in publishers
        if chance.random() < 0.7
    )
    articles = []
    for minute in range(0, 14 * 60, 10):
        now = DAWN + timedelta(minutes=minute)
        due = [told_by(p, e, now, opening=o) for at, p, e, o in plan if at == minute]
        articles += due
        if minute % 130 == 0:
            desk.restart()
        desk.take(due, now)
        for subscriber in subscribers:
            if minute % subscriber.every == 0:
                subscriber.poll(desk.feed)
    return subscribers, articles


def test_every_subscriber_sees_every_story_once(desk):
    """After a day of arrivals, mergers and restarts nobody missed a story or saw one come back."""
    subscribers, articles = played(desk, 1)
    stories = set(read_story_ids(desk.store, [a.id for a in articles]).values())
    assert 4 <= len(stories) <= 12 < len(articles)
    for subscriber in subscribers:
        assert {f"urn:uuid:{story}" for story in stories} <= subscriber.seen.keys()
        assert subscriber.returned == []
        for seen in subscriber.seen.keys() - subscriber.shown:
            assert find_current_story(desk.store, seen.removeprefix("urn:uuid:")) in stories


def test_a_copy_moves_nothing_and_a_new_voice_does(desk):
    """An item's update is when another publisher's own words joined, not when a copy did."""
    first = told_by("alba", "fire", DAWN)
    desk.take([first], DAWN)
    (alone,) = entries_in(desk.feed)
    assert alone.id == f"urn:uuid:{first.id}"
    noon = DAWN + timedelta(hours=2)
    desk.take([told_by("borealis", "fire", noon, credit="Alba")], noon)
    (copied,) = entries_in(desk.feed)
    assert (copied.id, copied.updated) == (alone.id, alone.updated)
    assert "All coverage (2 publishers)" in copied.summary
    later = noon + timedelta(hours=1)
    desk.take([told_by("corona", "fire", later, opening=2)], later)
    (joined,) = entries_in(desk.feed)
    assert (joined.id, joined.published) == (alone.id, alone.published)
    assert joined.updated == later.strftime("%Y-%m-%dT%H:%M:%S+00:00")
    assert "All coverage (3 publishers)" in joined.summary


def test_a_story_has_a_page_and_its_feeds_name_the_others(desk):
    """Others are listed with publisher and link, at most ten, and all of them on the story's page."""
    articles = [
        told_by(f"paper{number}", "rocket", DAWN + timedelta(minutes=number), opening=number % 5)
        for number in range(14)
    ]
    desk.take(articles, DAWN + timedelta(hours=1))
    (entry,) = entries_in(desk.feed)
    assert entry.summary.count("<li ") == 10
    assert "and 3 more" in entry.summary
    page = (desk.site.feeds / "stories" / f"{articles[0].id}.html").read_text(encoding="utf-8")
    assert all(article.web_url in page for article in articles)
    related = [link.href for link in entry.links if link.rel == "related"]
    assert len(related) == 10
    assert set(related) <= {article.web_url for article in articles}


def test_a_corrected_lead_is_reported(desk):
    """When the lead's title is edited, the item shows it under the same id with a later update."""
    first, second = told_by("alba", "court", DAWN), told_by("borealis", "court", DAWN)
    desk.take([first, second], DAWN)
    (before,) = entries_in(desk.feed)
    later = DAWN + timedelta(hours=3)
    lead = next(a for a in (first, second) if a.title == before.title and a.web_url == before.link)
    desk.store.update_articles([replace(lead, title="Correction: the verdict stands", updated_at=later)])
    desk.take([], later)
    (after,) = entries_in(desk.feed)
    assert after.title == "Correction: the verdict stands"
    assert after.id == before.id
    assert after.updated_parsed > before.updated_parsed


def test_a_story_that_grows_for_days_stays_while_posts_pass(tmp_path):
    """Of all that was told, the feed keeps what was told last: the growing story, and the newest posts."""
    reader = Subscriber(every=60)
    with opened_desk(tmp_path, max_items=10, min_items=1) as desk:
        first = told_by("alba", "rocket", DAWN)
        voices = iter(["borealis", "corona", "dorado", "eridanus", "fornax"])
        for hour in range(48):
            now = DAWN + timedelta(hours=hour)
            grown = [told_by(next(voices), "rocket", now, opening=2)] if hour and hour % 8 == 0 else []
            desk.take([post(hour, now), *([first] if hour == 0 else grown)], now)
            reader.poll(desk.feed)
            assert first.id in desk.stories_shown
            updates = [entry.updated for entry in entries_in(desk.feed)]
            assert updates == sorted(updates, reverse=True)
        assert len(desk.stories_shown) == 10
    assert reader.returned == []
    assert len(reader.seen) == 49


def test_the_cut_keeps_what_was_reported_last(tmp_path):
    """No story is left out that told something later than one which is kept, in every topic's feed."""
    chance = random.Random(5)
    with opened_desk(tmp_path, max_items=6, min_items=1) as desk:
        updated = {}
        for step in range(40):
            now = DAWN + timedelta(minutes=30 * step)
            event = chance.choice(list(EVENTS))
            reported = told_by(chance.choice(list(OWN)), event, now, opening=step % 5)
            desk.take([post(step, now), *([reported] if step % 3 == 0 else [])], now)
            for topic in ("all", "news"):
                entries = entries_in(desk.site.feeds / topic / "atom.xml")
                kept = {entry.id: entry.updated for entry in entries}
                updated |= kept
                living = {id_ for id_ in updated if find_current_story(desk.store, id_[9:]) == id_[9:]}
                left_out = [updated[id_] for id_ in living - kept.keys()]
                assert max(left_out, default="") <= min(kept.values())


def test_a_copy_leaves_a_story_where_it_is(tmp_path):
    """A copy neither lifts an item, nor keeps it beyond its time, nor brings it back."""
    with opened_desk(tmp_path, max_items=3, min_items=1, window_days=1) as desk:
        fire, own = told_by("alba", "fire", DAWN), told_by("borealis", "fire", DAWN, opening=2)
        desk.take([fire, own], DAWN)
        for hour in (1, 2):
            desk.take([post(hour, DAWN + timedelta(hours=hour))], DAWN + timedelta(hours=hour))
        before = desk.stories_shown
        assert before[-1] == fire.id
        late = DAWN + timedelta(hours=20)
        desk.take([told_by("corona", "fire", late, credit="Alba")], late)
        assert desk.stories_shown == before
        desk.take([], DAWN + timedelta(hours=24, minutes=30))
        assert desk.stories_shown == before[:2]
        again = DAWN + timedelta(hours=25, minutes=30)
        desk.take([told_by("dorado", "fire", again, credit="Alba")], again)
        assert fire.id not in desk.stories_shown


def test_a_story_older_than_the_window_stays_by_a_new_voice(tmp_path):
    """Its item is as it was: the same id, date and lead, whatever the window leaves behind."""
    with opened_desk(tmp_path, min_items=1, window_days=1) as desk:
        first = replace(told_by("alba", "fire", DAWN), quality=90)
        desk.take([first], DAWN)
        for hours, publisher in ((20, "borealis"), (40, "corona")):
            now = DAWN + timedelta(hours=hours)
            desk.take([told_by(publisher, "fire", now, opening=2)], now)
        (entry,) = entries_in(desk.feed)
        assert (entry.id, entry.link) == (f"urn:uuid:{first.id}", first.web_url)
        assert entry.published == DAWN.strftime("%Y-%m-%dT%H:%M:%SZ").replace("Z", "+00:00")
        assert entry.updated == (DAWN + timedelta(hours=40)).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def test_what_was_old_when_it_was_found_moves_nothing(desk):
    """An old article that a source shows now joins its story, but is no news to a reader."""
    desk.take([told_by("alba", "fire", DAWN)], DAWN)
    (before,) = entries_in(desk.feed)
    later = DAWN + timedelta(hours=5)
    desk.take([replace(told_by("borealis", "fire", later, opening=2), is_backlog=True)], later)
    (after,) = entries_in(desk.feed)
    assert (after.updated, after.link) == (before.updated, before.link)
    assert "2 publishers" in after.summary


def page_of(desk, story_id):
    """Return the text of a story's page, following where it leads; "" where there is none."""
    path = desk.site.feeds / "stories" / f"{story_id}.html"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    led = re.search(r'http-equiv="refresh" content="0; url=([0-9a-f-]+)\.html"', text)
    return page_of(desk, led.group(1)) if led else text


def test_every_story_that_was_published_leads_to_its_page(tmp_path):
    """Also long after it left the feeds: all its articles are there."""
    with opened_desk(tmp_path, max_items=3, min_items=1) as desk:
        subscribers, articles = played(desk, 2)
        story_of = read_story_ids(desk.store, [a.id for a in articles])
        reported = {a.id: [b for b in articles if story_of[b.id] == story_of[a.id]] for a in articles}
        ids = {seen.removeprefix("urn:uuid:") for s in subscribers for seen in s.seen}
        several = {id_ for id_ in ids if len(reported[id_]) > 1 or find_current_story(desk.store, id_) != id_}
        assert len(several) > len(desk.stories_shown)
        for id_ in several:
            page = page_of(desk, id_)
            assert all(article.web_url in page for article in reported[id_])


def test_a_page_outside_of_every_feed_stays_current(tmp_path):
    """An edit, a new voice or a removal reaches it, by a publication that knows the one before."""
    with opened_desk(tmp_path, max_items=1, min_items=1) as desk:
        first, second = told_by("alba", "court", DAWN), told_by("borealis", "court", DAWN)
        desk.take([first], DAWN)
        desk.take([second], DAWN)
        later = DAWN + timedelta(hours=3)
        desk.take([post(1, later)], later)
        assert first.id not in desk.stories_shown
        again = publish(Site(rules=desk.rules, store=desk.store, now=later))
        assert (again.changed, again.unchanged) == ((), 0)
        pages = [path.stem for path in desk.site.feeds.glob("stories/*.html")]
        assert pages == [first.id], "an article alone has no page"
        desk.store.update_articles([replace(second, title="Correction: it stands")])
        edited = replace(first, title="Correction: the verdict stands", updated_at=DAWN + timedelta(hours=1))
        desk.store.update_articles([edited])
        done = publish(Site(rules=desk.rules, store=desk.store, now=later))
        assert done.changed == (f"stories/{first.id}.html",)
        assert "the verdict stands" in page_of(desk, first.id)
        late = replace(told_by("corona", "court", later, opening=2), published_at=DAWN, quality=70)
        desk.take([late], later)
        assert late.web_url in page_of(desk, first.id)


def test_the_page_of_a_story_that_lost_its_articles_stays_while_one_is_kept(desk):
    """With one article left it shows that one; with none it is gone, and so is what led there."""
    first, second = told_by("alba", "court", DAWN), told_by("borealis", "court", DAWN + timedelta(days=2))
    desk.take([first, second], DAWN + timedelta(days=2))
    assert second.web_url in page_of(desk, first.id)
    remove_articles_before(desk.store, DAWN + timedelta(days=1))
    desk.take([], DAWN + timedelta(days=3))
    page = page_of(desk, first.id)
    assert second.web_url in page
    assert first.web_url not in page
    remove_articles_before(desk.store, DAWN + timedelta(days=3))
    desk.take([], DAWN + timedelta(days=3))
    assert page_of(desk, first.id) == ""
    assert list(desk.site.feeds.glob("stories/*")) == []


def merge(desk, gone, kept, now):
    """Make the story of one article part of that of another, as grouping does."""
    stories, members = read_stories_since(desk.store, DAWN - timedelta(days=9))
    (story,) = (story for story in stories if story.id == kept.id)
    turn = read_last_turn(desk.store)
    grouping = Grouping(
        since_turn=turn,
        stories=(replace(story, turn=turn + 1, formed_at=now),),
        members=(),
        moved=tuple((m.article_id, kept.id) for m in members if m.story_id == gone.id),
        merged=((gone.id, kept.id),),
        links=(),
    )
    assert save_grouping(desk.store, grouping)
    desk.stories = StoryDesk()


def test_what_became_part_of_another_story_leads_to_its_page(tmp_path):
    """The survivor's page is there and current, in a feed or not, for all who followed either."""
    with opened_desk(tmp_path, max_items=1, min_items=1) as desk:
        one, two, three = (post(number, DAWN) for number in range(3))
        desk.take([one, two, three], DAWN)
        for hour, gone, kept in ((1, two, one), (2, one, three)):
            now = DAWN + timedelta(hours=hour)
            merge(desk, gone, kept, now)
            desk.take([post(10 + hour, now + timedelta(minutes=1))], now + timedelta(minutes=1))
            assert kept.id not in desk.stories_shown
            assert gone.web_url in page_of(desk, gone.id) == page_of(desk, kept.id)
        assert all(a.web_url in page_of(desk, two.id) for a in (one, two, three))
        remove_articles_before(desk.store, DAWN + timedelta(minutes=30))
        desk.take([], DAWN + timedelta(hours=3))
        assert list(desk.site.feeds.glob("stories/*")) == []
