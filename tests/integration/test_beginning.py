"""Beginning a site by ``aggregator init``: what it asks and writes, and that what it wrote works."""

import re
import shlex
from pathlib import Path

import pytest
import yaml

from aggregator.config import Settings, load_config
from aggregator.config.keys.entries import SourceKeys, TopicKeys
from tests.integration.site import ago, item, run_program, send_feed
from tests.integration.terminal import run_on_terminal

TEMPLATES = Path(__file__).parents[2] / "aggregator" / "config" / "new_site"
LOOPBACK = "\nfetch:\n  allow_private_addresses: true\n"


def listing(folder):
    return sorted(path.name for path in folder.rglob("*"))


def test_what_options_say_is_written_and_works(tmp_path):
    """Signs that mean something in YAML are kept; the check has nothing to say; other commands take it up."""
    said = run_program(
        "init", "mysite", "--title", 'Lava: "daily" #1', "--about", " volcano,Lava flow,, volcano",
        "--base-url", "https://lava.example/", "--contact", "ed@lava.example", cwd=tmp_path,
    ).stdout  # fmt: skip
    config = tmp_path / "mysite" / "config"
    assert said.startswith("made mysite/config: settings.yaml, sources.yaml, topics.yaml\n")
    assert "before others subscribe" not in said
    made = load_config(config, {})
    assert made.settings.site.title == 'Lava: "daily" #1'
    assert made.settings.site.base_url == "https://lava.example"
    assert made.settings.site.contact == "ed@lava.example"
    assert [(topic.id, topic.name, topic.keywords) for topic in made.topics] == [
        ("volcano", "Volcano", ("volcano", "volcanoes", "Lava flow"))
    ]
    assert "warning" not in run_program("check", "--config", str(config)).stdout
    run_program("sources", "add", "https://a.example/feed", "--force", "--config", str(config))
    text = (config / "sources.yaml").read_text(encoding="utf-8")
    assert "# By hand, a source looks like this" in text
    assert text.endswith("url: https://a.example/feed\n")


def test_the_commands_that_come_next_work(tmp_path, loopback):
    """Those that it names, typed as they are shown, run; the feed that was given is polled and published."""
    send_feed(loopback, item(1, ago(hours=1)))
    begun = ["init", "my site", "--title", "T", "--about", "machine learning"]
    said = run_program(*begun, cwd=tmp_path).stdout
    with (tmp_path / "my site/config/settings.yaml").open("a", encoding="utf-8") as settings:
        settings.write(LOOPBACK)
    steps = [shlex.split(line, comments=True)[1:] for line in said.splitlines() if line.startswith("  agg")]
    assert [step[0] for step in steps] == ["sources", "check", "run"]
    adding = [f"{loopback.url}/feed" if word == "URL" else word for word in steps[0]]
    run_program(*adding, "--yes", cwd=tmp_path)
    assert "no problems" in run_program(*steps[1], cwd=tmp_path).stdout
    for command in ("poll", "publish"):
        run_program(command, *steps[2][1:], cwd=tmp_path)
    feed = (tmp_path / "my site/feeds/machine-learning/rss.xml").read_text(encoding="utf-8")
    assert "Machine learning finds comet 1" in feed


def test_in_the_folder_itself_the_commands_need_no_option(tmp_path):
    """Without a folder the site begins where one is; no option but the title is needed."""
    said = run_program("init", "--title", "T", cwd=tmp_path).stdout
    assert "--config" not in said
    assert "site.base_url and site.contact in config/settings.yaml" in said
    assert run_program("check", cwd=tmp_path).stdout == "config: no problems\n"


