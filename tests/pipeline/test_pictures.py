"""Pictures and logos of articles that are marked: looked at once, and again only where there is a reason."""

import asyncio
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.config import Config, Settings
from aggregator.fetch import FetchLimits
from aggregator.fetch.feed import Fetcher
from aggregator.fetch.pages import PageFetcher
from aggregator.model import Image, Wishes, revise
from aggregator.pipeline.context import Context
from aggregator.pipeline.enrich.lost_files import forget_lost_files
from aggregator.pipeline.enrich.steps import Stage, run_steps
from aggregator.pipeline.page_share import ALL_PAGES, PageShare
from aggregator.pipeline.site import Site
from aggregator.publish.tree_paths import PICTURE_COPIES
from aggregator.rules import Rules
from aggregator.store import (
    SHARDS,
    MarkKind,
    find_article,
    open_store,
    read_logos,
    read_pictures,
    save_pictures,
    shard_of,
    update_articles,
)
from aggregator.store.marks import add_marks
from aggregator.urls.services import service_of_url
from tests.builders import article, provider, source
from tests.empty_store import put_empty_store
from tests.enrich.pictures import picture_file
from tests.feed_places import clear_marks, find_due, list_marked, list_marks, place, remove_places
from tests.loopback import Answer

LIMITS = FetchLimits(allow_private_addresses=True)
DAY = timedelta(days=1)
START = datetime.now(UTC)


class Desk:
    """A store, its configuration, and a clock that is set by hand."""

    def __init__(self, folder, store, **images):
        settings = {
            "images": {"logos": False, **images},
            "enrich": {"pages": False},
            "storage": {"feeds_dir": str(folder / "feeds")},
        }
        config = Config(folder=folder, settings=Settings.model_validate(settings), sources=(source("daily"),))
        self.rules = Rules.of(config, {})
        self.store = store
        self.now = START
        self.copies = self.rules.feeds_dir / PICTURE_COPIES

    def show(self, *articles):
        """Store articles, and mark them as newly shown by a feed."""
        update_articles(self.store, articles)
        place(self.store, "all/articles", *(one.id for one in articles))
        self.mark(*(one.id for one in articles))

    def mark(self, *ids):
        """Mark articles as newly shown, and nothing else."""
        clear_marks(self.store)
        with self.store.writing() as connection:
            add_marks(connection, MarkKind.PICTURE, ids)

    def look(self, *, after=timedelta(0), paused=None, share=ALL_PAGES):
        """Look at what is due some time later; return what was done."""
        self.now = START + after

        async def run():
            async with (
                Fetcher(LIMITS) as feeds,
                PageFetcher(LIMITS, host_delay_s=0, robot="aggregator", sibling=feeds) as pages,
            ):
                if paused:
                    feeds.pause(paused, DAY)
                context = Context(
                    rules=self.rules,
                    store=self.store,
                    fetcher=feeds,
                    pages=pages,
                    clock=lambda: self.now,
                    page_share=share,
                )
                return await run_steps(Stage.IN_PLAY, context)

        return asyncio.run(run())


@pytest.fixture
def store(tmp_path):
    """An empty store."""
    with open_store(put_empty_store(tmp_path / "aggregator.db")) as opened:
        opened.sync_sources((source("daily"),), now=START)
        yield opened


@pytest.fixture
def desk(tmp_path, store):
    """A desk without copies and logos."""
    return Desk(tmp_path, store)


@pytest.fixture
def copying(tmp_path, store):
    """A desk that keeps copies."""
    return Desk(tmp_path, store, cache=True)


def shown(number, *urls):
    """Return an article with pictures."""
    at = START - timedelta(minutes=number)
    return article(number, at=at, images=tuple(Image(url=url) for url in urls))


def serve(loopback, path, *, seed=0):
    """Serve a picture and return its address."""
    content = picture_file("JPEG", 640, 360, seed=seed)
    return loopback.route(path, Answer(body=content, headers={"Content-Type": "image/jpeg"}))


def count_requests(loopback):
    return len(loopback.requests)


