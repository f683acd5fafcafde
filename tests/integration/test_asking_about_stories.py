"""The operator is asked about pairs of articles, and told how often the site's stories are right."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model import AnswerKind
from aggregator.store import open_store, read_answers, read_story_ids, write_note
from tests.integration.site import run_program, run_service
from tests.integration.story_desk import EVENTS, NewsDesk, told_by

PAPERS = ("alba", "borealis", "corona", "dorado", "eridanus", "fornax")


@pytest.fixture
def site(tmp_path):
    """A site whose stories of today six publishers tell."""
    desk = NewsDesk(tmp_path)
    write_note(desk.store, "judged by", desk.rules.digest)
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)
    told = [told_by(paper, event, at) for event in EVENTS for paper in PAPERS]
    desk.take([_make_video(one) if one.provider.domain.startswith("al") else one for one in told], at)
    desk.store.close()
    return desk.site


def _make_video(one):
    """Return an article as one of a player, which has no page without it."""
    return replace(one, type="video", web_url=None, original_url=one.web_url)


def ask(site, *words, lines=None, code=0):
    """Ask in an interpreter of its own, with lines as its input, and return what is printed."""
    done = subprocess.run(
        [sys.executable, "-m", "aggregator", "stories", "ask", *words, "--config", str(site.config)],
        input=lines, capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "100"},
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def answers_of(site):
    """Return the answers that are stored."""
    with open_store(f"sqlite:///{site.folder}/data/aggregator.db") as store:
        return read_answers(store)


def test_answers_are_read_from_lines(site):
    """Each is kept with who gave it; `q` ends; what is no answer is refused, and those before it are kept."""
    shown = ask(site, "--n", "6", "--by", "ada", lines="same\nk\nd\nq\nsame\n")
    assert "1 of 6" in shown
    assert "4 of 6" in shown
    assert "3 answered" in shown
    assert "https://" in shown
    kept = answers_of(site)
    assert sorted(one.kind for one in kept) == ["different", "same", "skip"]
    assert {one.answered_by for one in kept} == {"ada"}
    assert "'perhaps' is no answer" in ask(site, "--n", "6", lines="f\nperhaps\nf\n", code=1)
    assert len(answers_of(site)) == 4
    ask(site, "--n", "3", lines="s\n")
    assert len(answers_of(site)) == 5


def test_questions_are_listed_and_answered_without_a_terminal(site):
    """What a page would do: the questions as JSON, then an answer for each; no pair is asked about twice."""
    listed = json.loads(site.run("stories", "ask", "--n", "8", "--json"))["questions"]
    assert len(listed) == 8
    assert all(article["url"] for question in listed for article in question["articles"])
    assert {*listed[0]["articles"][0]} == {"id", "title", "publisher", "published_at", "excerpt", "url"}
    pairs = [tuple(article["id"] for article in question["articles"]) for question in listed]
    for one, other in pairs:
        site.run("stories", "answer", one, other, "same", "--by", "ada")
    truth = json.loads(site.run("stories", "truth", "--json"))
    assert (truth["answers"], truth["skipped"]) == (8, 0)
    again = json.loads(site.run("stories", "ask", "--n", "1000", "--json"))["questions"]
    later = [tuple(article["id"] for article in question["articles"]) for question in again]
    assert not {*pairs} & {*later}
    assert len(later) == len({*later})


def test_an_answer_is_followed_at_once(site):
    """Articles that are said to be different are in two stories when the next question comes."""
    shown = ask(site, "--n", "4", "--by", "ada", lines="d\nd\nd\nd\n")
    assert shown.count("two stories now") == 4
    with open_store(f"sqlite:///{site.folder}/data/aggregator.db") as store:
        for one in read_answers(store):
            found = read_story_ids(store, [one.article_id, one.other_id])
            assert len(set(found.values())) == 2


def test_an_answer_reaches_the_feeds_of_a_running_service(site):
    """It is given by another process, and no minute passes until the feed shows both stories."""
    feed = site.feeds / "all" / "atom.xml"
    with run_service(site, "--port", "0"):
        time.sleep(4)  # what there is to do at the start is done
        before = feed.read_text(encoding="utf-8").count("<entry>")
        ask(site, "--n", "2", "--by", "ada", lines="d\nd\n")
        answered_s = time.monotonic()
        while feed.read_text(encoding="utf-8").count("<entry>") == before:
            assert time.monotonic() < answered_s + 20
            time.sleep(0.1)


def test_on_a_terminal_it_asks_again_and_loses_nothing(site):
    """What is no answer is asked for again; Ctrl-C ends it, and what was answered is kept."""
    ours, theirs = pty.openpty()
    program = subprocess.Popen(
        [sys.executable, "-m", "aggregator", "stories", "ask", "--config", str(site.config), "--by", "ada"],
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        env={**os.environ, "COLUMNS": "100", "TERM": "xterm"},
    )  # fmt: skip
    os.close(theirs)
    try:
        read_terminal(ours, "(q)uit: ")
        os.write(ours, b"what?\n")
        read_terminal(ours, "(q)uit: ")
        os.write(ours, b"f\n")
        assert "one story now" in read_terminal(ours, "(q)uit: ")
        program.send_signal(signal.SIGINT)
        assert program.wait(timeout=60) == 130
    finally:
        program.kill()
        os.close(ours)
    assert [one.kind for one in answers_of(site)] == [AnswerKind.FOLLOW]


def read_terminal(number, text):
    """Return what a terminal shows until ``text`` comes."""
    shown, until = "", time.monotonic() + 60
    while text not in shown:
        assert time.monotonic() < until, shown
        if select.select([number], [], [], 1)[0]:
            shown += os.read(number, 4096).decode(errors="replace")
    return shown


def test_truth_is_estimated_and_thresholds_that_make_it_worse_are_refused(site):
    """Few answers are called few; with enough there are figures, and worse thresholds end with exit code 1."""
    assert "too few answers about pairs in one story: 0" in site.run("stories", "truth")
    config = ("--config", str(site.config))
    refused = run_program("stories", "truth", "--check-thresholds", "join=0.9", *config, code=1).stderr
    assert "there are no answers to check thresholds by" in refused
    assert "too few answers to tune by" in run_program("stories", "truth", "--tune", *config, code=1).stderr
    ask(site, "--n", "36", lines="same\n" * 36)
    truth = json.loads(site.run("stories", "truth", "--json"))
    assert truth["precision"]["value"] == 1
    assert 0.7 < truth["precision"]["low"] < 1
    shown = site.run("stories", "truth")
    assert "precision 1.00 [0." in shown
    assert "kind of pairs" in shown
    worse = "join=2,join_excerpt=2,merge=2,merge_excerpt=2"
    done = run_program("stories", "truth", "--check-thresholds", worse, *config, code=1)
    assert "refused: stories would agree less with the answers, F1 0" in done.stderr
    assert "parted wrongly" in done.stdout
    site.run("stories", "truth", "--check-thresholds", "join=0.25")
    for bad in ("join", "join=much", "colour=1"):
        done = run_program("stories", "truth", "--check-thresholds", bad, *config, code=2)
        assert "is no threshold" in done.stderr
    assert "now" in site.run("stories", "truth", "--tune")


def test_a_topic_that_is_not_configured_is_refused(site):
    """As elsewhere, with those that are."""
    assert "no topic 'sports' is configured; there are: news" in ask(site, "--topic", "sports", code=1)
    assert json.loads(site.run("stories", "ask", "--topic", "news", "--json"))["questions"]
    assert json.loads(site.run("stories", "truth", "--topic", "news", "--json"))["topic"] == "news"