@pytest.mark.parametrize("there", ["sources.yaml", "topics.yml", "curation.yaml"])
def test_nothing_is_overwritten(tmp_path, there):
    """Where a file of a configuration is, under another ending as well, nothing is asked or written."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / there).write_text("mine", encoding="utf-8")
    said, code = run_on_terminal("init", str(tmp_path), typed="")
    assert (code, listing(tmp_path)) == (1, ["config", there])
    assert f"{there}: is there already, and nothing was written" in said
    assert (tmp_path / "config" / there).read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("words", "reported"),
    [
        (["--base-url", "lava"], "--base-url: lava is no absolute http or https address"),
        (["--contact", "Zoë"], "--contact: "),
        (["--title", " "], "--title: is empty"),
    ],
)
def test_a_wrong_option_is_told_before_anything_is_written(tmp_path, words, reported):
    """One line names the option, and no folder is made."""
    assert reported in run_program("init", str(tmp_path / "site"), *words, code=1).stderr
    assert listing(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_reported(tmp_path):
    """A file that stands in the way is named; nothing else is touched."""
    (tmp_path / "site").write_text("mine", encoding="utf-8")
    error = run_program("init", str(tmp_path / "site"), "--title", "T", code=1).stderr
    assert error.startswith(f"aggregator: {tmp_path / 'site' / 'config'}: cannot be written")
    assert listing(tmp_path) == ["site"]


def test_on_a_terminal_three_questions_are_asked(tmp_path, loopback):
    """Name, subject and first source; where no feed is found, that is said and asked once more."""
    said, code = run_on_terminal("init", str(tmp_path), typed="Lava\nvolcano, lava\n127.0.0.1:9\n\n")
    assert code == 0, said
    assert said.count("What is the name") == said.count("What is it about") == 1
    assert said.count("What does it follow first?") == 2
    assert "no feed was found" in said
    made = load_config(tmp_path / "config", {})
    assert (made.settings.site.title, made.topics[0].keywords) == (
        "Lava",
        ("volcano", "volcanoes", "lava", "lavas"),
    )
    assert made.sources == ()


def test_a_question_can_be_left(tmp_path):
    """The end of what is typed leaves nothing behind."""
    said, code = run_on_terminal("init", str(tmp_path), typed="Lava\n\x04")
    assert (code, "Traceback" in said, listing(tmp_path)) == (130, False, [])


def test_a_source_that_is_not_found_leaves_the_rest(tmp_path):
    """The files are made with the other sources; which one failed is told, and why, and how to try again."""
    url = "https://daily.example/feed"
    listed = tmp_path / "my.opml"
    listed.write_text(f'<opml version="2.0"><body><outline type="rss" xmlUrl="{url}"/></body></opml>')
    words = ("--title", "T", "--source", "127.0.0.1:9", "--source", str(listed))
    done = run_program("init", str(tmp_path), *words)
    (line,) = done.stderr.splitlines()
    assert line.startswith("aggregator: 127.0.0.1:9: not added: https://127.0.0.1:9/: ")
    assert "; no feed was found" in line
    steps = [line for line in done.stdout.splitlines() if "was not added" in line]
    assert len(steps) == 1
    assert f"  aggregator sources add 127.0.0.1:9 --config {tmp_path / 'config'} " in steps[0]
    assert [one.url for one in load_config(tmp_path / "config", {}).sources] == [url]
    assert load_config(tmp_path / "config", {}).settings.site.title == "T"


def test_a_title_that_nobody_gave_is_asked_for_later(tmp_path):
    """Without a terminal the key stands there as a comment, and the check warns of it."""
    run_program("init", str(tmp_path))
    assert "site.title is not set" in run_program("check", "--config", str(tmp_path / "config")).stdout


def uncommented(name):
    """Return what stands in the comments of a template as examples."""
    text = (TEMPLATES / name).read_text(encoding="utf-8").replace("$example_topic", "nature")
    lines = [line.removeprefix("#").removeprefix(" ") for line in text.splitlines() if line.startswith("#")]
    start = next(number for number, line in enumerate(lines) if re.fullmatch(r"[a-z]+:", line))
    end = next((n for n, line in enumerate(lines) if n > start and line.startswith("Two further")), None)
    return yaml.safe_load("\n".join(lines[start:end]))


def test_the_examples_in_the_comments_can_be_used():
    """Uncommented they are valid, and each setting that is shown has its default or switches something on."""
    settings = uncommented("settings.yaml")
    Settings.model_validate(settings)
    defaults = Settings().model_dump()
    shown = [(section, key, value) for section, keys in settings.items() for key, value in keys.items()]
    assert all(value is True or defaults[section][key] == value for section, key, value in shown)
    for source in uncommented("sources.yaml")["sources"]:
        SourceKeys.model_validate(source)
    for topic in uncommented("topics.yaml")["topics"]:
        TopicKeys.model_validate(topic)
