"""What the store keeps of a feed is what its window says."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.config import Config, Settings
from aggregator.model.predicates import is_listed
from aggregator.pipeline.publish.arrangement import arrange_feeds
from aggregator.pipeline.publish.feed_content import read_topic_articles
from aggregator.pipeline.site import Site
from aggregator.rules import Rules
from aggregator.store import open_store
from tests.builders import NOW, article, insert_articles
from tests.feed_window import select_window

DAY = timedelta(days=1)
WINDOW = {"window": 7 * DAY, "backlog": 7 * DAY}
DRAWN = st.lists(
    st.tuples(st.integers(-1, 20), st.integers(0, 20), st.booleans(), st.sampled_from((40, 70, 90))),
    max_size=25,
)


def make_rules(folder, **publish):
    """Return the rules of a site without topics, which reads no pages."""
    settings = Settings.model_validate(
        {"publish": {"window_days": 7, **publish}, "polling": {"backlog_days": 7}, "enrich": {"pages": False}}
    )
    return Rules.of(Config(folder=folder, settings=settings, sources=(), topics=()), {})


@given(DRAWN, st.integers(0, 10), st.integers(10, 40), st.integers(0, 15))
def test_a_feed_holds_what_its_window_says(tmp_path_factory, drawn, min_items, max_items, later):
    """Whatever came in, and however much time passes before it is looked at again."""
    folder = tmp_path_factory.mktemp("window")
    rules = make_rules(folder, min_items=min_items, max_items=max_items)
    articles = [
        article(
            n, id=f"{n:04}", at=NOW - age * DAY, first_seen_at=NOW - seen * DAY, quality=quality,
            is_backlog=is_backlog,
        )
        for n, (age, seen, is_backlog, quality) in enumerate(drawn)
    ]  # fmt: skip
    with open_store(f"sqlite:///{folder}/store.db") as store:
        insert_articles(store, [replace(one, title=f"Title {one.id}") for one in articles])
        for now in (NOW, NOW + later * DAY):
            arrange_feeds(Site(rules=rules, store=store, now=now))
            held = [item.item_id for item in read_topic_articles("all", rules=rules, store=store)]
            listed = filter(is_listed, articles)
            limits = {"min_items": min_items, "max_items": max_items}
            assert held == [a.id for a in select_window(listed, now=now, **WINDOW, **limits)]
