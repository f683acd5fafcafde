"""The first files of a site: short, with comments that teach, and without problems."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from string import Template

from aggregator.config.checks.misnamed_files import find_misnamed
from aggregator.config.edits.topic_ids import make_topic_id
from aggregator.config.files.file_bodies import FILES
from aggregator.config.keys.settings import SiteKeys
from aggregator.config.loading import USUAL_NAME
from aggregator.errors import ConfigError

NAMES = ("settings.yaml", "sources.yaml", "topics.yaml")
EXAMPLE_TOPIC = "volcanoes"


def place_config(site: Path) -> Path:
    """Return the folder of the configuration in a site's folder; ``site`` where it is that folder itself."""
    return site if site.absolute().name == USUAL_NAME else site / USUAL_NAME


def refuse_begun_site(folder: Path) -> None:
    """Raise ConfigError where ``folder`` holds a file of a configuration, or one cannot be made there."""
    if folder.exists() and not folder.is_dir():
        raise ConfigError([f"{folder}: this is no folder: name another one"])
    there = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    for name in FILES:
        found = name if name in there else find_misnamed(name, there, FILES)
        if found is not None:
            advice = "edit it, or name another folder"
            raise ConfigError([f"{folder / found}: is there already, and nothing was written: {advice}"])


def write_new_site(
    folder: Path, *, title: str | None, base_url: str | None, contact: str | None, keywords: Sequence[str]
) -> None:
    """Write settings, sources and topics into ``folder``, which is made; raises ConfigError as above.

    ``keywords`` are those of its first topic, which is called as the first of them; without any there
    is no topic. Without ``title`` the key is left out, so that it is asked for later. Either all files
    are there afterwards, or none.
    """
    refuse_begun_site(folder)
    texts = _fill_templates(title=title, base_url=base_url, contact=contact, keywords=keywords)
    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            with (folder / name).open("x", encoding="utf-8") as file:
                written.append(folder / name)
                file.write(text)
    except OSError as error:
        for path in written:
            with suppress(OSError):
                path.unlink()
        where = error.filename or folder
        raise ConfigError([f"{where}: cannot be written ({error.strerror}); nothing was made"]) from error


def _fill_templates(
    *, title: str | None, base_url: str | None, contact: str | None, keywords: Sequence[str]
) -> Mapping[str, str]:
    topic_id = make_topic_id(keywords[0]) if keywords else EXAMPLE_TOPIC
    values = {
        "title": f"title: {_quote(title)}" if title else "# title: Volcano Watch",
        "base_url": _quote(base_url or SiteKeys().base_url),
        "contact": _quote(contact or ""),
        "example_topic": topic_id,
        "topics": _render_topic(topic_id, keywords) if keywords else "topics: []",
    }
    folder = files("aggregator.config").joinpath("new_site")
    return {name: Template(folder.joinpath(name).read_text("utf-8")).substitute(values) for name in NAMES}


def _render_topic(topic_id: str, keywords: Sequence[str]) -> str:
    name = keywords[0][:1].upper() + keywords[0][1:]
    listed = "".join(f"      - {_quote(word)}\n" for word in keywords)
    return f"topics:\n  - id: {topic_id}\n    name: {_quote(name)}\n    keywords:\n{listed}".rstrip("\n")


def _quote(text: str) -> str:
    """Return a text as YAML: a JSON string is one, whatever stands in it."""
    return json.dumps(text, ensure_ascii=False)
