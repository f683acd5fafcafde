"""Each request below ``/_desk``, answered with a page or an act, or turned away."""

import time
from collections.abc import Callable
from functools import partial
from urllib.parse import quote

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from aggregator.desk.access import DeskAccess, check_next
from aggregator.desk.answers import DeskAct, DeskPages, Fields, ShownPage
from aggregator.desk.requests import is_from_here, read_form, read_query
from aggregator.desk.responses import redirect, refuse, send_style, show
from aggregator.desk.sessions import DeskSession, is_same
from aggregator.desk.turns import DeskTurns
from aggregator.errors import AggregatorError
from aggregator.serve.server_events import describe_with_place

PATH = "/_desk"
READ_WITHIN_S = 15.0
log = structlog.get_logger()


class DeskApplication:
    """The ASGI application of all addresses below ``/_desk``."""

    def __init__(
        self, token: bytes, pages: DeskPages, *, now_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._access = DeskAccess(token, now_s)
        self._pages = pages
        self._turns = DeskTurns()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        page = scope["path"].removeprefix(f"{PATH}/")
        try:
            response = await self._respond(request, page)
        except ClientDisconnect:
            return
        if scope["method"] == "HEAD":
            response.body = b""
        await response(scope, receive, send)

    async def _respond(self, request: Request, page: str) -> Response:
        if request.method == "POST":
            return await self._take(request, page)
        if request.method not in {"GET", "HEAD"}:
            return refuse(405, "Pages of the desk are read, and their forms sent.")
        if page == PATH:
            return redirect("_desk/")
        if page == "style.css":
            return send_style()
        return await self._show_page(request, page, read_query(request))

    async def _show_page(self, request: Request, page: str, asked: Fields) -> Response:
        if page == "sign-in":
            return self._access.ask(asked)
        session = self._access.find_session(request)
        if session is None:
            return redirect(_name_sign_in(page, request))
        said, session.said = session.said, ""
        return await self._call(partial(self._make_page, page, asked, session, said), READ_WITHIN_S, session)

    def _make_page(self, page: str, asked: Fields, session: DeskSession, said: str) -> Response:
        """Return a page, read and rendered: called in a thread."""
        shown = self._pages.show(page, asked)
        return show(shown, session, said=said) if shown else refuse(404, "There is no such page.", session)

    async def _take(self, request: Request, page: str) -> Response:
        """Take a form of one of our own pages, from somebody who may send it."""
        if not is_from_here(request.headers):
            return refuse(403, "This form was not sent from a page of the desk.")
        form = await read_form(request)
        if form is None:
            return refuse(400, "This is no form, or it is too long.")
        if page == "sign-in":
            return self._access.sign_in(request, form)
        session = self._access.find_session(request)
        if session is None:
            return redirect("sign-in?why=ended")
        if not is_same(form.get("form_key", ""), session.form_key.encode()):
            return refuse(403, "This form is of another session: open its page again.", session)
        return self._access.sign_out(request) if page == "sign-out" else await self._act(page, form, session)

    async def _act(self, page: str, form: Fields, session: DeskSession) -> Response:
        act = self._pages.find_act(page)
        if act is None:
            return refuse(404, "There is nothing to do here.", session)
        return await self._call(partial(_do, page, act, form, session), act.within_s, session)

    async def _call(
        self, function: Callable[[], Response], within_s: float, session: DeskSession
    ) -> Response:
        """Return what a function returns in its turn, or the page that says why it did not."""
        try:
            return await self._turns.take(function, within_s)
        except Exception as error:
            return show(_describe_failure(error), session)


def _do(page: str, act: DeskAct, form: Fields, session: DeskSession) -> Response:
    """Do what a form asks for, and return where that leads: called in a thread."""
    done = act.function(form, session)
    if isinstance(done, ShownPage):
        return show(done, session)
    log.info("desk", did=page, by=session.by, said=done.said)
    session.said = done.said
    return redirect(done.page)


def _describe_failure(error: Exception) -> ShownPage:
    """Return the page of a failure; what is unexpected stands in the log, as its text may be secret."""
    status, text = 500, "Something went wrong here: the log says what."
    if isinstance(error, AggregatorError):
        status, text = 400, str(error)
    elif isinstance(error, TimeoutError):
        status = 503
        text = "The store took too long, or is asked something else: try again in a moment."
    else:
        log.error("desk", error=describe_with_place(error))
    return ShownPage(template="problem.html", values={"problem": text}, status=status)


def _name_sign_in(page: str, request: Request) -> str:
    """Return the reference to where one signs in, and comes back from to the page."""
    query = request.scope["query_string"].decode("latin-1")
    wanted = check_next(f"{page}?{query}" if query else page)
    return f"sign-in?next={quote(wanted, safe='')}" if wanted else "sign-in"