def test_a_picture_is_looked_at_once(desk, loopback):
    """Its size is in, the article is published anew, and nothing is left to do."""
    desk.show(shown(1, serve(loopback, "/1.jpg")))
    assert desk.look().counts == {"pictures": 1}
    assert find_article(desk.store, "id-1").images[0].width == 640
    assert (list_marked(desk.store, MarkKind.ARTICLE), list_marks(desk.store, MarkKind.PICTURE)) == (
        ["id-1"],
        [],
    )
    desk.mark("id-1")
    done = desk.look()
    assert (done.counts, done.is_changed, done.left) == ({"pictures": 0}, False, 0)
    assert list_marks(desk.store, MarkKind.ARTICLE) == []
    assert count_requests(loopback) == 1


def test_a_picture_that_cannot_be_fetched_is_tried_the_next_day(desk, loopback):
    """Marked once for then, however often its article is shown anew, and left where no feed shows it."""
    desk.show(shown(1, loopback.route("/1.jpg", Answer(status=404))))
    desk.look()
    for _ in range(2):
        with desk.store.writing() as connection:
            add_marks(connection, MarkKind.PICTURE, ["id-1"])
        desk.look(after=timedelta(hours=1))
    assert find_due(desk.store, MarkKind.PICTURE, "id-1") == [START + DAY]
    assert count_requests(loopback) == 1
    serve(loopback, "/1.jpg")
    assert desk.look(after=DAY).counts == {"pictures": 1}
    assert find_article(desk.store, "id-1").images[0].width == 640
    assert list_marks(desk.store, MarkKind.PICTURE) == []
    update_articles(desk.store, [shown(2, loopback.route("/2.jpg", Answer(status=404)))])
    desk.mark("id-2")
    desk.look()
    assert find_due(desk.store, MarkKind.PICTURE, "id-2") == [START + DAY]
    asked = count_requests(loopback)
    assert desk.look(after=DAY).counts == {"pictures": 0}
    assert (count_requests(loopback), list_marks(desk.store, MarkKind.PICTURE)) == (asked, [])


def test_a_picture_of_a_paused_service_is_tried_some_minutes_later(desk, loopback):
    """Nothing is asked, and nothing known of it until then."""
    url = serve(loopback, "/1.jpg")
    desk.show(shown(1, url))
    assert desk.look(paused=url).counts == {"pictures": 0}
    (due_at,) = find_due(desk.store, MarkKind.PICTURE, "id-1")
    assert START < due_at < START + timedelta(hours=1)
    assert count_requests(loopback) == 0
    assert desk.look(after=due_at - START).counts == {"pictures": 1}


def share_but(*urls):
    """Return a share without these addresses, and what it was told to be wanted, each time."""
    others = {shard_of(service_of_url(url)) for url in urls}
    wanted = []
    shards = tuple(set(range(SHARDS)) - others)
    return PageShare(choose_shards=lambda: shards, want=wanted.append), wanted


def test_a_picture_that_another_may_ask_for_waits_for_its_turn(copying, loopback):
    """The others are asked for; its article keeps its mark, and nothing is asked twice."""
    for path in ("/1.jpg", "/2.jpg", "/3.jpg"):
        serve(loopback, path, seed=int(path[1]))
    near = [loopback.at("near.localhost", path) for path in ("/1.jpg", "/2.jpg")]
    far = loopback.at("far.localhost", "/3.jpg")
    copying.show(shown(1, near[0]), shown(2, near[1], far))
    share, wanted = share_but(far)
    assert copying.look(share=share).counts == {"pictures": 2}
    assert (wanted, list_marked(copying.store, MarkKind.PICTURE)) == ([{far}], ["id-2"])
    done = copying.look(share=share)
    assert (done.counts, done.left, wanted) == ({"pictures": 0}, 0, [{far}, {far}])
    assert count_requests(loopback) == 2
    assert copying.look(share=share_but()[0]).counts == {"pictures": 1}
    assert list_marks(copying.store, MarkKind.PICTURE) == []
    assert count_requests(loopback) == 3


