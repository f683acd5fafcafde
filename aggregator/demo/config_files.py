"""The demo's configuration: the files that operator and editors of the newsroom's feeds would write."""

import json
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from string import Template

from aggregator.demo.newsroom import Newsroom

NAMES = (
    "settings.yaml", "sources.yaml", "topics.yaml", "providers.yaml", "curation.yaml", "decisions/demo.yaml",
)  # fmt: skip
EMBARGO = timedelta(minutes=3)
"""How long after the start an article is held that the editors hold."""


def write_demo_config(
    folder: Path, newsroom: Newsroom, *, data_dir: Path, feeds_dir: Path, port: int
) -> None:
    """Write settings, sources, topics, providers, rules and decisions for ``newsroom`` into ``folder``.

    The folder must exist. ``port`` is where the published tree will be served on this machine, 0 for any
    free port.
    """
    start_at = newsroom.plan.start_at.replace(microsecond=0)
    values = {
        "start": json.dumps(start_at.isoformat()),
        "soon": json.dumps((start_at + EMBARGO).isoformat()),
        "tomorrow": json.dumps((start_at + timedelta(days=1)).isoformat()),
        "port": port,
        "base_url": f"http://127.0.0.1:{port}" if port else "http://127.0.0.1",
        "newsroom": newsroom.port,
        # A JSON string is a YAML string, whatever stands in it; relative folders would start elsewhere.
        "data_dir": json.dumps(str(data_dir.absolute())),
        "feeds_dir": json.dumps(str(feeds_dir.absolute())),
    }
    (folder / "decisions").mkdir(exist_ok=True)
    for name in NAMES:
        template = files("aggregator.demo").joinpath("config", *name.split("/")).read_text(encoding="utf-8")
        (folder / name).write_text(Template(template).substitute(values), encoding="utf-8")
