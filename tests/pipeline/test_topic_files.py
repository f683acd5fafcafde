"""Writing the files of topics while more comes."""

from datetime import timedelta

from aggregator.config import Config, Settings
from aggregator.pipeline.publish.topic_files import write_topics
from aggregator.pipeline.publish.topic_plans import TOPICS_TOGETHER
from aggregator.pipeline.site import Site
from aggregator.rules import Rules
from aggregator.store import MarkKind, open_store, save_marks
from tests.builders import NOW, article, fill, topic

TOPICS = tuple(topic(f"topic-{number:02}") for number in range(TOPICS_TOGETHER + 1))


def test_topics_that_are_still_to_be_written_show_what_came_meanwhile(tmp_path):
    """Those that were written before it was arranged show it in the next publication."""
    feeds = tmp_path / "feeds"
    settings = Settings.model_validate({"storage": {"feeds_dir": str(feeds)}, "enrich": {"pages": False}})
    rules = Rules.of(Config(folder=tmp_path, settings=settings, sources=(), topics=TOPICS), {})
    shown = article(at=NOW - timedelta(hours=1), topics=tuple(one.id for one in TOPICS))
    first, last = (feeds / one.id / "articles" / "rss.xml" for one in (TOPICS[0], TOPICS[-1]))
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        fill(store, shown)
        save_marks(store, MarkKind.TOPIC, [one.id for one in TOPICS])
        write_topics(Site(rules=rules, store=store, now=NOW), only=None)
        assert shown.title not in first.read_text(encoding="utf-8")
        assert shown.title in last.read_text(encoding="utf-8")
        again = write_topics(Site(rules=rules, store=store, now=NOW), only=None)
        assert shown.title in first.read_text(encoding="utf-8")
        assert TOPICS[-1].id not in again.items
