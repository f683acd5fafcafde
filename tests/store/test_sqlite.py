"""SQLite: opened, migrated, shared by processes, killed."""

import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from aggregator.errors import StoreBusy, StoreError
from aggregator.model import SourceState
from aggregator.store import count_articles, lock_store, open_store, read_note, read_source_state, write_note
from tests.builders import NOW, article, inserting, source


def test_a_store_opens_again(url):
    """Opening a second time migrates nothing and loses nothing."""
    with open_store(url) as store:
        write_note(store, "k", "v")
    with open_store(url) as store:
        assert read_note(store, "k") == "v"


def test_a_file_that_is_no_database_is_an_error(tmp_path):
    """The error names the file and says what to do."""
    (tmp_path / "x.db").write_text("no database at all" * 100)
    with pytest.raises(StoreError, match=r"x\.db.*not a database.*backup.*recover"):
        open_store(f"sqlite:///{tmp_path}/x.db")


def test_a_store_of_a_newer_version_is_an_error(tmp_path, url):
    """The code does not touch what it does not know."""
    open_store(url).close()
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StoreError, match="newer version"):
        open_store(url)


def test_a_database_is_at_hand_where_readers_stop_no_writer(tmp_path):
    """One in this process with a write-ahead log; a writer of any other may have to wait."""
    with open_store(f"sqlite:///{tmp_path}/a.db") as store, open_store("sqlite://") as other:
        assert store.is_at_hand
        assert not other.is_at_hand


def test_what_is_read_together_is_of_one_moment(tmp_path):
    """One transaction serves all readings of a thread, inner ones too; other threads have their own."""
    with open_store(f"sqlite:///{tmp_path}/a.db") as store, ThreadPoolExecutor(1) as threads:
        write_note(store, "k", "before")
        with store.reading_together():
            assert read_note(store, "k") == "before"
            with store.reading_together(), store.reading() as inner, store.reading() as another:
                assert inner is another
            write_note(store, "k", "after")
            assert read_note(store, "k") == "before"
            assert threads.submit(read_note, store, "k").result() == "after"
        assert read_note(store, "k") == "after"


def test_an_error_ends_what_is_read_together(tmp_path):
    """What is read afterwards is read anew."""
    with open_store(f"sqlite:///{tmp_path}/a.db") as store:
        with suppress(ZeroDivisionError), store.reading_together():
            assert read_note(store, "k") is None
            raise ZeroDivisionError
        write_note(store, "k", "v")
        assert read_note(store, "k") == "v"


def test_no_connection_makes_an_empty_file_where_the_database_was_moved_away(tmp_path):
    """Who has one goes on, who needs one is told so, and all is there once it is moved back."""
    file = tmp_path / "of #1 & 50% more" / "aggregator.db"
    with open_store(f"sqlite:///{file}") as store:
        write_note(store, "a", "1")
        away = file.rename(tmp_path / "away")
        with store.reading(), pytest.raises(StoreError, match="check that it is there"):
            list(ThreadPoolExecutor().map(lambda _: read_note(store, "a"), range(1)))
        assert not file.exists()
        away.rename(file)
        assert read_note(store, "a") == "1"
    with open_store(f"sqlite:///{file}") as store:
        assert read_note(store, "a") == "1"


def test_nobody_waits_for_a_connection(tmp_path):
    """However many threads wait for another writer, who only reads is answered."""
    with open_store(f"sqlite:///{tmp_path}/a.db") as store, ThreadPoolExecutor(20) as threads:
        write_note(store, "k", "before")
        with store.writing():
            waiting = [threads.submit(write_note, store, f"k{number}", "v") for number in range(20)]
            time.sleep(0.3)
            assert read_note(store, "k") == "before"
            assert not any(one.done() for one in waiting)
        assert [one.result() for one in waiting] == [None] * 20


def test_only_one_holds_a_store(url):
    """The second is told to stop the first."""
    with lock_store(url), pytest.raises(StoreBusy, match="another aggregator run"), lock_store(url):
        pass
    with lock_store(url):
        pass


def _write(url, name):
    with open_store(url) as store:
        for number in range(30):
            one = article(number, id=f"{name}-{number}", canonical_url=None, source_id=name)
            store.save_poll(SourceState(source_id=name), [one], inserting(one))


def test_two_processes_write_at_once(url):
    """Readers that turn writers wait for each other instead of failing."""
    with open_store(url) as store:
        store.sync_sources([source(n) for n in ("a", "b")], now=NOW)
        spawn = multiprocessing.get_context("spawn")
        workers = [spawn.Process(target=_write, args=(url, name)) for name in ("a", "b")]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert [worker.exitcode for worker in workers] == [0, 0]
        assert count_articles(store) == 60


KILLED = """
import sys, time
from aggregator.model import Changes
from aggregator.model import SourceState
from aggregator.store import open_store
from tests.builders import article, inserting
decide = inserting(*[article(n) for n in range(500)])
store = open_store(sys.argv[1])
class Late(dict):
    def items(self):
        print("writing", flush=True)
        time.sleep(60)
        return super().items()
def late(known):
    changes = decide(known)
    return Changes(inserted=changes.inserted, sightings=changes.sightings, urls=Late(changes.urls))
store.save_poll(SourceState(source_id="daily", outcome="updated"), [article(1)], late)
"""


def test_a_killed_writer_leaves_nothing_half_done(url):
    """SIGKILL in the middle of a poll's transaction leaves the store as it was."""
    with open_store(url) as store:
        store.sync_sources([source()], now=NOW)
        child = subprocess.Popen([sys.executable, "-c", KILLED, url], stdout=subprocess.PIPE, text=True)
        assert child.stdout.readline() == "writing\n"
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        child.stdout.close()
        time.sleep(0.1)
        assert count_articles(store) == 0
        assert read_source_state(store, "daily").outcome is None
        store.save_poll(SourceState(source_id="daily"), [article(1)], inserting(article(1)))
        assert count_articles(store) == 1
