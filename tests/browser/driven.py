"""A Chromium that is told what to do, key by key, over its debugging pipe; it runs no scripts of pages."""

import base64
import fcntl
import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from selectolax.lexbor import LexborHTMLParser

from tests.browser.chromium import FLAGS

WITHIN_S = 60.0
_GIVE_PIPES = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); "
    "os.execv(sys.argv[3], sys.argv[3:])"
)
"""A program that becomes the browser, which reads what to do from 3, and answers on 4."""


class DrivenPage:
    """One page of a browser, with a keyboard: what it shows, and what somebody does there."""

    def __init__(self, to_browser, from_browser):
        self._to_browser = to_browser
        self._from_browser = from_browser
        self._number = 0
        self._session = {}
        self.console = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = {"sessionId": attached["sessionId"]}
        for domain in ("Page", "DOM", "Log"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setScriptExecutionDisabled", value=True)

    def call(self, method, **parameters):
        """Call a method of the browser's protocol, and return what it returns."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters, **self._session}
        self._to_browser.write(json.dumps(message).encode() + b"\0")
        self._to_browser.flush()
        return self._wait(lambda said: said.get("id") == self._number).get("result", {})

    def open(self, url):
        """Open an address and wait until it is loaded."""
        self.call("Page.navigate", url=url)
        self._wait_until_loaded()

    def fill(self, selector, text):
        """Go to a field and type into it."""
        self._focus(selector)
        self.call("Input.insertText", text=text)

    def press_enter(self, selector):
        """Go to a field or a button, press Enter there, and wait for the page that this leads to."""
        self._focus(selector)
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", text="\r" if kind == "keyDown" else "",
                      windowsVirtualKeyCode=13)  # fmt: skip
        self._wait_until_loaded()

    def read(self):
        """Return the page as it is."""
        root = self.call("DOM.getDocument", depth=-1)["root"]["nodeId"]
        return LexborHTMLParser(self.call("DOM.getOuterHTML", nodeId=root)["outerHTML"])

    def read_text(self):
        """Return the text of the page, its white space made one space each."""
        return " ".join(self.read().css_first("main").text(separator=" ").split())

    def measure_width(self):
        """Return how wide the page is, and how wide its window, in its own points."""
        sizes = self.call("Page.getLayoutMetrics")
        return sizes["cssContentSize"]["width"], sizes["cssLayoutViewport"]["clientWidth"]

    def set_window(self, width, height, *, is_dark=False):
        """Show the page in a window of this size, light or dark."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                  mobile=width < 600)  # fmt: skip
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if is_dark else "light"}]
        self.call("Emulation.setEmulatedMedia", features=scheme)

    def take_picture(self, file: Path):
        """Write a picture of the whole page."""
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        file.write_bytes(base64.b64decode(shot["data"]))

    def _focus(self, selector):
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        found = self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        assert found, f"nothing on the page is {selector!r}"
        self.call("DOM.focus", nodeId=found)

    def _wait_until_loaded(self):
        self._wait(lambda said: said.get("method") == "Page.loadEventFired")

    def _wait(self, is_wanted):
        until = time.monotonic() + WITHIN_S
        while time.monotonic() < until:
            said = json.loads(self._read_message())
            if said.get("method") == "Log.entryAdded":
                self.console.append(said["params"]["entry"]["text"])
            if is_wanted(said):
                assert "error" not in said, said
                return said
        raise AssertionError("the browser did not answer")

    def _read_message(self):
        read = bytearray()
        while (byte := self._from_browser.read(1)) != b"\0":
            assert byte, "the browser ended"
            read += byte
        return bytes(read)


def _make_pipe():
    """Return the ends of a pipe, with numbers that are none of those that the browser reads and writes."""
    ends = os.pipe()
    moved = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends)
    for end in ends:
        os.close(end)
    return moved


@contextmanager
def drive_chromium(program, folder):
    """Give a page of a browser with an empty profile, which ends with the context."""
    to_read, to_write = _make_pipe()
    from_read, from_write = _make_pipe()

    with TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as profile:
        browser = subprocess.Popen(
            [
                sys.executable, "-c", _GIVE_PIPES, str(to_read), str(from_write), program, *FLAGS,
                "--remote-debugging-pipe", f"--user-data-dir={profile}", "about:blank",
            ],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=(to_read, from_write),
        )  # fmt: skip
        os.close(to_read)
        os.close(from_write)
        try:
            with os.fdopen(to_write, "wb") as to_browser, os.fdopen(from_read, "rb") as from_browser:
                yield DrivenPage(to_browser, from_browser)
                browser.terminate()
        finally:
            browser.kill()
            browser.wait()
