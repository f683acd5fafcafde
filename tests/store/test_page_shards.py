"""Which pages are to be asked for, shard by shard, and who is to be left alone there."""

from datetime import timedelta

from sqlalchemy import create_engine, text

from aggregator.model import Disappearance, DisappearanceKind
from aggregator.model.page_pauses import PagePause, PauseKind
from aggregator.model.robots_files import RobotsFile
from aggregator.store import (
    compute_page_shard,
    find_articles_to_enrich,
    find_due_shards,
    forget_robots_files,
    note_disappearance,
    open_store,
    read_due_checks,
    read_page_pauses,
    read_robots_file,
    save_page_pauses,
    save_robots_file,
    shard_of,
)
from aggregator.store.workers import robots_files
from tests.builders import NOW, article, fill

OURS = article(1, web_url="https://daily.example/a")
THEIRS = article(2, web_url="https://weekly.example/b", entry_id="e2")


def test_pages_are_found_by_the_shard_of_their_own_service(store):
    """That of the page, whatever source the article came from, be it for the first time or since it is gone."""
    fill(store, OURS, THEIRS)
    for one in (OURS, THEIRS):
        found = Disappearance(
            article_id=one.id,
            source_id="daily",
            kind=DisappearanceKind.PAGE,
            missing_since_at=NOW,
            check_at=NOW,
        )
        note_disappearance(store, found, now=NOW)
    ours, theirs = (compute_page_shard(one) for one in (OURS, THEIRS))
    assert (ours, theirs) == (shard_of("daily.example"), shard_of("weekly.example"))
    assert find_due_shards(store, NOW, has_pages=True) == {ours, theirs}
    for shards, wanted in (
        ([ours], [OURS.id]),
        ([theirs], [THEIRS.id]),
        ([], []),
        (None, [OURS.id, THEIRS.id]),
    ):
        due = find_articles_to_enrich(store, NOW, 9, shards=shards)
        checks = read_due_checks(store, now=NOW, limit=9, shards=shards)
        assert [one.id for one in due] == [one.article_id for one in checks] == wanted


def test_a_pause_is_kept_until_it_is_over(store):
    """It is read by shard, and forgotten when others are saved after it."""
    later, sooner = (
        PagePause(
            kind=PauseKind.PAGE, name=f"https://{name}.example/a", until_at=NOW + timedelta(minutes=minutes)
        )
        for name, minutes in (("daily", 9), ("weekly", 1))
    )
    save_page_pauses(store, [sooner, later], NOW)
    assert read_page_pauses(store, [shard_of("daily.example")], NOW) == [later]
    assert read_page_pauses(store, [shard_of("weekly.example")], NOW) == [sooner]
    save_page_pauses(store, [later], NOW + timedelta(minutes=2))
    assert read_page_pauses(store, range(1024), NOW) == [later]


def test_a_robots_txt_is_kept_for_hours(store):
    """Also that it could not be had; a time that lies ahead is a wrong clock's, and what is too long is not."""
    files = {"https://daily.example": "Disallow: /\0", "https://ill.example": None}
    for origin, said in files.items():
        save_robots_file(store, origin, said, NOW)
    save_robots_file(store, "https://long.example", "x" * 70_000, NOW)
    later = NOW + timedelta(hours=5)
    found = [read_robots_file(store, f"https://{name}.example", later) for name in ("daily", "ill", "long")]
    age = timedelta(hours=5)
    assert found == [RobotsFile(text="Disallow: /", age=age), RobotsFile(text=None, age=age), None]
    for other in (NOW + timedelta(hours=7), NOW - timedelta(hours=1)):
        assert read_robots_file(store, "https://daily.example", other) is None


def test_pruning_forgets_the_robots_txt_that_count_no_more(store, monkeypatch):
    """Those that are too old and those of a wrong clock; of too many those read first; saving forgets none."""
    hours = {"old": -7, "first": -2, "last": -1, "ahead": 2}
    for name, hour in hours.items():
        save_robots_file(store, f"https://{name}.example", "", NOW + timedelta(hours=hour))
    assert _list_robots(store) == {*hours}
    forget_robots_files(store, NOW)
    assert _list_robots(store) == {"first", "last"}
    monkeypatch.setattr(robots_files, "MOST", 1)
    forget_robots_files(store, NOW)
    assert _list_robots(store) == {"last"}


def _list_robots(store):
    with store.reading() as connection:
        origins = connection.execute(text("SELECT origin FROM robots_files")).scalars()
        return {origin.removeprefix("https://").removesuffix(".example") for origin in origins}


def test_a_migrated_store_knows_the_shards_of_unread_pages(tmp_path):
    """Whoever upgrades has pages to be read, whose publishers are still asked by one worker."""
    url = f"sqlite:///{tmp_path}/old.db"
    with open_store(url) as store:
        fill(store, OURS, THEIRS)
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in (
            "ALTER TABLE story_members DROP COLUMN title_terms", "DROP TABLE robots_files", "DROP TABLE page_pauses",
            "ALTER TABLE articles DROP COLUMN page_shard",
            "UPDATE alembic_version SET version_num = '0034'",
        ):  # fmt: skip
            connection.execute(text(statement))
    engine.dispose()
    with open_store(url) as store:
        assert find_due_shards(store, NOW, has_pages=True) == {
            compute_page_shard(OURS),
            compute_page_shard(THEIRS),
        }
