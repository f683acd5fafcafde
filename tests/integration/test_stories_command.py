"""``aggregator stories`` as an operator runs it."""

import json
from dataclasses import replace

import pytest

from aggregator.store import read_story_ids, write_note
from tests.integration.site import SiteFolder, run_program
from tests.integration.story_desk import DAWN, NewsDesk, told_by

ROWS = [
    ("1", "Fire at Kestrelholm battery plant halts deliveries", "alba.example", "fire"),
    ("2", "Battery plant fire at Kestrelholm: deliveries halted", "borealis.example", "fire"),
    ("3", "Court overturns Brightpath songbook verdict", "alba.example", "court"),
    ("4", "Brightpath songbook verdict overturned by appeals court", "corona.example", "court"),
    ("5", "Rhubarb growers hope for sun", "dorado.example", None),
]


@pytest.fixture
def labelled(tmp_path):
    """A file of labelled headlines."""
    path = tmp_path / "labelled.jsonl"
    rows = [
        {"id": i, "title": title, "provider": provider, "published_at": "2026-03-02T06:00:00Z"}
        | ({"story": story} if story else {})
        for i, title, provider, story in ROWS
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_evaluate_prints_the_figures(labelled, tmp_path):
    """All figures are there under their names, and every article gets a story in the file."""
    out = tmp_path / "assigned.jsonl"
    report = json.loads(
        run_program("stories", "evaluate", str(labelled), "--json", "--assign", str(out)).stdout
    )
    names = "bcubed_precision bcubed_recall bcubed_f1 pair_precision pair_recall pair_f1 stories_found"
    assert list(report) == [*names.split(), "stories_labelled", "articles_per_s", "peak_mib"]
    assert (report["bcubed_f1"], report["pair_f1"]) == (1, 1)
    assert (report["stories_found"], report["stories_labelled"]) == (3, 2)
    assigned = {row["id"]: row["story"] for row in map(json.loads, out.read_text().splitlines())}
    assert assigned["1"] == assigned["2"] != assigned["3"] == assigned["4"] != assigned["5"]


def test_evaluate_takes_articles_without_labels(labelled, tmp_path):
    """Without any label the stories are still written."""
    rows = [json.loads(line) for line in labelled.read_text(encoding="utf-8").splitlines()]
    bare = tmp_path / "bare.jsonl"
    bare.write_text("".join(json.dumps({**row, "story": None}) + "\n" for row in rows), encoding="utf-8")
    report = json.loads(run_program("stories", "evaluate", str(bare), "--json", "--window-h", "24").stdout)
    assert (report["stories_found"], report["stories_labelled"], report["bcubed_f1"]) == (3, 0, 0)


def test_tune_prints_the_best_and_changes_nothing(labelled):
    """A search says what it reached and with which thresholds."""
    before = labelled.read_bytes()
    assert "BCubed F1 1.0000" in run_program("stories", "evaluate", str(labelled), "--tune").stdout
    assert labelled.read_bytes() == before


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "is no article: no JSON from character 2 on; needed are id, title"),
        ("[]", "is no article: no JSON object; needed"),
        ('{"id": 1}', "is no article: published_at is missing; needed are id, title"),
        ('{"id": 1, "title": "x", "published_at": "soon"}', "soon"),
    ],
)
def test_evaluate_names_the_line_that_is_no_article(tmp_path, line, reason):
    """A bad line is named with its number and what is needed."""
    path = tmp_path / "bad.jsonl"
    path.write_text(f"\n{line}\n", encoding="utf-8")
    reported = run_program("stories", "evaluate", str(path), code=1).stderr
    assert f"{path}:2: " in reported
    assert reason in reported


def test_list_and_show(tmp_path):
    """A story is listed with its publishers, and shown with why its articles joined, by any of its ids."""
    desk = NewsDesk(tmp_path)
    write_note(desk.store, "judged by", desk.rules.digest)
    articles = [told_by("alba", "fire", DAWN, opening=1), told_by("borealis", "fire", DAWN, opening=2)]
    desk.take([*articles, told_by("corona", "strike", DAWN)], DAWN)
    desk.store.close()
    listed = desk.site.run("stories", "list", "--since", "2026-03-01").splitlines()
    assert len(listed) == 2
    story_id, published, count, publishers, independent, *_ = listed[1].split()
    assert (published, count, publishers, independent) == ("2026-03-02T06:00:00Z", "2", "2", "2")
    for known in (story_id, articles[0].id, articles[1].id, story_id[:8], articles[1].id[:8].upper()):
        shown = desk.site.run("stories", "show", known)
        assert f"story {story_id}" in shown
        assert "2 publishers, 2 independent" in shown
        joined_for = shown.splitlines()[4]
        assert "Kestrelholm" in joined_for
        assert "(score: how near" in shown
    report = json.loads(desk.site.run("stories", "show", articles[1].id, "--json"))
    assert (report["id"], report["publishers"], report["independent"]) == (story_id, 2, 2)
    assert {one["id"] for one in report["articles"]} == {one.id for one in articles}
    assert [one["isShown"] for one in report["articles"]] == [True, True]
    assert any("Kestrelholm" in reason for reason in report["reasons"])