def test_a_picture_is_not_asked_for_once_its_turn_is_over(desk, loopback):
    """The shard is left to another between the look and the question: it waits, and is wanted."""
    url = serve(loopback, "/1.jpg")
    desk.show(shown(1, url))
    share, wanted = share_but()
    late = replace(share, read=lambda _: nullcontext(float("-inf")))
    assert desk.look(share=late).counts == {"pictures": 1}
    assert (wanted, list_marked(desk.store, MarkKind.PICTURE)) == ([{url}], ["id-1"])
    assert count_requests(loopback) == 0


def test_a_logo_that_another_may_ask_for_waits_for_its_turn(tmp_path, store, loopback):
    """Nothing is known of it until then."""
    desk = Desk(tmp_path, store, sizes=False, logos=True)
    home = loopback.at("far.localhost", "/")
    one = replace(shown(1), web_url=f"{home}a", provider=provider("far.localhost"))
    desk.show(one)
    share, wanted = share_but(home)
    late = replace(share, read=lambda _: nullcontext(float("-inf")))
    desk.look(share=late)
    assert (wanted, list_marked(store, MarkKind.PICTURE)) == ([{home}], ["id-1"])
    assert (count_requests(loopback), read_logos(store, ["far.localhost"])) == (0, {})


def test_the_fifth_makes_a_default_of_the_others_pictures(desk, loopback):
    """The other four were looked at before, and show it no more either."""
    urls = [serve(loopback, f"/{number}.jpg") for number in range(1, 7)]
    desk.show(*(shown(number, urls[number - 1]) for number in range(1, 5)))
    desk.look()
    assert len(find_article(desk.store, "id-1").images) == 1
    update_articles(desk.store, [shown(5, urls[4])])
    place(desk.store, "ml/articles", "id-5")
    desk.mark("id-5")
    desk.look()
    desk.look()
    assert [find_article(desk.store, f"id-{n}").images for n in range(1, 6)] == [()] * 5
    assert list_marked(desk.store, MarkKind.ARTICLE) == [f"id-{n}" for n in range(1, 6)]
    assert list_marks(desk.store, MarkKind.PICTURE) == []


def test_whoever_shows_the_same_address_follows(desk, loopback):
    """What one article's look found out is taken over by another that could not look itself."""
    url = serve(loopback, "/1.jpg")
    desk.show(shown(1, url), shown(2, url))
    desk.look(paused=url)
    desk.mark("id-1")
    desk.look()
    assert list_marked(desk.store, MarkKind.PICTURE) == ["id-2"]
    assert desk.look().counts == {"pictures": 0}
    assert find_article(desk.store, "id-2").images[0].width == 640


def test_a_lost_copy_is_made_again(copying, loopback):
    """It is found once an hour, or where its article is shown anew; what shows it is published meanwhile."""
    copying.show(shown(1, serve(loopback, "/1.jpg")))
    copying.look()
    (copy,) = copying.copies.rglob("*.jpg")
    assert list_marked(copying.store, MarkKind.ARTICLE) == ["id-1"]
    for is_found_by_itself in (True, False):
        copy.unlink()
        clear_marks(copying.store)
        now = START + timedelta(hours=2)
        if is_found_by_itself:
            assert forget_lost_files(Site(rules=copying.rules, store=copying.store, now=now)) == 1
            assert list_marked(copying.store, MarkKind.ARTICLE) == ["id-1"]
        else:
            copying.mark("id-1")
        copying.look(after=timedelta(hours=2))
        assert copy.is_file()
        assert list_marked(copying.store, MarkKind.ARTICLE) == ["id-1"]
        assert forget_lost_files(Site(rules=copying.rules, store=copying.store, now=now + DAY)) == 0


