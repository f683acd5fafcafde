"""``aggregator decide``, as an editor runs it, and what then is published."""

import json
import re
import time
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
import yaml

from aggregator.store import open_store, read_article_batches
from tests.enrich.pictures import picture_file
from tests.integration.site import (
    TOPICS,
    SiteFolder,
    ago,
    item,
    run_program,
    run_service,
    send_feed,
    stop_program,
)
from tests.loopback import Answer

TITLES = (
    "Machine learning finds a comet",
    "Machine learning reads old letters",
    "Artificial intelligence sings",
)
TEXTS = (
    "Astronomers in Chile let machine learning sift old glass plates, and a comet turned up that nobody had seen.",
    "Archivists in Ghent have machine learning decipher merchants' letters of the sixteenth century, page by page.",
    "A choir in Leipzig performed with artificial intelligence, which sang alto and was never once out of tune.",
)
REASON = ("--reason", "it is so", "--by", "anna")
ATOM = "{http://www.w3.org/2005/Atom}"


def make_item(number):
    """Return an item on something of its own."""
    made = item(number, ago(hours=number + 1), title=TITLES[number])
    return re.sub("<description>.*</description>", f"<description>{TEXTS[number]}</description>", made)


@pytest.fixture
def site(request, tmp_path, loopback):
    """A site that has published three articles; a test may say what it does with pictures."""
    send_feed(loopback, *map(make_item, range(3)))
    made = SiteFolder(
        tmp_path, [{"id": "daily", "url": f"{loopback.url}/feed"}], TOPICS, enrich={"pages": False},
        images=getattr(request, "param", {}), publish={"records": True},
    )  # fmt: skip
    made.run("poll")
    made.run("publish")
    return made


def read_articles(site):
    """Return the articles that are stored, by title."""
    with open_store(f"sqlite:///{site.folder}/data/aggregator.db") as store:
        return {a.title: a for batch in read_article_batches(store) for a in batch}


def read_decisions(site):
    """Return what stands in the files of decisions."""
    files = sorted((site.config / "decisions").glob("*.yaml"))
    return [one for path in files for one in yaml.safe_load(path.read_text(encoding="utf-8"))["decisions"]]


def read_feed(site, feed):
    """Return the items of a feed, in their order."""
    return json.loads((site.feeds / feed / "feed.json").read_bytes())["items"]


def decide(site, *words, code=0):
    """Decide without being asked."""
    return site.run("decide", *words, *REASON, "--yes", code=code)


def is_public(site, text):
    """Tell whether any file of the published tree has ``text``."""
    return any(text.encode() in path.read_bytes() for path in site.feeds.rglob("*") if path.is_file())


def test_a_decision_is_shown_written_and_published(site):
    """The preview says what leaves which feeds; the file names who, when and why, with the title beside it."""
    said = decide(site, "ban", read_articles(site)[TITLES[0]].id[:10])
    assert "ml/articles: 2 -> 1 items: 0 enter, 1 leave, 0 move" in said
    (one,) = read_decisions(site)
    assert f"{TITLES[0]}  [decision {one['id']}]" in said
    assert said.endswith("a running service takes it up within seconds, else `aggregator publish` does\n")
    assert (one["verb"], one["target"], one["by"]) == ("ban", read_articles(site)[TITLES[0]].id, "anna")
    assert datetime.fromisoformat(one["at"]).tzinfo is not None
    (file,) = (site.config / "decisions").iterdir()
    assert f"{one['target']}  # {TITLES[0]} – https://daily.example/0\n" in file.read_text(encoding="utf-8")
    site.run("publish")
    assert [one["title"] for one in read_feed(site, "ml/articles")] == [TITLES[1]]
    assert site.run("plan").startswith("no feed differs")