def test_unknown_ids_are_refused(tmp_path):
    """A story or topic that is not known is named, with what to do."""
    site = SiteFolder(tmp_path, [], [{"id": "news", "name": "News"}])
    site.run("poll")
    for words, reported in (
        (("show", "nothing"), "no story 'nothing' is known: see `aggregator stories list`"),
        (("list", "--topic", "sports"), "no topic 'sports' is configured; there are: news"),
    ):
        done = run_program("stories", *words, "--config", str(site.config), code=1)
        assert reported in done.stderr
    assert "no story of several articles" in site.run("stories", "list")


def test_the_beginning_of_several_ids_is_refused_with_them(tmp_path):
    """Who writes too little of an id is told which stories are meant; a sign of a pattern is none."""
    desk = NewsDesk(tmp_path)
    reported = [told_by("alba", "fire", DAWN), told_by("alba", "court", DAWN)]
    desk.take([replace(article, id=f"same-{n}") for n, article in enumerate(reported)], DAWN)
    ids = sorted(read_story_ids(desk.store, ["same-0", "same-1"]).values())
    desk.store.close()
    error = run_program("stories", "show", "same-", "--config", str(desk.site.config), code=1).stderr
    first, *rows = error.splitlines()
    assert first == "aggregator: 2 stories are meant by 'same-': write more of it, or an id of these:"
    assert sorted(row.split()[1] for row in rows) == sorted(ids)
    assert "Kestrelholm" in desk.site.run("stories", "show", "same-0")
    for nothing in ("", "%", "_" * 36):
        done = run_program("stories", "show", nothing, "--config", str(desk.site.config), code=1)
        assert f"no story {nothing!r} is known" in done.stderr


def test_a_list_since_a_day_by_name(tmp_path):
    """`yesterday` and the like are times; what is none is refused with what is allowed, in one line."""
    site = SiteFolder(tmp_path, [])
    site.run("poll")
    for since in ("yesterday", "3 days ago", "2026-03-02"):
        assert "no story of several articles since" in site.run("stories", "list", "--since", since)
    error = run_program("stories", "list", "--since", "soon", "--config", str(site.config), code=2).stderr
    assert "'--since': 'soon' is no time, allowed: 2026-11-20," in error
    assert len(error.splitlines()) == 1


def test_an_answer_without_a_terminal(tmp_path):
    """Two articles are parted by their first letters, and shown so; what cannot be answered is refused."""
    desk = NewsDesk(tmp_path)
    write_note(desk.store, "judged by", desk.rules.digest)
    one, two = (told_by(paper, "fire", DAWN) for paper in ("alba", "borealis"))
    desk.take([one, two], DAWN)
    desk.store.close()
    config = ("--config", str(desk.site.config))
    said = json.loads(
        desk.site.run("stories", "answer", one.id[:9], two.id, "different", "--by", "ada", "--json")
    )
    assert (said["articles"], said["answer"], said["by"]) == ([one.id, two.id], "different", "ada")
    assert len(set(said["stories"])) == 2
    for story_id in said["stories"]:
        assert f"story {story_id}" in desk.site.run("stories", "show", story_id)
    assert "one story now" in desk.site.run("stories", "answer", one.id, two.id, "same")
    for words, reported in (
        ((one.id, one.id, "same"), "are one article"),
        ((one.id, "nothing", "same"), "no article 'nothing' is known"),
        (("", one.id, "same"), "no article '' is known"),
    ):
        assert reported in run_program("stories", "answer", *words, *config, code=1).stderr
    assert "perhaps" in run_program("stories", "answer", one.id, two.id, "perhaps", *config, code=2).stderr


def test_show_says_what_put_articles_together_and_what_is_not_with_them(tmp_path):
    """Names, terms and time for each article, a decision with who made it, and the nearest story with the reason."""
    desk = NewsDesk(tmp_path)
    write_note(desk.store, "judged by", desk.rules.digest)
    fire = [told_by(paper, "fire", DAWN, opening=1) for paper in ("alba", "borealis", "corona")]
    strike = told_by("dorado", "strike", DAWN)
    desk.take([*fire, strike], DAWN)
    desk.store.close()
    shown = desk.site.run("stories", "show", fire[0].id)
    assert "together because:" in shown
    assert "names Kestrelholm; terms" in shown
    assert "0 min apart; likeness 1.00" in shown or "likeness 0." in shown
    assert "not joined: nothing that is anywhere near it" in shown
    desk.site.run("stories", "answer", fire[0].id, fire[2].id, "topic", "--by", "ada")
    desk.site.run("stories", "answer", fire[0].id, strike.id, "follow", "--by", "bob")
    shown = desk.site.run("stories", "show", fire[0].id)
    assert "decided by bob on " in shown
    assert "not joined: " in shown
    assert "decided by ada on " in shown
    assert "(topic)" in shown
