"""What commands share from the start: their options, the configuration, and the time."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from aggregator.config import Config, load_config

ConfigFolder = Annotated[
    Path, typer.Option("--config", metavar="DIR", help="Folder of the configuration files.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object, for other programs.")]
DEFAULT_CONFIG = Path("config")


def clock() -> datetime:
    """Return the time now, in UTC."""
    return datetime.now(UTC)


def print_json(report: Any) -> None:
    """Print one JSON value, for other programs."""
    typer.echo(json.dumps(report, ensure_ascii=False, indent=2))


def read_config(folder: Path) -> Config:
    """Return the configuration in ``folder``; raises ConfigError with every problem."""
    return load_config(folder, os.environ)
