"""A running service takes up what is right, and leaves aside what is wrong or half written."""

from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
import structlog

from aggregator.config import load_config, read_stamps
from aggregator.errors import StoreError
from aggregator.service import LiveConfig
from aggregator.store import open_store
from tests.empty_store import put_empty_store

ONE = "topics: [{id: ml, name: Machine Learning}]\n"
TWO = "topics: [{id: ml, name: Machine Learning}, {id: comets, name: Comets}]\n"


class ConfigFolder:
    """A configuration in a folder, its live form, and the seconds of a clock that is set by hand."""

    def __init__(self, folder, store):
        self.folder = folder
        self.now_s = 1_000.0
        self.live = LiveConfig(
            folder=folder,
            at_start=load_config(folder, {}).settings,
            store=store,
            stamps=read_stamps(folder),
            clock=lambda: datetime.now(UTC),
            environ={},
            now_s=lambda: self.now_s,
        )

    def write(self, text, name="topics"):
        (self.folder / f"{name}.yaml").write_text(text, encoding="utf-8")

    def topics_after(self, *, seconds):
        """Look every second for so long; return the topics of what was taken up, None where nothing was."""
        taken = None
        for _ in range(int(seconds) + 1):
            rules = self.live.reload()
            taken = [topic.id for topic in rules.topics] if rules else taken
            self.now_s += 1
        return taken


@pytest.fixture
def desk(tmp_path):
    """A configuration with one topic, taken up as a service does, and a clock that is set by hand."""
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "sources.yaml").write_text("sources: []\n", encoding="utf-8")
    (folder / "topics.yaml").write_text(ONE, encoding="utf-8")
    (folder / "settings.yaml").write_text("site: {title: Ours}\n", encoding="utf-8")
    with open_store(put_empty_store(tmp_path / "store.db")) as store:
        yield ConfigFolder(folder, store)


def test_a_change_is_taken_up_once_it_stands_still(desk):
    """After two seconds, and once."""
    desk.write(TWO)
    assert desk.topics_after(seconds=1) is None
    assert desk.topics_after(seconds=1) == ["ml", "comets"]
    assert desk.topics_after(seconds=5) is None


@pytest.mark.parametrize("half", ["", "topics:\n", "topics: []\n", ONE[:30], ONE])
def test_a_file_that_is_half_written_is_waited_for(desk, half):
    """What an editor that truncates and writes leaves for a moment is never taken up, nor told."""
    desk.write(half)
    assert desk.topics_after(seconds=0) is None
    desk.write(TWO)
    with structlog.testing.capture_logs() as logged:
        assert desk.topics_after(seconds=3) == ["ml", "comets"]
    assert [line["log_level"] for line in logged] == ["info"]


def test_a_file_that_is_written_anew_as_it_was_is_no_change(desk):
    """Tools that write files again and again cost nothing more than reading them; SIGHUP means it."""
    desk.write(TWO)
    assert desk.topics_after(seconds=3) == ["ml", "comets"]
    before = read_stamps(desk.folder)
    (desk.folder / "topics.yaml").unlink()
    desk.write(TWO)
    assert read_stamps(desk.folder) != before
    assert desk.topics_after(seconds=3) is None
    desk.live.request_reload()
    assert desk.topics_after(seconds=0) == ["ml", "comets"]


def test_a_broken_file_is_reported_at_once_and_every_hour(desk):
    """What was in force stays; the log says why now and then, and healthz as long as it lasts."""
    desk.write("topics:\n")
    with structlog.testing.capture_logs() as logged:
        assert desk.topics_after(seconds=10_000) is None
    assert [line["log_level"] for line in logged] == ["error"] * 3
    assert "topics.yaml:1: topics: nothing stands below it" in logged[-1]["problem"]
    assert "1 problem " in desk.live.degradation()
    assert str(desk.folder) not in desk.live.degradation()
    desk.write(TWO)
    assert desk.topics_after(seconds=3) == ["ml", "comets"]
    assert desk.live.degradation() is None
    with structlog.testing.capture_logs() as logged:
        desk.topics_after(seconds=4_000)
    assert logged == []


def test_a_thousand_problems_are_reported_in_a_few_lines(desk):
    """The log names the first ones and how many more there are."""
    desk.write("topics:\n" + "- id: A B\n" * 500)
    with structlog.testing.capture_logs() as logged:
        desk.topics_after(seconds=3)
    assert len(logged) == 21
    assert logged[-1]["problem"] == "and 1479 more: see `aggregator check`"


def test_the_way_back_needs_no_other_change(desk):
    """A broken file that is put back as it was is well again."""
    desk.write("topics:\n")
    desk.topics_after(seconds=3)
    desk.write(ONE)
    assert desk.topics_after(seconds=3) == ["ml"]
    assert desk.live.degradation() is None


def test_a_hangup_means_now(desk):
    """Asked, the files are read without waiting, changed or not; a broken one is still left aside."""
    desk.live.request_reload()
    assert desk.topics_after(seconds=0) == ["ml"]
    desk.write(TWO)
    desk.live.request_reload()
    assert desk.topics_after(seconds=0) == ["ml", "comets"]
    desk.write("topics:\n")
    desk.live.request_reload()
    assert desk.topics_after(seconds=0) is None
    assert desk.live.degradation() is not None