def test_what_does_not_fit_is_tried_again_once_there_is_room(tmp_path, store, loopback):
    """All copies that there are are shown, until one of them is not any more."""
    desk = Desk(tmp_path, store, cache=True, max_mib=1)
    url = serve(loopback, "/1.jpg")
    desk.show(shown(1, url), shown(2, serve(loopback, "/2.jpg", seed=3)))
    desk.mark("id-1")
    desk.look()
    full = replace(read_pictures(store, [url])[url], size_bytes=1024 * 1024)
    save_pictures(store, [full])
    desk.mark("id-2")
    desk.look()
    assert [path.name in full.file for path in desk.copies.rglob("*.jpg")] == [True]
    (due_at,) = find_due(store, MarkKind.PICTURE, "id-2")
    assert due_at >= START + timedelta(hours=1)
    remove_places(store, "id-1")
    desk.look(after=due_at - START)
    assert [path.name in full.file for path in desk.copies.rglob("*.jpg")] == [False]


def test_marks_are_forgotten_where_nothing_is_looked_for(tmp_path, store):
    """The operator switched pictures and logos off."""
    desk = Desk(tmp_path, store, sizes=False)
    desk.show(shown(1, "https://daily.example/1.jpg"))
    assert desk.look().counts == {}
    assert list_marks(store, MarkKind.PICTURE) == []


def test_a_publisher_without_a_logo_is_asked_again_some_days_later(tmp_path, store, loopback):
    """And one with a logo after a month; the article that brought it up is marked for then."""
    desk = Desk(tmp_path, store, logos=True, sizes=False)
    home = loopback.at("daily.localhost", "/")
    one = article(1, at=START, provider=provider("daily.localhost"), web_url=f"{home}1")
    desk.show(one)
    desk.look()
    assert list_marks(store, MarkKind.ARTICLE) == []
    assert read_logos(store, ["daily.localhost"])["daily.localhost"].problem
    assert find_due(store, MarkKind.PICTURE, "id-1") == [START + 3 * DAY]
    icon = picture_file("PNG", 64, 64)
    loopback.route("/favicon.ico", Answer(body=icon, headers={"Content-Type": "image/png"}))
    assert desk.look(after=3 * DAY).counts == {"logos": 1}
    assert find_due(store, MarkKind.PICTURE, "id-1") == [START + 33 * DAY]
    assert list_marked(store, MarkKind.ARTICLE) == ["id-1"]


@pytest.mark.parametrize("wishes", [Wishes(may_archive=False), Wishes(picture="standard")])
def test_no_copy_is_made_where_the_page_forbids_it(copying, loopback, wishes):
    """The size is still learnt, nothing is asked twice, and nothing waits for a copy."""
    copying.show(revise(shown(1, serve(loopback, "/1.jpg")), wishes=wishes))
    assert copying.look().counts == {"pictures": 1}
    assert find_article(copying.store, "id-1").images[0].width == 640
    assert list(copying.copies.rglob("*.jpg")) == []
    copying.mark("id-1")
    assert copying.look(after=2 * DAY).counts == {"pictures": 0}


def test_a_picture_that_is_not_shown_is_not_asked_for(copying, loopback):
    """Where the page forbids pictures, nothing is fetched, and the article keeps what it knows."""
    copying.show(revise(shown(1, serve(loopback, "/1.jpg")), wishes=Wishes(picture="none")))
    assert copying.look().counts == {"pictures": 0}
    assert count_requests(loopback) == 0
    assert len(find_article(copying.store, "id-1").images) == 1


@pytest.mark.parametrize("wishes", [Wishes(may_archive=False), Wishes(picture="none")])
def test_a_copy_goes_where_the_page_was_read_after_it_was_made(copying, loopback, wishes):
    """It stays where another article that shows the picture lets it be kept, and goes with the last such."""
    url = serve(loopback, "/1.jpg")
    copying.show(shown(1, url), shown(2, url))
    copying.look()
    (copy,) = copying.copies.rglob("*.jpg")
    for number, is_kept in ((1, True), (2, False)):
        update_articles(copying.store, [revise(find_article(copying.store, f"id-{number}"), wishes=wishes)])
        copying.mark(f"id-{number}")
        copying.look()
        assert copy.is_file() == is_kept
    assert [p.file for p in read_pictures(copying.store, [url]).values()] == [None]
    assert set(list_marked(copying.store, MarkKind.ARTICLE)) == {"id-1", "id-2"}
