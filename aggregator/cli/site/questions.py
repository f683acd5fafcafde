"""Asking an operator, once, what a site needs and no default can know."""

import sys
from pathlib import Path

import structlog
import typer

from aggregator.config.edits.site_keys import (
    check_site_key,
    describe_missing_keys,
    missing_site_keys,
    write_site_keys,
)
from aggregator.config.keys.settings import UNTITLED, SiteKeys
from aggregator.errors import ConfigError

QUESTIONS = {
    "title": "What is the name of the site, as feeds and pages show it?",
    "base_url": "At which address do readers reach it?",
}
DEFAULTS = {"title": UNTITLED, "base_url": SiteKeys().base_url}

log = structlog.get_logger()


def ask_for_site(folder: Path) -> None:
    """Ask for the title and address of a site that has none, and write them into settings.yaml.

    Where nobody can be asked, or the file cannot be written, a line in the log says what is missing.
    """
    missing = missing_site_keys(folder)
    if not missing:
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        log.warning("config", problem=describe_missing_keys(folder, missing))
        return
    file = folder / "settings.yaml"
    answers = {key: _ask(key) for key in missing}
    try:
        write_site_keys(folder, answers)
    except ConfigError as error:
        log.warning("config", problem=f"the answers are lost: {error}")
    else:
        typer.echo(f"written to {file}")


def _ask(key: str) -> str:
    try:
        while True:
            answer: str = typer.prompt(QUESTIONS[key], default=DEFAULTS[key])
            problem = check_site_key(key, answer)
            if problem is None:
                return answer
            typer.echo(problem)
    except typer.Abort as error:  # Ctrl-C, or the end of what is typed
        raise KeyboardInterrupt from error
