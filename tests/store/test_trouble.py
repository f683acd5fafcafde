"""What a disk, a folder, or another program may do to a SQLite store."""

import errno
import multiprocessing
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

import pytest
from sqlalchemy import create_engine

from aggregator.errors import StoreBusy, StoreError, StoreLocked
from aggregator.model import SourceState
from aggregator.store import (
    count_articles,
    list_due_sources,
    lock_store,
    open_store,
    read_source_state,
    save_polls,
)
from aggregator.store.engine import translate_errors
from tests.builders import DAILY, NOW, article, inserting, source

FULL = """
import resource, sys
from aggregator.errors import StoreError
from aggregator.store import open_store, save_polls
from tests.builders import article, inserting, state
store = open_store(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
def poll(name, *articles):
    return state(name), articles, inserting(*articles)
small = [article(n, id=name, source_id=name, canonical_url=None) for n, name in ((1, "a"), (2, "c"))]
large = [article(n, source_id="b", excerpt="x" * 3000) for n in range(3000)]
try:
    print(save_polls(store, [poll("a", small[0]), poll("b", *large), poll("c", small[1])]))
except StoreError as error:
    print(error)
"""


def test_a_full_disk_stores_all_of_a_batch_or_says_so(url):
    """No poll is reported as stored that the database has given up, and none is half there."""
    with open_store(url) as store:
        store.sync_sources([source(n) for n in "abc"], now=NOW)
        said = subprocess.run(
            [sys.executable, "-c", FULL, url], stdout=subprocess.PIPE, text=True, check=True
        ).stdout
        assert said.startswith(url)
        assert "free disk space" in said
        assert count_articles(store) == 0
        assert [read_source_state(store, name).outcome for name in "abc"] == [None, None, None]
        store.save_poll(SourceState(source_id="a"), [article(1)], inserting(article(1)))
        assert count_articles(store) == 1


def test_who_is_in_a_hurry_does_not_wait_for_another_writer(tmp_path):
    """It is told at once that another is at work, nothing is written, and those who wait still do."""
    url = f"sqlite:///{tmp_path}/aggregator.db"
    polls = [(SourceState(source_id="daily", outcome="updated"), [article(1)], inserting(article(1)))]
    with open_store(url) as store, open_store(url) as other, ThreadPoolExecutor() as threads:
        store.sync_sources([DAILY], now=NOW)
        save_polls(store, polls[:0], waits=False)
        with other.writing():
            started = time.monotonic()
            with pytest.raises(StoreLocked, match="locked: another program holds it"):
                save_polls(store, polls, waits=False)
            assert time.monotonic() - started < 5
            patient = threads.submit(save_polls, store, polls)
            time.sleep(0.2)
            assert not patient.done()
        assert len(patient.result()) == 1
        assert count_articles(store) == 1


def test_a_store_that_another_program_holds_is_an_error(url):
    """After the time to wait, the error names the database and says that another holds it."""
    open_store(url).close()
    engine = create_engine(url, connect_args={"timeout": 0, "isolation_level": None})
    advice = r"aggregator\.db: database is locked: another program holds it"
    with engine.connect() as holder, engine.connect() as waiting:
        holder.exec_driver_sql("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=advice), translate_errors(url):
            waiting.exec_driver_sql("BEGIN IMMEDIATE")
    engine.dispose()


@pytest.mark.parametrize("used", [open_store, lambda url: lock_store(url).__enter__()])
@pytest.mark.parametrize("place", ["file/aggregator.db", "file/deeper/aggregator.db"])
def test_a_folder_that_cannot_be_made_is_an_error(tmp_path, used, place):
    """Where a file stands in the way, one line names the database."""
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"aggregator\.db: .*file"):
        used(f"sqlite:///{tmp_path}/{place}")


@pytest.mark.parametrize("used", [open_store, lambda url: lock_store(url).__enter__()])
def test_an_address_that_is_none_is_an_error_without_its_password(used):
    """What cannot be read as an address might hold a password, so it is not repeated."""
    with pytest.raises(StoreError, match=r"storage\.database") as raised:
        used("no address secret")
    assert "secret" not in str(raised.value)


def test_what_is_not_the_databases_fault_passes(tmp_path):
    """A module of ours that cannot be loaded while the store is read, as in an upgrade, is no trouble of it."""
    with open_store(f"sqlite:///{tmp_path}/aggregator.db") as store:
        for block in (store.reading, store.writing):
            with pytest.raises(ModuleNotFoundError, match="no_such_module"), block():
                import_module("aggregator.no_such_module")


def _try_to_hold(url, answers):
    try:
        with lock_store(url):
            answers.put("held")
    except StoreBusy as error:
        answers.put(str(error))


def test_another_process_cannot_hold_a_held_store(url):
    """It is told which database it is, and may have it once the first is done."""
    spawn = multiprocessing.get_context("spawn")
    answers = spawn.Queue()

    def answer():
        other = spawn.Process(target=_try_to_hold, args=(url, answers))
        other.start()
        said = answers.get(timeout=60)
        other.join()
        return said

    with lock_store(url):
        assert "another aggregator run uses" in answer()
    assert answer() == "held"
    answers.close()
    answers.join_thread()


def test_a_store_in_memory_needs_no_lock(tmp_path, monkeypatch):
    """No file is made for it."""
    monkeypatch.chdir(tmp_path)
    with lock_store("sqlite:///:memory:"), lock_store("sqlite://"):
        assert list(tmp_path.iterdir()) == []


def test_threads_share_a_store(store):
    """Each reads and writes in transactions of its own, and nothing is lost."""
    store.sync_sources([DAILY], now=NOW)

    def write_and_read(number):
        one = article(number)
        store.save_poll(SourceState(source_id="daily"), [one], inserting(one))
        return store.article(one.id) == one and list_due_sources(store, NOW) == ()

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(write_and_read, range(100)))
    assert count_articles(store) == 100


def _open(url):
    open_store(url).close()


def test_processes_that_start_at_once_make_one_store(url):
    """One of them makes the tables, the others wait for it."""
    spawn = multiprocessing.get_context("spawn")
    starting = [spawn.Process(target=_open, args=(url,)) for _ in range(3)]
    for process in starting:
        process.start()
    for process in starting:
        process.join()
    assert [process.exitcode for process in starting] == [0, 0, 0]


@pytest.mark.parametrize("below", ["", "/deeper"])
def test_a_file_where_the_folder_is_to_be_is_reported_in_plain_words(tmp_path, below):
    """The error says what stands in the way, without the number of an error."""
    (tmp_path / "data").write_text("x", encoding="utf-8")
    with pytest.raises(StoreError, match=r"a file stands where .* is to be; move it away") as caught:
        open_store(f"sqlite:///{tmp_path}/data{below}/aggregator.db")
    assert "Errno" not in str(caught.value)


def test_a_folder_that_may_not_be_written_to_is_reported_in_plain_words(url):
    """The advice is about the folder, not the settings."""
    advice = "Permission denied: check that its folder can be written to"
    with pytest.raises(StoreError, match=advice), translate_errors(url):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "aggregator.db.lock")