def test_comments_and_what_was_decided_stay(site):
    """The next decision is written behind the others, and what is taken back counts no more."""
    decide(site, "ban", "daily.example/0")
    (file,) = (site.config / "decisions").iterdir()
    file.write_text(f"# by hand\n{file.read_text(encoding='utf-8')}", encoding="utf-8")
    before = file.read_text(encoding="utf-8")
    decide(site, "quality", "https://daily.example/1?utm_source=x", "-50")
    assert file.read_text(encoding="utf-8").startswith(before)
    assert [one["verb"] for one in read_decisions(site)] == ["ban", "quality"]
    site.run("publish")
    assert read_feed(site, "ml/articles") == []
    file.unlink()
    site.run("publish")
    assert [one["title"] for one in read_feed(site, "ml/articles")] == list(TITLES[:2])


def test_nothing_is_written_without_leave(site):
    """Where nobody can be asked, --yes is needed; --json alone only shows."""
    done = run_program("decide", "ban", "daily.example/0", *REASON, "--config", str(site.config), code=1)
    assert "1 leave" in done.stdout
    assert done.stderr == "aggregator: nobody can be asked, and nothing is decided: decide with --yes\n"
    report = json.loads(site.run("decide", "ban", "daily.example/0", *REASON, "--json"))
    assert (report["is_written"], report["title"], report["plan"]["leaving"]) == (False, TITLES[0], 6)
    assert read_decisions(site) == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("bann", "daily.example/0"), "bann is no verb, did you mean ban? allowed: pin, ban, retitle"),
        (("link", "daily.example/0"), "link needs the other story"),
        (("ban", "daily.example/99"), "no article 'daily.example/99' is known"),
        (("ban", ""), "no article '' is known"),
        (("retitle", "daily.example/0"), "value: missing, allowed: a title of up to 300 characters"),
        (("ban", "daily.example/0", "x"), "value: is no key of ban, allowed: none"),
        (("add-topic", "daily.example/0", "mll"), "there is no topic mll, did you mean ml? allowed: ai, ml"),
        (("pin", "daily.example/0"), "pin needs a topic with --topic, allowed: all, ai, ml"),
        (
            ("pin", "daily.example/0", "--topic", "ml"),
            "a pin needs the time when it ends, with --until, such",
        ),
        (
            ("ban", "daily.example/0", "--until", "soon"),
            "--until: soon is no time, allowed: 12h, 3d, 2w, tomorrow, or a time with its zone",
        ),
        (("hold-until", "daily.example/0", "2026-12-01 09:00"), "has no time zone, allowed: a time with its"),
    ],
)
def test_what_cannot_be_decided_is_told(site, words, expected):
    """It says what is wrong and what is allowed, and nothing is written."""
    done = run_program("decide", *words, *REASON, "--yes", "--config", str(site.config), code=1)
    assert expected in done.stderr
    assert not (site.config / "decisions").exists()


def test_hostile_text_is_text(site):
    """What an editor pastes is shown as it stands, without what steers anything."""
    decide(site, "retitle", "daily.example/0", "<script>alert(1)</script> &amp; \x1b[31m\u202ered")
    decide(site, "correct", "daily.example/0", "<img src=x onerror=alert(2)>\u0007 ]]>")
    site.run("publish")
    (one,) = (one for one in read_feed(site, "ml/articles") if one["id"].endswith(
        read_articles(site)[TITLES[0]].id
    ))  # fmt: skip
    assert one["title"] == "<script>alert(1)</script> &amp; [31mred"
    assert "Correction (" in one["content_html"]
    assert "&lt;img src=x onerror=alert(2)&gt; ]]&gt;" in one["content_html"]
    for path in site.feeds.rglob("*"):
        if path.suffix in {".html", ".xml", ".json"}:
            text = path.read_text(encoding="utf-8")
            assert not re.search("[\x00-\x08\x1b\u202e]", text), path
            assert path.suffix == ".json" or not re.search(r"<script>alert|<img src=x", text), path


