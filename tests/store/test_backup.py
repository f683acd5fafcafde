"""Backups: of one moment while others write, checked, and made a store again, all of it or nothing."""

import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from aggregator.errors import StoreBusy, StoreError
from aggregator.model import Source
from aggregator.store import (
    check_backup,
    count_all_rows,
    count_articles,
    open_store,
    read_note,
    read_source_states,
    restore_backup,
    write_backup,
    write_note,
)
from aggregator.store.engine import REVISION
from tests.builders import NOW, article
from tests.empty_store import put_empty_store


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request, tmp_path):
    """The address of an empty store of each kind."""
    if request.param == "postgresql":
        with request.getfixturevalue("postgresql").lend_store() as lent:
            yield lent
        return
    yield put_empty_store(tmp_path / "home" / "aggregator.db")


def _fill(url, *, articles=40):
    with open_store(url) as store:
        store.sync_sources([Source(id=f"s{n}", url=f"https://{n}.example/") for n in range(30)], now=NOW)
        store.update_articles([article(id=f"a{n}", source_id="s1") for n in range(articles)])
        write_note(store, "left", "0")


def _look(url):
    with open_store(url) as store:
        return count_articles(store), len(read_source_states(store)), count_all_rows(store)


@contextmanager
def _moving_notes(url):
    """Have another connection move one from a note to the other, over and over, both in one transaction."""
    ended = Event()

    def work():
        path = url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, timeout=30)) as other:
            for number in range(1_000_000):
                if ended.is_set():
                    return
                with other:
                    other.execute("insert or replace into notes values ('left', ?)", (str(number),))
                    other.execute("insert or replace into notes values ('right', ?)", (str(number),))

    thread = Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def test_a_backup_becomes_the_same_store(home, tmp_path):
    """All rows are in the file, which is one file, and in the store that is made of it, on either database."""
    _fill(home)
    seen = _look(home)
    file = tmp_path / "backup.db"
    told = []
    done = write_backup(home, file, on_progress=lambda *parts: told.append(parts))
    assert (done.rows["articles"], done.rows["sources"]) == (40, 30)
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1] > 0
    assert done.size_bytes == file.stat().st_size
    restore_backup(file, f"sqlite:///{tmp_path}/new/aggregator.db")
    assert _look(f"sqlite:///{tmp_path}/new/aggregator.db") == seen
    kept = {path.name for path in tmp_path.iterdir() if path.is_file()}
    assert kept == {"backup.db"}
    assert {path.name for path in (tmp_path / "new").iterdir()} == {"aggregator.db"}


def test_a_backup_fills_postgresql(postgresql, tmp_path):
    """A store there without articles takes all rows; one that has some is left alone."""
    home = put_empty_store(tmp_path / "aggregator.db")
    _fill(home)
    file = tmp_path / "backup.db"
    write_backup(home, file)
    with postgresql.lend_store() as lent:
        with open_store(lent) as store:
            store.sync_sources([Source(id="other", url="https://other.example/")], now=NOW)
        restore_backup(file, lent)
        assert _look(lent) == _look(home)
        with open_store(lent) as store:
            store.update_articles([article(id="new", source_id="s1")])
        with pytest.raises(StoreError, match="it holds 41 articles, which a backup does not replace"):
            restore_backup(file, lent)
        assert _look(lent)[0] == 41


def test_a_backup_is_of_one_moment(tmp_path):
    """Who writes meanwhile goes on, and what one transaction wrote is in it together or not at all."""
    home = put_empty_store(tmp_path / "aggregator.db")
    _fill(home, articles=2_000)
    told = []
    with _moving_notes(home):
        for number in range(3):
            file = tmp_path / f"{number}.db"
            write_backup(home, file, on_progress=lambda *parts: told.append(parts))
            with open_store(f"sqlite:///{file}") as copy:
                assert read_note(copy, "left") == (read_note(copy, "right") or "0")
    assert all(done <= total for done, total in told)
    assert told[-1][0] == told[-1][1]


def test_a_backup_replaces_no_file_unless_asked(tmp_path):
    """The line names the file and the option; with it the new one takes its place."""
    home = put_empty_store(tmp_path / "aggregator.db")
    file = tmp_path / "backup.db"
    file.write_text("mine")
    with pytest.raises(StoreError, match=r"backup\.db: it is there already: .*--force"):
        write_backup(home, file)
    assert file.read_text() == "mine"
    write_backup(home, file, replaces=True)
    assert check_backup(file).rows["articles"] == 0
    with pytest.raises(StoreError, match="its folder is not there"):
        write_backup(home, tmp_path / "nowhere" / "backup.db")
    with pytest.raises(StoreError, match="no store at"):
        write_backup(f"sqlite:///{tmp_path}/none.db", tmp_path / "other.db")
    assert not (tmp_path / "none.db").exists()