def test_settings_that_vanish_stay_in_force(desk):
    """A file that may be missing, and is gone under a running service, is told; a hangup goes on without."""
    path = desk.folder / "settings.yaml"
    path.unlink()
    with structlog.testing.capture_logs() as logged:
        assert desk.topics_after(seconds=3) is None
    assert "settings.yaml: the file is gone" in logged[0]["problem"]
    desk.write(TWO)
    assert desk.topics_after(seconds=3) is None
    desk.live.request_reload()
    assert desk.topics_after(seconds=0) == ["ml", "comets"]
    assert desk.topics_after(seconds=3) is None
    assert desk.live.degradation() is None


def test_what_the_store_refuses_is_tried_again(desk):
    """A change that could not be stored is taken up at the next look."""
    desk.write(TWO)
    store, desk.live.store = desk.live.store, Refusing()
    with pytest.raises(StoreError):
        desk.topics_after(seconds=3)
    desk.live.store = store
    assert desk.topics_after(seconds=0) == ["ml", "comets"]


def test_a_hangup_while_files_are_read_counts(desk):
    """Whoever asks while the store takes the sources means the files as they are then: one is gone."""
    desk.write(TWO)
    desk.live.store = Interrupted(desk)
    assert desk.topics_after(seconds=2) == ["ml", "comets"]
    assert desk.topics_after(seconds=3) == ["ml", "comets"]
    assert desk.live.degradation() is None
    assert desk.topics_after(seconds=3) is None


class Interrupted:
    """The desk's store, in whose first turn somebody takes the settings away and asks for the files."""

    def __init__(self, desk):
        self.desk, self.store = desk, desk.live.store

    @contextmanager
    def reading(self):
        with self.store.reading() as connection:
            yield connection
        (self.desk.folder / "settings.yaml").unlink()
        self.desk.live.request_reload()
        self.desk.live.store = self.store


class Refusing:
    """A store that cannot be read."""

    def reading(self):
        raise StoreError("disk is full")


KILL = "{id: %s, verb: %s, target: 'https://a.example/%s', reason: r, by: anna, at: 2026-11-29T06:00:00Z}"
FAULTY_RULE = "rules: [{id: x, when: ['titel == \"x\"'], then: {drop: true}}]\n"


def _write_decisions(desk, **files):
    (desk.folder / "decisions").mkdir(exist_ok=True)
    for name, text in files.items():
        desk.write(text, f"decisions/{name}")


@pytest.mark.parametrize(
    "fault",
    [
        {"curation": FAULTY_RULE}, {"settings": "site: {titel: Ours}\n"}, {"topics": "topics: [{id: 1"},
        {"decisions/a": "decisions: ["}, {"decisions/z": "decisions: [{id: other}]\n"}, {"sources": ""},
        {"decisions/hand": f"decisions: [{{verb: kill}}, {KILL % ('k', 'kill', 1)}]\n"},
    ],
)  # fmt: skip
def test_urgent_decisions_are_taken_up_beside_problems(desk, fault):
    """Whatever is wrong with other files and entries; the rest, a ban too, waits until they are right."""
    desk.live.config = load_config(desk.folder, {})
    both = f"decisions: [{KILL % ('k', 'kill', 1)}, {KILL % ('b', 'ban', 2)}]\n"
    _write_decisions(desk, hand=both)
    for name, text in fault.items():
        desk.write(text, name)
    before = desk.live.config
    assert desk.topics_after(seconds=3) == ["ml"]
    assert [one.id for one in desk.live.config.decisions] == ["k"]
    assert desk.live.config.settings == before.settings
    assert "is left aside (in force already: k)" in desk.live.degradation()
    assert desk.live.problems
    assert desk.topics_after(seconds=3) is None


def test_what_is_right_again_is_taken_up_whole(desk):
    """With the urgent decisions that went ahead, and then nothing is told of them any more."""
    desk.live.config = load_config(desk.folder, {})
    _write_decisions(desk, hand=f"decisions: [{KILL % ('k', 'kill', 1)}, {KILL % ('b', 'ban', 2)}]\n")
    desk.write(FAULTY_RULE, "curation")
    assert desk.topics_after(seconds=3) == ["ml"]
    desk.write("rules: []\n", "curation")
    desk.write(TWO)
    assert desk.topics_after(seconds=3) == ["ml", "comets"]
    assert [one.id for one in desk.live.config.decisions] == ["k", "b"]
    assert desk.live.degradation() is None


def test_a_kill_beside_a_file_that_is_gone_goes_ahead(desk):
    """What the file said stays in force, also when the files are looked at again."""
    desk.write("rules: [{id: x, when: ['title == \"x\"'], then: {drop: true}}]\n", "curation")
    assert desk.topics_after(seconds=3) == ["ml"]
    (desk.folder / "curation.yaml").unlink()
    for number in (1, 2):
        _write_decisions(desk, **{f"hand{number}": f"decisions: [{KILL % (f'k{number}', 'kill', number)}]\n"})
        assert desk.topics_after(seconds=3) == ["ml"]
        assert len(desk.live.config.decisions) == number
        assert [rule.id for rule in desk.live.config.rules] == ["x"]
        assert "the file is gone" in desk.live.problems[0]
