"""The desk of a site on a port of this machine, in this process, and somebody who visits it without scripts."""

import os
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from urllib.parse import urlencode

from selectolax.lexbor import LexborHTMLParser

from aggregator.config import load_config, read_stamps
from aggregator.desk import DeskApplication, DeskSite, make_desk
from aggregator.fetch import FetchLimits
from aggregator.fetch.feed import Fetcher
from aggregator.pipeline.config_in_force import note_in_force
from aggregator.pipeline.context import Context
from aggregator.rules import Rules
from aggregator.serve import Server, create_app
from aggregator.service import LiveConfig, ServiceState, make_checks
from aggregator.store import open_store, read_former_sources, sync_sources

TOKEN = "a token that nobody guesses"


@contextmanager
def run_desk(site, *, now_s=time.monotonic, clock=lambda: datetime.now(UTC)):
    """Give the server of a site's tree and desk, and the state of its service, which does nothing by itself."""
    stamps = read_stamps(site.config)
    config = load_config(site.config, os.environ)
    with open_store(config.settings.database_url) as store:
        sync_sources(store, config.sources, now=clock())
        rules = Rules.of(config, read_former_sources(store))
        note_in_force(rules, store)
        context = Context(rules=rules, store=store, fetcher=Fetcher(FetchLimits()), clock=clock)
        live = LiveConfig(
            folder=site.config, at_start=config.settings, store=store, stamps=stamps, clock=clock,
            environ=os.environ, config=config,
        )  # fmt: skip
        state = ServiceState(context=context, live=live)
        pages = make_desk(DeskSite(state=state, live=live, checks=make_checks(state)))
        application = DeskApplication(TOKEN.encode(), pages, now_s=now_s)
        with Server(create_app(site.feeds, desk=application), "127.0.0.1", 0) as server:
            yield server, state


class DeskVisitor:
    """A browser of the simplest kind: it keeps a cookie, follows links and sends the forms of its page."""

    def __init__(self, server):
        self._port = server.port
        self._origin = server.url
        self.cookie = ""
        self.page = LexborHTMLParser("")
        self.status = 0
        self.headers = {}
        self.body = ""

    def ask(self, method, page, body="", **headers):
        """Send a request for a page of the desk; ``Sec_Fetch_Site="none"`` is the field ``Sec-Fetch-Site``."""
        sent = {"Cookie": self.cookie} if self.cookie else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
        connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request(method, f"/_desk/{page}", body or None, sent)
            answer = connection.getresponse()
            self.body = answer.read().decode()
        finally:
            connection.close()
        self.status, self.headers = answer.status, answer.headers
        if answer.headers["Set-Cookie"]:
            self.cookie = answer.headers["Set-Cookie"].partition(";")[0]
        self.page = LexborHTMLParser(self.body)
        return self.status

    def open(self, page=""):
        """Open a page, and what it leads to; return its text."""
        self.ask("GET", page)
        return self._follow()

    def post(self, action, fields, **headers):
        """Send a form, and return the status of its answer."""
        sent = {"Origin": self._origin, "Content_Type": "application/x-www-form-urlencoded", **headers}
        return self.ask("POST", action, urlencode(fields), **sent)

    def send(self, action, fields, **headers):
        """Send a form, and open what it leads to; return its text."""
        self.post(action, fields, **headers)
        return self._follow()

    def press(self, words, **filled):
        """Press the button of these words on the page that is open, after filling in its form."""
        for form in self.page.css("form"):
            if any(button.text(strip=True).startswith(words) for button in form.css("button")):
                return self.send(form.attributes["action"], {**read_fields(form), **filled})
        raise AssertionError(f"no button {words!r} on the page:\n{self.text}")

    def sign_in(self, token=TOKEN, by="Ann Lee"):
        """Sign in on its page, and return the text of the page after it."""
        self.open("sign-in")
        return self.press("Sign in", by=by, token=token)

    @property
    def text(self):
        """The text of what is open, its white space made one space each."""
        main = self.page.css_first("main")
        return " ".join((main.text(separator=" ") if main else self.body).split())

    def _follow(self):
        for _ in range(5):
            if self.status not in (301, 303):
                break
            self.ask("GET", self.headers["Location"].removeprefix("./"))
        return self.text


def read_fields(form):
    """Return what a browser would send of a form, or of all forms of a page."""
    fields = {}
    for one in form.css("input, textarea, select"):
        value = one.attributes.get("value") or ""
        if one.tag == "textarea":
            value = one.text()
        if one.tag == "select":
            chosen = one.css_first("option[selected]") or one.css_first("option")
            value = chosen.attributes.get("value") or chosen.text() if chosen else ""
        fields[one.attributes["name"]] = value
    return fields