def _cut(file):
    file.write_bytes(file.read_bytes()[:20_000])


def _blot(file):
    content = bytearray(file.read_bytes())
    content[8192:12288] = b"\xff" * 4096
    file.write_bytes(content)


def _replace(file):
    file.write_text("<!doctype html><title>404</title>" * 50)


def _empty(file):
    file.write_bytes(b"")


@pytest.mark.parametrize("damage", [_cut, _blot, _replace, _empty])
def test_a_damaged_backup_is_not_restored(tmp_path, damage):
    """It is told before anything is written."""
    home = put_empty_store(tmp_path / "aggregator.db")
    _fill(home)
    file = tmp_path / "backup.db"
    write_backup(home, file)
    damage(file)
    with pytest.raises(StoreError, match=r"backup\.db: it is "):
        restore_backup(file, f"sqlite:///{tmp_path}/new/aggregator.db")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("damage", [_cut, _blot])
def test_a_damaged_store_gives_no_backup(tmp_path, damage):
    """Nothing is left that could be taken for one, and the line says what to ask next."""
    path = tmp_path / "home" / "aggregator.db"
    home = put_empty_store(path)
    _fill(home)
    damage(path)
    with pytest.raises(StoreError):
        write_backup(home, tmp_path / "backup.db")
    assert [one.name for one in tmp_path.iterdir()] == ["home"]


def test_a_store_with_articles_is_not_replaced(tmp_path):
    """Nor one that is damaged or open; what is left of one that was moved away is told, too."""
    home = put_empty_store(tmp_path / "aggregator.db")
    _fill(home)
    file = tmp_path / "backup.db"
    write_backup(home, file)
    with pytest.raises(StoreError, match=r"it holds 40 articles.*move it away first"):
        restore_backup(file, home)
    path = Path(home.removeprefix("sqlite:///"))
    path.write_text("something else" * 100)
    with pytest.raises(StoreError, match=r"it is no store that can be read .*move it away first"):
        restore_backup(file, home)
    path.unlink()
    wal = Path(f"{path}-wal")
    wal.touch()
    with pytest.raises(StoreError, match="belongs to a store that was moved away"):
        restore_backup(file, home)
    wal.unlink()
    empty = put_empty_store(tmp_path / "other.db")
    with open_store(empty) as store:
        count_articles(store)
        with pytest.raises(StoreBusy, match="another program has it open"):
            restore_backup(file, empty)
    restore_backup(file, empty)
    assert _look(empty)[0] == 40


def test_a_backup_of_a_newer_version_is_refused(tmp_path):
    """The line says that a newer program made it; nothing is left behind."""
    home = put_empty_store(tmp_path / "aggregator.db")
    file = tmp_path / "backup.db"
    write_backup(home, file)
    with closing(sqlite3.connect(file)) as opened, opened:
        opened.execute("update alembic_version set version_num = '9999'")
    with pytest.raises(StoreError, match="made by a newer version"):
        restore_backup(file, f"sqlite:///{tmp_path}/new/aggregator.db")
    assert list((tmp_path / "new").iterdir()) == []
    assert REVISION != "9999"


def test_a_backup_without_articles_replaces_none_that_has_some(home, tmp_path):
    """A store that was emptied costs nobody the last good backup, even where it is to be replaced."""
    file = tmp_path / "backup.db"
    full = put_empty_store(tmp_path / "full" / "aggregator.db")
    _fill(full)
    write_backup(full, file)
    before = file.read_bytes()
    with pytest.raises(StoreError, match=r"backup\.db: it holds 40 articles, but .* has none"):
        write_backup(home, file, replaces=True)
    assert file.read_bytes() == before


def test_a_backup_of_a_damaged_store_says_so(tmp_path):
    """The store is named, not the backup's file, whose disk has room."""
    home = put_empty_store(tmp_path / "home" / "aggregator.db")
    _fill(home)
    database = tmp_path / "home" / "aggregator.db"
    database.write_bytes(database.read_bytes()[:4096])
    with pytest.raises(StoreError, match=r"aggregator\.db: .*: it is damaged") as told:
        write_backup(home, tmp_path / "backup.db")
    assert "disk space" not in str(told.value)
