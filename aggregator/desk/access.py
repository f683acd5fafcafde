"""Access to the desk: who has the token gets a session."""

import re
from collections.abc import Callable

import structlog
from starlette.requests import Request
from starlette.responses import Response

from aggregator.desk.answers import Fields, ShownPage
from aggregator.desk.attempts import Attempts
from aggregator.desk.requests import COOKIE, find_address, is_https
from aggregator.desk.responses import redirect, show
from aggregator.desk.sessions import LASTS_S, DeskSession, DeskSessions, is_same
from aggregator.text import clean_text

MOST_NAME = 80
SAID = {"ended": "Your session has ended: sign in again.", "left": "You have signed out."}
_NEXT = re.compile(r"[a-z-]+(\?[\w.~%=&+:-]{1,500})?", re.ASCII)
log = structlog.get_logger()


class DeskAccess:
    """Lets in who has the ``token``; ``now_s`` is a clock that nobody sets."""

    def __init__(self, token: bytes, now_s: Callable[[], float]) -> None:
        self._token = token
        self._now_s = now_s
        self._sessions = DeskSessions()
        self._attempts = Attempts()

    def find_session(self, request: Request) -> DeskSession | None:
        """Return the session that a request is part of, None where there is none."""
        return self._sessions.find(request.cookies.get(COOKIE, ""), self._now_s())

    def ask(self, asked: Fields, problem: str = "", status: int = 200) -> Response:
        """Return the page to sign in at, for an address or after a form that was refused."""
        values = {
            "form_key": self._sessions.make_form_key(self._now_s()),
            "problem": problem,
            "said": SAID.get(asked.get("why", ""), ""),
            "next": check_next(asked.get("next", "")),
            "by": asked.get("by", "")[:MOST_NAME],
        }
        return show(ShownPage(template="sign_in.html", values=values, status=status))

    def sign_in(self, request: Request, form: Fields) -> Response:
        """Return what leads on with a session, or why not."""
        now_s, address = self._now_s(), find_address(request)
        wait_s = self._attempts.count_wait_s(address, now_s)
        if wait_s:
            minutes = f"{max(1, round(wait_s / 60))} min"
            refused = self.ask(form, f"Too many attempts: try again in {minutes}.", 429)
            refused.headers["Retry-After"] = f"{wait_s:.0f}"
            return refused
        if not self._sessions.knows_form_key(form.get("form_key", ""), now_s):
            return self.ask(form, "This form was too old: try once more.", 403)
        if not is_same(form.get("token", "").strip(), self._token):
            self._attempts.note_failure(address, now_s)
            log.warning("desk", problem="somebody tried to sign in without the token", address=address)
            return self.ask(form, "That is not the token.", 403)
        by = clean_text(form.get("by", ""))[:MOST_NAME]
        if not by:
            return self.ask(form, "Who are you? Decisions name who made them.", 400)
        cookie = self._sessions.begin(by, now_s)
        log.info("desk", signed_in=by, address=address)
        return redirect(check_next(form.get("next", "")) or "./", cookie=_make_cookie(cookie, request))

    def sign_out(self, request: Request) -> Response:
        """Return what leads out, after the end of the session."""
        self._sessions.end(request.cookies.get(COOKIE, ""))
        return redirect("sign-in?why=left", cookie=f"{COOKIE}=; HttpOnly; SameSite=Strict; Max-Age=0")


def check_next(reference: str) -> str:
    """Return a reference to a page of the desk as it is, "" for anything else."""
    return reference if _NEXT.fullmatch(reference) and not reference.startswith("sign-") else ""


def _make_cookie(cookie: str, request: Request) -> str:
    """Return the cookie's line: without ``Path`` it is for what is beside the form, wherever that is."""
    secure = "; Secure" if is_https(request.headers) else ""
    return f"{COOKIE}={cookie}; HttpOnly; SameSite=Strict; Max-Age={LASTS_S:.0f}{secure}"
