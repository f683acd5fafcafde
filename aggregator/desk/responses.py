"""Pages of the desk as responses, with what browsers may do with them."""

from collections.abc import Mapping
from types import MappingProxyType

from starlette.responses import Response

from aggregator.desk.answers import ShownPage
from aggregator.desk.rendering import read_style, render
from aggregator.desk.sessions import DeskSession

HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": (
            "default-src 'none'; style-src 'self'; img-src 'self'; "
            "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        ),
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        # browsers send no Origin with forms of pages that allow no referrer at all
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex",
    }
)


def show(shown: ShownPage, session: DeskSession | None = None, *, said: str = "") -> Response:
    """Return a page, with what is ``said`` above it, for whoever is signed in, or for nobody."""
    body = render(shown.template, session, {"said": said, **shown.values})
    return Response(body, shown.status, {**HEADERS, "Content-Type": "text/html; charset=utf-8"})


def refuse(status: int, problem: str, session: DeskSession | None = None) -> Response:
    """Return a page that says what is not done."""
    return show(ShownPage(template="problem.html", values={"problem": problem}, status=status), session)


def redirect(reference: str, *, cookie: str = "") -> Response:
    """Return what leads to a page by a relative reference, which holds below any path of a proxy."""
    set_cookie = {"Set-Cookie": cookie} if cookie else {}
    return Response(b"", 303, {**HEADERS, "Location": reference, **set_cookie})


def send_style() -> Response:
    """Return the style sheet."""
    return Response(read_style(), 200, {**HEADERS, "Content-Type": "text/css; charset=utf-8"})
