"""A site in a folder: its configuration, and the program run on it as an operator runs it."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import MappingProxyType
from typing import Self

import yaml

from tests.empty_store import put_empty_store
from tests.integration.warm import WarmProgram, run_warm
from tests.loopback import Answer, Loopback

ML = {"id": "ml", "name": "Machine Learning", "keywords": ["machine learning"]}
TOPICS = ({"id": "ai", "name": "AI", "keywords": ["artificial intelligence"]}, {**ML, "parent": "ai"})


class SiteFolder:
    """A configuration of its own in ``folder``, polled from loopback servers, and an empty store."""

    def __init__(self, folder: Path, sources: Sequence[Mapping], topics: Sequence[Mapping] = (), **settings):
        self.folder = folder
        self.config = folder / "config"
        self.config.mkdir(parents=True, exist_ok=True)
        put_empty_store(folder / "data" / "aggregator.db")
        self.feeds = folder / "feeds"
        base = {
            "site": {"title": "The Site", "base_url": "http://127.0.0.1:8080"},
            "storage": {"data_dir": str(folder / "data"), "feeds_dir": str(self.feeds)},
            "fetch": {"allow_private_addresses": True, "timeout_s": 5, "domain_delay_s": 0},
            "polling": {"default_interval_min": 0.02, "min_interval_min": 0.01, "max_interval_min": 0.04},
            # Their hosts are not there: each poll would wait for a second or more to see how others fare.
            "images": {"sizes": False, "logos": False},
            "enrich": {"host_delay_s": 0},
        }
        self.write(
            "settings", {key: {**base.get(key, {}), **settings.get(key, {})} for key in {*base, *settings}}
        )
        self.write("sources", {"sources": list(sources)})
        self.write("topics", {"topics": list(topics)})

    def without_store(self) -> Self:
        """Remove the store, and return the site as one that was never polled."""
        shutil.rmtree(self.folder / "data")
        return self

    def write(self, name: str, content: Mapping) -> None:
        """Write one of the four files."""
        (self.config / f"{name}.yaml").write_text(
            yaml.safe_dump(content, allow_unicode=True), encoding="utf-8"
        )

    def run(self, *words: str, code: int = 0) -> str:
        """Run a command on this site and return what it printed; it must exit with ``code``."""
        return run_program(*words, "--config", str(self.config), code=code).stdout

    def status(self) -> dict:
        """Return what ``aggregator status --json`` says."""
        return json.loads(self.run("status", "--json"))


def run_program(
    *words: str,
    code: int = 0,
    cwd: Path | None = None,
    text: bool = True,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> subprocess.CompletedProcess:
    """Run ``aggregator WORDS`` to its end; it must exit with ``code``. ``text`` False gives bytes."""
    done = run_warm(words, cwd=cwd, environment={**_environment(), **environment}, text=text)
    assert done.returncode == code, f"{words}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def start_program(
    *words: str, cwd: Path | None = None, environment: Mapping[str, str] = MappingProxyType({})
) -> WarmProgram:
    """Start ``aggregator WORDS`` and leave it running; what it prints comes line by line."""
    return WarmProgram(words, cwd=cwd, environment={**_environment(), **environment})


def start_anew(*words: str, environment: Mapping[str, str]) -> subprocess.Popen:
    """As ``start_program``, in an interpreter of its own, with ``environment`` added to that of the tests."""
    return subprocess.Popen(
        [sys.executable, "-m", "aggregator", *words],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**_environment(), **environment},
    )  # fmt: skip


def read_until(program: subprocess.Popen | WarmProgram, text: str) -> str:
    """Return the first line with ``text`` that a started program prints; it must not end before."""
    reported = []
    for line in program.stdout:
        reported.append(line)
        if text in line:
            return line
    raise AssertionError(f"ended without {text!r}:\n{''.join(reported)}")


@contextmanager
def run_service(site: SiteFolder, *options: str) -> Iterator[WarmProgram]:
    """Run a site's service, whose ``url`` is where it is served."""
    program = start_program("run", *options, "--config", str(site.config))
    try:
        program.url = read_until(program, "feeds and pages").split()[-1]
        yield program
    finally:
        program.kill()
        program.communicate()


def stop_program(program: subprocess.Popen | WarmProgram, number: int = signal.SIGTERM) -> str:
    """Ask a started program to end, which it must do within a minute, and return what else it printed."""
    program.send_signal(number)
    try:
        rest, _ = program.communicate(timeout=60)
    finally:
        program.kill()
    return rest


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONUNBUFFERED": "1", "COLUMNS": "200"}


def rss(*items: str, title: str = "The Daily", link: str = "https://daily.example/") -> bytes:
    """Return an RSS document with these items."""
    body = "".join(f"<item>{item}</item>" for item in items)
    return f'<rss version="2.0"><channel><title>{title}</title><link>{link}</link>{body}</channel></rss>'.encode()


def item(number: int, date: str, title: str | None = None, guid: str | None = None) -> str:
    """Return a complete item on machine learning, good enough to be published."""
    return (
        f"<title>{title or f'Machine learning finds comet {number}'}</title>"
        f"<link>https://daily.example/{number}</link><guid>{guid or f'g{number}'}</guid>"
        f"<pubDate>{date}</pubDate><author>a@daily.example (Ann Lee)</author>"
        f"<description>Astronomers let machine learning sift old plates and found comet {number}, "
        f"which nobody had seen for two hundred years.</description>"
        f'<enclosure url="https://daily.example/{number}.jpg" type="image/jpeg" length="1234"/>'
    )


def ago(**span: float) -> str:
    """Return the time so long ago as feeds write it."""
    return format_datetime(datetime.now(UTC) - timedelta(**span))


def send_feed(loopback: Loopback, *items: str, path: str = "/feed", **headers: str) -> None:
    """Let a server answer with an RSS document that has these items."""
    headers = {"Content-Type": "application/rss+xml", **headers}
    loopback.route(path, Answer(body=rss(*items), headers=headers))
