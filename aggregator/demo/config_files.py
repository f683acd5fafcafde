"""The demo's configuration: the four files that an operator of the newsroom's feeds would write."""

import json
from importlib.resources import files
from pathlib import Path
from string import Template

from aggregator.demo.newsroom import Newsroom

NAMES = ("settings.yaml", "sources.yaml", "topics.yaml", "providers.yaml")


def write_demo_config(
    folder: Path, newsroom: Newsroom, *, data_dir: Path, feeds_dir: Path, port: int
) -> None:
    """Write settings, sources, topics and providers for ``newsroom`` into ``folder``, which must exist.

    ``port`` is where the published tree will be served on this machine, 0 for any free port.
    """
    values = {
        "port": port,
        "base_url": f"http://127.0.0.1:{port}" if port else "http://127.0.0.1",
        "newsroom": newsroom.port,
        # A JSON string is a YAML string, whatever stands in it; relative folders would start elsewhere.
        "data_dir": json.dumps(str(data_dir.absolute())),
        "feeds_dir": json.dumps(str(feeds_dir.absolute())),
    }
    for name in NAMES:
        template = files("aggregator.demo").joinpath("config", name).read_text(encoding="utf-8")
        (folder / name).write_text(Template(template).substitute(values), encoding="utf-8")