def test_a_correction_reaches_feeds_pages_and_records(site):
    """It is shown wherever the article is, which is updated when it was made."""
    before = {one["id"]: one for one in read_feed(site, "all")}
    decide(site, "correct", "daily.example/2", "It hums.")
    decide(site, "retitle", "daily.example/2", "A machine hums")
    site.run("publish")
    after = {one["id"]: one for one in read_feed(site, "all")}
    changed = [id_ for id_ in after if after[id_] != before[id_]]
    assert [after[id_]["title"] for id_ in changed] == ["A machine hums"]
    at = datetime.fromisoformat(after[changed[0]]["date_modified"])
    assert datetime.now(UTC) - at < timedelta(minutes=2)
    assert after[changed[0]]["date_published"] == before[changed[0]]["date_published"]
    assert "It hums." in (site.feeds / "ai" / "index.html").read_text(encoding="utf-8")
    assert "It hums." in (site.feeds / "all" / "rss.xml").read_text(encoding="utf-8")
    records = "".join(path.read_text(encoding="utf-8") for path in (site.feeds / "_news").glob("*.md"))
    assert "A machine hums" in records
    assert TITLES[2] not in records


def test_what_is_killed_is_nowhere(site):
    """Feeds, pages, records: nothing quotes it; restored, it is back."""
    assert is_public(site, TITLES[1])
    decide(site, "kill", "daily.example/1")
    site.run("publish")
    assert not is_public(site, TITLES[1])
    assert not is_public(site, "daily.example/1")
    decide(site, "restore", "daily.example/1")
    site.run("publish")
    assert [one["title"] for one in read_feed(site, "ml/articles")] == list(TITLES[:2])
    assert is_public(site, TITLES[1])


def test_a_pin_stands_first_in_its_topic(site):
    """Elsewhere it stays where it was, and its dates are its own."""
    before = {one["id"]: one for one in read_feed(site, "ai")}
    decide(site, "pin", "daily.example/2", "--topic", "ai", "--until", "2d")
    site.run("publish")
    assert [one["title"] for one in read_feed(site, "ai")] == [TITLES[2], *TITLES[:2]]
    assert [one["title"] for one in read_feed(site, "ai/articles")] == [TITLES[2], *TITLES[:2]]
    assert [one["title"] for one in read_feed(site, "all")] == list(TITLES)
    assert {one["id"]: one for one in read_feed(site, "ai")} == before


def test_a_publisher_is_taken_down_by_command(site, loopback):
    """What is stored and what comes later is nowhere; it is written to a list of its own, beside decisions."""
    decide(site, "retitle", "daily.example/0", "A comet, found")
    said = decide(site, "takedown", "www.daily.example", "--public-reason", "The publisher asked.")
    assert (
        "publisher daily.example, with all below it: 3 stored articles, in ai, ai/articles, all, all/" in said
    )
    assert "1 earlier decision is not taken up yet: this is without what they change" in said
    assert "all: 3 -> 0 items: 0 enter, 3 leave, 0 move" in said
    (file,) = (site.config / "decisions").iterdir()
    written = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert [(one["target"], one["public_reason"]) for one in written["takedowns"]] == [
        ("daily.example", "The publisher asked.")
    ]
    assert [one["verb"] for one in written["decisions"]] == ["retitle"]
    site.run("publish")
    send_feed(loopback, item(7, ago(minutes=5), title="Machine learning is late"))
    site.run("poll", "--all")
    site.run("publish")
    for text in ("daily.example", "comet", "is late"):
        assert not is_public(site, text)
    assert "The publisher asked." in (site.feeds / "changes.atom").read_text(encoding="utf-8")
    told = site.run("explain", "daily.example/7")
    assert f"- {written['takedowns'][0]['id']}: takedown: it is so (anna" in told
    assert "no feed differs" in decide(site, "restore", "daily.example/7")
    why = f"4 articles on topic and none published: taken down by decision {written['takedowns'][0]['id']}"
    assert site.status()["warnings"] == [{"id": "daily", "warning": f"{why} in 4 of 4"}]


