"""Debian's Chromium without a window: what a page is in it, looks like in it, and says in its console."""

import os
import shutil
import subprocess
import zlib
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

NAME = "chromium"
REQUIRED = "AGGREGATOR_REQUIRE_BROWSER"
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync",
    "--no-first-run", "--enable-logging=stderr",
)  # fmt: skip
_PNG_HEAD_BYTES = 8


def find_chromium() -> str:
    """Return the program; where it is missing the test skips, or fails if a browser is required."""
    found = shutil.which(NAME)
    if found is None:
        reported = f"{NAME} is not on the PATH: install Debian's package {NAME} for the browser tests"
        if os.environ.get(REQUIRED) == "1":
            pytest.fail(reported)
        pytest.skip(reported)
    return found


class Chromium:
    """The browser, with profiles in ``folder``: each page is opened once, with an empty one."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._folder = folder
        self._read: dict[str, tuple[str, list[str]]] = {}

    def read(self, url: str) -> tuple[str, list[str]]:
        """Return the page at ``url`` as it is once loaded, and the lines of its console."""
        if url not in self._read:
            done = self._run("--dump-dom", url)
            console = [line for line in done.stderr.splitlines() if ":CONSOLE" in line]
            self._read[url] = (done.stdout, console)
        return self._read[url]

    def corner(self, url: str) -> tuple[int, int, int]:
        """Return red, green and blue of the page's upper left point."""
        picture = self._folder / "page.png"
        self._run(f"--screenshot={picture}", url)
        # The first point of a PNG's first line is stored as it is, whatever the filter (RFC 2083, 6).
        body, packed, at = picture.read_bytes(), b"", _PNG_HEAD_BYTES
        while at < len(body):
            length = int.from_bytes(body[at : at + 4])
            if body[at + 4 : at + 8] == b"IDAT":
                packed += body[at + 8 : at + 8 + length]
            at += length + 12
        red, green, blue = zlib.decompress(packed)[1:4]
        return red, green, blue

    def _run(self, *words: str) -> subprocess.CompletedProcess[str]:
        with TemporaryDirectory(dir=self._folder, ignore_cleanup_errors=True) as profile:
            done = subprocess.run(
                [self._program, *FLAGS, f"--user-data-dir={profile}", *words],
                capture_output=True, text=True, timeout=120, check=False,
            )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done
