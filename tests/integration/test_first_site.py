"""What the README says of a first site is true: its files are written, its commands run, its feeds appear."""

import json
import re
import shlex
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import urlsplit

from tests.integration.site import rss, run_program
from tests.loopback import Answer

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
CHAPTER = README.partition("## Your own site in ten minutes\n")[2].partition("\n## ")[0]
FILES = dict(re.findall(r"`(mysite/config/\w+\.yaml)`.*?```yaml\n(.*?)```", CHAPTER, flags=re.DOTALL))
COMMANDS = re.findall(r"^\.venv/bin/aggregator (.*?)(?: +#.*)?$", CHAPTER, flags=re.MULTILINE)
LOOPBACK = "fetch:\n  allow_private_addresses: true\n"
ITEM = (
    "<title>{title}</title><link>https://{host}/{number}</link><pubDate>{date}</pubDate>"
    "<description>{text}</description>"
)
NEWS = {
    "volcano.si.edu": (
        ("Lava reaches the sea", ("The flow crossed the coast road in the night and steam rises where it meets "
         "the water, observers on the island wrote to the observatory.")),
        ("A quiet week of tides", ("Nothing out of the ordinary was measured between Monday and Sunday, and the "
         "gauges of the harbour will be cleaned next.")),
    ),
    "phys.org": (
        ("Why an eruption was late", ("Crystals that grew for a century under the crater kept the gas in, a team "
         "of geologists found when it counted their rings.")),
        ("Rivers remember glaciers", ("Gravel in valleys of the north tells how far the ice once came, and when "
         "it went, a survey from the air has shown.")),
    ),
}  # fmt: skip


def document(host):
    """Return a feed of a publisher, with an item on the chapter's subject and another."""
    date = format_datetime(datetime.now(UTC))
    items = (
        ITEM.format(title=title, text=text, host=host, number=n, date=date)
        for n, (title, text) in enumerate(NEWS[host])
    )
    return rss(*items, title=host, link=f"https://{host}/")


def served(text, loopback):
    """Return a file of the chapter with loopback in place of the publishers' servers."""
    for url in re.findall(r"- url: (https://\S+)", text):
        host = urlsplit(url).hostname
        text = text.replace(url, loopback.route(f"/{host}", Answer(body=document(host))))
    return text


def test_the_site_of_the_readme_is_published(tmp_path, loopback):
    """Two files and the commands as they stand there give feeds of what is on topic, and of nothing else."""
    config = tmp_path / "mysite" / "config"
    config.mkdir(parents=True)
    for name in ("sources.yaml", "topics.yaml"):
        (config / name).write_text(served(FILES[f"mysite/config/{name}"], loopback), encoding="utf-8")
    (config / "settings.yaml").write_text(LOOPBACK, encoding="utf-8")
    steps = [shlex.split(command) for command in COMMANDS]
    assert [step[0] for step in steps] == ["check", "poll", "publish", "status", "run"]
    reported = [run_program(*step, cwd=tmp_path).stdout for step in steps[:-1]]
    assert "volcanoes" in reported[-1]
    feed = json.loads((tmp_path / "mysite/feeds/volcanoes/articles/feed.json").read_text(encoding="utf-8"))
    assert sorted(item["title"] for item in feed["items"]) == [
        "Lava reaches the sea",
        "Why an eruption was late",
    ]


def test_the_settings_of_the_readme_stand_in_every_feed(tmp_path, loopback):
    """The third file's title and address are those of the published feeds."""
    config = tmp_path / "mysite" / "config"
    config.mkdir(parents=True)
    for name, text in FILES.items():
        (tmp_path / name).write_text(served(text, loopback), encoding="utf-8")
    with (config / "settings.yaml").open("a", encoding="utf-8") as settings:
        settings.write(LOOPBACK)
    run_program("poll", "--config", str(config))
    run_program("publish", "--config", str(config))
    feed = json.loads((tmp_path / "mysite/feeds/volcanoes/feed.json").read_text(encoding="utf-8"))
    assert "Volcano Watch" in feed["title"]
    assert feed["feed_url"] == "https://volcanoes.example.org/volcanoes/feed.json"