def test_an_article_is_taken_down_before_it_comes(site):
    """By its address, or one that is stored by any address; a name without a dot is no publisher's."""
    assert "no article at https://other.example/1 is stored" in decide(
        site, "takedown", "https://other.example/1"
    )
    assert f": {TITLES[1]}" in decide(site, "takedown", "daily.example/1")
    assert "no article 'nobody' is known" in run_program(
        "decide", "takedown", "nobody", *REASON, "--yes", "--config", str(site.config), code=1
    ).stderr  # fmt: skip
    assert "no article of rare.example is stored; what comes later is kept out" in decide(
        site, "takedown", "rare.example"
    )
    said = site.run("check")
    assert said.count(": decision ") == 2
    site.run("publish")
    assert [one["title"] for one in read_feed(site, "ml/articles")] == [TITLES[0]]


def test_a_preview_shows_what_it_decides_alone(site):
    """Decisions that were written before and not taken up are counted, and left out."""
    assert "earlier" not in decide(site, "ban", "daily.example/0")
    said = decide(site, "ban", "daily.example/1")
    assert "ml/articles: 1 -> 0 items: 0 enter, 1 leave, 0 move" in said
    assert TITLES[0] not in said
    assert "1 earlier decision is not taken up yet" in said
    assert said.endswith("not taken up yet go with it: `aggregator plan` shows all\n")


def test_check_warns_of_decisions_that_do_nothing(site):
    """They are kept, and are no problem."""
    decide(site, "remove-topic", "daily.example/0", "ml")
    file = next((site.config / "decisions").iterdir())
    at = f"{datetime.now(UTC) - timedelta(hours=2):%Y-%m-%dT%H:%M:%SZ}"
    until = f"{datetime.now(UTC) - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    entry = f"  - {{id: %s, verb: %s, target: '%s', reason: r, by: b, at: {at}%s}}\n"
    text = file.read_text(encoding="utf-8")
    text += entry % ("lost", "ban", "https://daily.example/99", "")
    text += entry % ("ended", "ban", "https://daily.example/98", f", until: {until}")
    text += entry % ("gone", "add-topic", "https://daily.example/1", ", value: nope")
    one, two = (read_articles(site)[title].id for title in TITLES[:2])
    text += entry % ("m", "merge", "https://daily.example/97", f", value: {one}")
    text += entry % ("s", "split", one, ", value: 'https://daily.example/96 https://daily.example/95'")
    text += entry % ("fine", "split", one, f", value: '{two} https://daily.example/95'")
    text += entry % (
        "ended-too",
        "merge",
        "https://daily.example/94",
        f", value: {one}, until: {until}",
    )
    file.write_text(text, encoding="utf-8")
    said = site.run("check")
    what = "it is kept: correct the entry, or remove it\n"
    assert f"warning: {file}:10: decision lost: its target is not stored; {what}" in said
    assert f"warning: {file}:12: decision gone: there is no topic nope any more; {what}" in said
    assert f"warning: {file}:13: decision m: its target is not stored; {what}" in said
    assert f"warning: {file}:14: decision s: its value is not stored; {what}" in said
    assert said.count(": decision ") == 4
    folder = site.config / "decisions"
    assert said.splitlines()[-1] == f"{folder}: 2 decisions do nothing any more: 2 have ended"
    report = json.loads(site.run("check", "--json"))
    assert (len(report["warnings"]), report["notes"]) == (4, [said.splitlines()[-1]])
    *_, first, second, last = site.run("check", "--over").splitlines()
    assert last == said.splitlines()[-1]
    assert first == f"{file}:11: decision ended: it has ended, since {until}"
    assert second.endswith(f": decision ended-too: it has ended, since {until}")
    assert len(json.loads(site.run("check", "--over", "--json"))["notes"]) == 3


