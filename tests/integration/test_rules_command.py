"""``aggregator rules test`` on a real store, as an editor runs it."""

import json
from datetime import timedelta

import pytest

from aggregator.cli.options import clock
from aggregator.store import open_store
from tests.builders import article, insert_articles, provider
from tests.integration.site import SiteFolder, run_program

TITLES = ("Court rules on songbooks", "A sponsored look at rockets", "Old court news", "Rocket lands")


@pytest.fixture
def site(tmp_path):
    """Return a site with four articles, one of them twenty days old."""
    made = SiteFolder(tmp_path, [], [{"id": "law", "name": "Law", "keywords": ["court"]}])
    now = clock()
    found = [
        article(
            number, at=now - timedelta(hours=number, days=20 if title.startswith("Old") else 0), title=title,
            topics=("law",) if "ourt" in title else (), provider=provider("daily.example"), quality=70 + number,
        )
        for number, title in enumerate(TITLES, start=1)
    ]  # fmt: skip
    with open_store(f"sqlite:///{tmp_path}/data/aggregator.db") as store:
        insert_articles(store, found)
    return made


def _titles(printed):
    return [title for line in printed.splitlines() for title in TITLES if line.endswith(title)]


def test_titles_that_match_are_printed_newest_first(site):
    """With how many were looked at, of the last seven days or of more."""
    printed = site.run("rules", "test", 'title.matches("(?i)rocket|court")')
    assert _titles(printed) == [TITLES[0], TITLES[1], TITLES[3]]
    assert printed.splitlines()[-1] == "3 of 3 articles of the last 7 days match"
    printed = site.run("rules", "test", 'title.contains("ourt")', "--days", "30", "--topic", "law")
    assert (_titles(printed), printed.splitlines()[-1]) == (
        [TITLES[0], TITLES[2]], "2 of 2 articles of the last 30 days match",
    )  # fmt: skip
    loose = site.run("rules", "test", 'text.contains("COURT") && title.matches("RULES|old")')
    how = "1 would match without regard to case: {} finds it so"
    assert loose.splitlines()[-1] == how.format('matches("(?i)…")')
    own = site.run("rules", "test", 'title.contains("SPONSORED look")')
    assert own.splitlines()[-1] == how.format('matches("(?i)SPONSORED look")')
    assert site.run("rules", "test", "is_copy") == "0 of 3 articles of the last 7 days match\n"


def test_what_was_killed_is_not_shown(site):
    """Nothing of it is to be left anywhere."""
    killed = {
        "id": "k",
        "verb": "kill",
        "target": "https://daily.example/1",
        "reason": "r",
        "by": "ann",
        "at": "2026-01-01T00:00:00Z",
    }
    (site.config / "decisions").mkdir()
    site.write("decisions/2026-01", {"decisions": [killed]})
    printed = site.run("rules", "test", 'title.matches("(?i)rocket|court")')
    assert _titles(printed) == [TITLES[1], TITLES[3]]


def test_other_programs_get_json(site):
    """Each article that matches, with what a program needs to find it."""
    report = json.loads(site.run("rules", "test", "quality == 71 && story.articles == 1", "--json"))
    assert (report["matched"], report["looked_at"], report["failed"], report["error"]) == (1, 3, 0, None)
    (found,) = report["articles"]
    assert (found["title"], found["topics"], found["quality"]) == (TITLES[0], ["law"], 71)


def test_what_is_wrong_is_shown_below_the_clause(site):
    """At its place, with what is allowed; nothing else is done."""
    words = ("rules", "test", 'titel == "x"', "--config", str(site.config))
    done = run_program(*words, code=2)
    assert done.stderr.splitlines()[0] == 'titel == "x"'
    assert done.stderr.splitlines()[1].startswith(
        "^ no field or function titel, did you mean title? allowed:"
    )
    assert done.stdout == ""
    done = run_program("rules", "test", "has_image", "--topic", "lwa", "--config", str(site.config), code=2)
    assert "allowed: law" in done.stderr


def test_what_is_surely_a_mistake_is_warned_of(site):
    """Below its place, and tried all the same; `check` says so of rules, and exits 0."""
    words = ("rules", "test", 'provider.domain == "dialy.example"', "--config", str(site.config))
    done = run_program(*words)
    place = " " * len("provider.domain == ")
    named = run_program("rules", "test", 'provider.name == "Dailly"', *words[3:])
    assert "no publisher is called" in named.stderr
    what = 'no publisher "dialy.example" is known, did you mean daily.example?'
    assert done.stderr.splitlines()[1] == f"{place}^ warning: {what}"
    assert done.stdout == "0 of 3 articles of the last 7 days match\n"
    rule = {
        "id": "r",
        "when": ['provider.domain == "dialy.example"', "quality > 100"],
        "then": {"drop": True},
    }
    site.write("curation", {"rules": [rule]})
    said = site.run("check").splitlines()
    file = site.config / "curation.yaml"
    assert f"warning: {file}:6:24: rules[0].when[0]: {what}" in said
    warning = f"warning: {file}:7:5: rules[0].when[1]: this never holds: quality is 0 to 100"
    assert warning in said
    site.write("curation", {"rules": [rule, {**rule, "id": "s", "when": ["titel"]}]})
    beside = site.run("check", code=1).splitlines()
    assert (len([line for line in beside if "titel" in line]), warning in beside) == (1, True)


def test_a_clause_that_fails_is_told(site):
    """On how many articles, and why on the first of them."""
    done = run_program("rules", "test", 'authors[5] == "x"', "--config", str(site.config))
    assert done.stderr.startswith("warning: it failed on 3 articles, first with: ")
    assert done.stdout == "0 of 3 articles of the last 7 days match\n"