def test_a_title_is_plain_text_everywhere(site):
    """What looks like a tag is warned of, and shown as it is written in every format."""
    title = "<b>Comet</b> & AT&T"
    said = decide(site, "retitle", "daily.example/0", title)
    what = "readers see <b> as it is written: titles, texts and reasons are plain text"
    assert f"warning: {what}\n" in said
    (file,) = (site.config / "decisions").iterdir()
    assert f"warning: {file}:3: decision " in site.run("check")
    assert what in site.run("check")
    site.run("publish")
    folder = site.feeds / "ml/articles"
    entry = next(
        e for e in ElementTree.parse(folder / "atom.xml").iter(f"{ATOM}title") if "Comet" in (e.text or "")
    )
    assert (entry.text, entry.get("type", "text")) == (title, "text")
    assert title in [e.text for e in ElementTree.parse(folder / "rss.xml").iter("title")]
    assert title in [one["title"] for one in json.loads((folder / "feed.json").read_bytes())["items"]]
    assert "<b>Comet" not in (site.feeds / "ml/index.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;Comet" in (site.feeds / "ml/index.html").read_text(encoding="utf-8")
    assert "Retitled: &lt;b&gt;Comet" in (site.feeds / "changes.atom").read_text(encoding="utf-8")


def test_a_decision_on_what_is_not_stored_waits_for_it(site, loopback):
    """An article that comes in later is judged by it at once."""
    folder = site.config / "decisions"
    folder.mkdir()
    (folder / "now.yaml").write_text(
        "decisions: [{id: early, verb: ban, target: 'https://daily.example/7', reason: r, by: b, "
        "at: 2026-11-29T06:00:00Z}]\n",
        encoding="utf-8",
    )
    site.run("publish")
    send_feed(loopback, item(7, ago(minutes=5), title="Machine learning is late"))
    site.run("poll", "--all")
    assert read_articles(site)["Machine learning is late"].quality == 0
    site.run("publish")
    assert not is_public(site, "Machine learning is late</title>")


def wait_for(is_so, seconds=60):
    """Wait until something is so."""
    deadline_s = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline_s
        time.sleep(0.1)


def wait_for_titles(site, feed, titles):
    """Wait until a feed shows these titles."""
    wait_for(lambda: [one["title"] for one in read_feed(site, feed)] == titles)


def read_picture(site):
    """Return the address of the picture that the newest article of a topic is shown with."""
    return read_feed(site, "ml/articles")[0].get("image")


def test_a_running_service_takes_decisions_up(site):
    """Within seconds, also where that empties a feed: what was shown before needs no further leave."""
    with run_service(site, "--port", "0") as program:
        decide(site, "retitle", "daily.example/0", "A comet, found")
        wait_for_titles(site, "ml", ["A comet, found", TITLES[1]])
        decide(site, "ban", "daily.example/2")
        decide(site, "remove-topic", "daily.example/2", "ai")
        wait_for_titles(site, "all", ["A comet, found", TITLES[1]])
        until = (datetime.now(UTC) + timedelta(seconds=20)).isoformat(timespec="seconds")
        decide(site, "hold-until", "daily.example/1", until)
        wait_for_titles(site, "ml", ["A comet, found"])
        wait_for_titles(site, "ml", ["A comet, found", TITLES[1]])
        assert datetime.now(UTC) >= datetime.fromisoformat(until)
        stop_program(program)


def test_stories_of_a_running_service_follow_decisions(site):
    """No new article has to come before two stories become one, and two again."""
    one, two = (read_articles(site)[title] for title in TITLES[:2])
    before = len(read_feed(site, "all"))
    with run_service(site, "--port", "0") as program:
        decide(site, "retitle", one.id, "A comet, found")  # what stood before the start is grouped by then
        wait_for_titles(site, "ml", ["A comet, found", TITLES[1]])
        decide(site, "merge", one.id, two.id)
        wait_for(lambda: len(read_feed(site, "all")) == before - 1)
        decide(site, "split", two.id)
        wait_for(lambda: len(read_feed(site, "all")) == before)
        stop_program(program)


@pytest.mark.parametrize("site", [{"sizes": True}], indirect=True)
def test_an_editors_picture_is_shown_with_its_size(site, loopback):
    """It is looked at once it was decided, and stands in the place of the publisher's; none is none."""
    url = loopback.route(
        "/new.jpg", Answer(body=picture_file("JPEG", 640, 360), headers={"Content-Type": "image/jpeg"})
    )
    decide(site, "picture", "daily.example/0", url)
    with run_service(site, "--port", "0") as program:
        wait_for(lambda: read_picture(site) == url)
        stop_program(program)
    assert 'width="640" height="360"' in (site.feeds / "ml" / "index.html").read_text(encoding="utf-8")
    decide(site, "picture", "daily.example/0", "none")
    site.run("publish")
    assert read_picture(site) is None


def test_stories_are_merged_and_split_by_command(site):
    """Two items of a feed become one, and two again; the file names articles, which a new store has, too."""
    one, two = (read_articles(site)[title] for title in TITLES[:2])
    decide(site, "split", one.id, code=1)
    decide(site, "merge", one.id, one.id, code=1)
    before = len(read_feed(site, "all"))
    report = json.loads(site.run("decide", "merge", one.id, two.id, *REASON, "--json"))
    (feed,) = (feed for feed in report["plan"]["feeds"] if feed["feed"] == "all")
    (left,) = feed["leaving"]
    (taking,) = (item for item in feed["changing"] if item["takes_in"])
    assert (left["into"], taking["takes_in"]) == (taking["id"], [left["title"]])
    shown = decide(site, "merge", one.id, two.id[:8])
    lines = [line for line in shown.splitlines() if line[:2] == "  " and line[2] in "+-~*"]
    told = {line.split("  ")[2] for line in lines if "; takes in " in line}
    assert told <= {f"{TITLES[0]}; takes in {TITLES[1]}", f"{TITLES[1]}; takes in {TITLES[0]}"}
    assert len(told) == 1
    assert not any(line.startswith("  - ") and line.split("  ")[2] in TITLES[:2] for line in lines)
    assert "[decision " in shown
    assert "[other items]" not in shown
    site.run("publish")
    assert len(read_feed(site, "all")) == before - 1
    assert f"“{TITLES[0]}” with The Daily “{TITLES[1]}”: decided by anna on" in site.run(
        "stories", "show", one.id
    )
    decide(site, "split", two.id)
    site.run("publish")
    assert len(read_feed(site, "all")) == before
    assert [(d["verb"], d["target"], d["value"]) for d in read_decisions(site)] == [
        ("merge", one.id, two.id), ("split", two.id, one.id),
    ]  # fmt: skip
    assert ": it is so)" in site.run("stories", "show", two.id)
    for words in (("stories", "show", one.id), ("explain", one.id), ("explain", one.id, "--all")):
        told = site.run(*words).partition("that are over:\n")[2].splitlines()[0]
        assert f": merge {two.id}: it is so (anna, " in told
        assert told.endswith("; over: a later decision has them apart")
    assert f"“{TITLES[0]}” with The Daily" not in site.run("stories", "show", one.id)
    third = read_articles(site)[TITLES[2]]
    decide(site, "split", two.id, one.id[:8], third.id)
    assert read_decisions(site)[-1]["value"] == f"{one.id} {third.id}"
    decide(site, "merge", two.id, one.id, third.id, code=1)
    told = site.run("explain", two.id)
    assert "decisions on its story:" in told
    assert f": split {one.id}: it is so (anna, " in told
    assert f" --config {site.config}`" in site.run("explain", two.id, "--all")


def test_stories_are_led_and_linked_by_command(site):
    """The preview says what a story's page shows then; feeds, `stories show` and `explain` say so once decided."""
    one, two, three = (read_articles(site)[title] for title in TITLES)
    decide(site, "merge", one.id, two.id)
    site.run("publish")
    (usual,) = (item["title"] for item in read_feed(site, "all") if item["title"] in TITLES[:2])
    lead = two if usual == one.title else one
    assert f": lead: {usual} -> {lead.title}  [decision " in decide(site, "lead", lead.id[:8])
    said = decide(site, "link", lead.id, "daily.example/2")
    assert f"the other story: article {three.id}: {three.title}\n" in said
    assert "change; 2 stories are shown otherwise (of 3 stored articles)\n" in said
    assert f"{lead.title}: related: nothing -> {three.title}  [decision " in said
    page = site.folder / "plan.html"
    assert "2 stories are shown otherwise" in site.run("plan", "--html", str(page), code=3)
    assert "<h2>Stories that are shown otherwise</h2>" in page.read_text(encoding="utf-8")
    report = json.loads(site.run("plan", "--json", code=3))["stories"]
    assert [(told["part"], told["before"], told["after"]) for told in report] == [
        ("lead", [usual], [lead.title]), ("related", [], [three.title]), ("related", [], [lead.title]),
    ]  # fmt: skip
    site.run("publish")
    (item,) = (item for item in read_feed(site, "all") if item["title"] in TITLES[:2])
    assert item["title"] == lead.title
    assert [one["title"] for one in item["_related"]["items"]] == [usual, three.title]
    for said in (site.run("stories", "show", lead.id), site.run("explain", usual_id(site, usual), "--all")):
        assert f"“{lead.title}” leads: decided by anna on" in said
        assert f"- related to {three.id} The Daily “{three.title}”: decided by anna on" in said
    assert f"lead: {lead.title} (" in site.run("stories", "show", lead.id)
    assert f" {lead.title}\n" in site.run("stories", "show", three.id).partition("related: ")[2]
    decide(site, "unlink", three.id, one.id)
    site.run("publish")
    assert "_related" not in next(i for i in read_feed(site, "all") if i["title"] == three.title)
    assert "never related to" in site.run("stories", "show", three.id)


def usual_id(site, title):
    """Return the id of the article with a title."""
    return read_articles(site)[title].id


def test_check_warns_of_decisions_on_stories_that_do_nothing(site):
    """A story that is not stored, one story for two, one that leads itself alone, and what was decided later."""
    one, two, three = (read_articles(site)[title] for title in TITLES)
    other = "00000000-0000-5000-8000-000000000000"
    decided = (
        ("lead", one.id, None), ("merge", one.id, two.id), ("lead", two.id, None), ("link", one.id, two.id),
        ("lead", three.id, None), ("link", one.id, three.id), ("unlink", three.id, two.id),
        ("link", three.id, other), ("lead", other, None), ("unlink", "https://daily.example/9", one.id),
    )  # fmt: skip
    entries = [
        {
            "id": f"d{number}", "verb": verb, "target": target, "reason": "so", "by": "anna",
            "at": f"{datetime.now(UTC) - timedelta(hours=1):%Y-%m-%dT%H:%M}:{number:02}Z", **({"value": value} if value else {}),
        }
        for number, (verb, target, value) in enumerate(decided)
    ]  # fmt: skip
    folder = site.config / "decisions"
    folder.mkdir()
    (folder / "2026-01.yaml").write_text(yaml.safe_dump({"decisions": entries}), encoding="utf-8")
    site.run("publish")
    said = site.run("check")
    assert dict(re.findall(r"2026-01.yaml:\d+: decision (d[0-9]): (.*); it is kept", said)) == {
        "d7": "its value is not stored",
        "d8": "its target is not stored",
        "d9": "its target is not stored",
    }
    what = "2 are outdone by later ones, 2 say what is so by itself"
    assert said.endswith(f"{folder}: 4 decisions do nothing any more: {what}\n")


def test_what_changes_nothing_is_said_before(site):
    """A restore under a takedown, and a time that is past already."""
    decide(site, "takedown", "daily.example/0")
    (file,) = (site.config / "decisions").iterdir()
    (down,) = yaml.safe_load(file.read_text(encoding="utf-8"))["takedowns"]
    said = decide(site, "restore", "daily.example/0")
    assert f"it changes nothing now: takedown {down['id']} keeps it out; remove that entry" in said
    said = decide(site, "hold-until", "daily.example/1", "2020-12-01T09:00:00Z")
    assert "it changes nothing now: its time was past already" in said


def test_a_decision_may_end_tomorrow(site):
    """At the begin of that day, in UTC."""
    decide(site, "ban", "daily.example/0", "--until", "tomorrow")
    (file,) = (site.config / "decisions").iterdir()
    (entry,) = yaml.safe_load(file.read_text(encoding="utf-8"))["decisions"]
    until = datetime.fromisoformat(entry["until"])
    assert timedelta(0) < until - datetime.fromisoformat(entry["at"]) <= timedelta(days=1)
    assert (until.hour, until.minute, until.utcoffset()) == (0, 0, timedelta(0))


def test_another_time_to_hold_an_article_is_shown_before(site):
    """Until when it waits now, and then, though no feed shows it either way; also where it is let go."""
    target = "daily.example/1"
    said = decide(site, "hold-until", target, "2099-12-01 09:00 Europe/Vienna")
    (first,) = read_decisions(site)
    until = "it waits until 2099-12-01T08:00:00Z by decision " + first["id"]
    assert f"- it waits for nothing\n+ {until}\n" in said
    site.run("publish")
    said = decide(site, "hold-until", target, "2099-11-01T09:00:00Z")
    second = read_decisions(site)[-1]["id"]
    sooner = f"it waits until 2099-11-01T09:00:00Z by decision {second}"
    assert f"- {until}\n+ {sooner}\nno feed differs" in said
    site.run("publish")
    said = decide(site, "retitle", target, "Old letters read")
    assert f"{sooner}: feeds show it, as this has it, from then on" in said
    said = decide(site, "hold-until", target, "2020-11-01T09:00:00Z")
    assert f"- {sooner}\n+ it waits for nothing\n" in said
    assert "it changes nothing" not in said
    third = read_decisions(site)[-1]["id"]
    assert f"  + 2  Old letters read  [decision {third}]\n" in said
    assert "its time was past" not in site.run("check")
    site.run("publish")
    assert [one["title"] for one in read_feed(site, "all/articles")][1] == "Old letters read"
    for words in ((), ("--all",)):
        told = site.run("explain", target, *words).partition("decisions that are over:\n")[2]
        over = [line.rpartition("; over since ")[2] for line in told.splitlines()[:3]]
        replaced = "a later hold-until replaced it"
        at = [one["at"].replace("+00:00", "Z") for one in read_decisions(site) if one["verb"] == "hold-until"]
        assert over == [
            f"{at[1]}: {replaced}", f"{at[2]}: {replaced}", f"{at[2]}: it ended an earlier hold",
        ]  # fmt: skip
    over = json.loads(site.run("explain", target, "--json"))["decisionsOver"]
    assert [one["id"] for one in over] == [first["id"], second, third]


def test_another_time_to_hold_an_article_is_reported(site):
    """The preview for other programs has both sentences."""
    decide(site, "hold-until", "daily.example/1", "2099-12-01T09:00:00Z")
    site.run("publish")
    told = json.loads(
        site.run(
            "decide", "hold-until", "daily.example/1", "2099-11-01T09:00:00Z", "--reason", "sooner", "--json"
        )
    )
    assert told["before"].startswith("it waits until 2099-12-01T09:00:00Z by decision ")
    assert told["after"].startswith("it waits until 2099-11-01T09:00:00Z by decision ")
    assert (told["waits"], told["plan"]["feeds"]) == (None, [])
