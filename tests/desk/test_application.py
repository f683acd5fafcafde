"""Who comes in at the desk, whose forms are taken, and what browsers may do with its pages."""

import pytest

from tests.desk.running import TOKEN, DeskVisitor, read_fields, run_desk
from tests.integration.site import SiteFolder


class Clock:
    """A clock that nobody sets, which goes on at will."""

    def __init__(self):
        self.now_s = 1_000.0

    def __call__(self):
        return self.now_s


@pytest.fixture(scope="module")
def clock():
    """The clock of sessions and attempts."""
    return Clock()


@pytest.fixture(scope="module")
def server(tmp_path_factory, clock):
    """The server of a site without sources."""
    site = SiteFolder(tmp_path_factory.mktemp("site"), [])
    with run_desk(site, now_s=clock) as (running, _):
        yield running


@pytest.fixture
def visitor(server, clock):
    """Somebody who comes when nobody has tried to for an hour."""
    clock.now_s += 3_600
    return DeskVisitor(server)


def test_nobody_comes_in_without_the_token(visitor):
    """Every page leads to where one signs in, and there is nothing to see there; nor does a wrong token help."""
    assert visitor.ask("GET", "sources") == 303
    assert visitor.headers["Location"] == "sign-in?next=sources"
    assert "All is well" not in visitor.open()
    assert "That is not the token." in visitor.sign_in("another token that is long")
    assert (visitor.status, visitor.cookie) == (403, "")
    assert visitor.ask("GET", "") == 303


def test_who_has_the_token_comes_in(visitor):
    """The cookie is for the desk, for no script and no other site; pages are those of who signed in."""
    assert "Overview" in visitor.sign_in()
    assert visitor.page.css_first(".leave bdi").text() == "Ann Lee"
    visitor.ask("GET", "sign-in")
    fields = {**read_fields(visitor.page), "token": TOKEN, "by": "Bo"}
    assert visitor.post("sign-in", fields, Origin="https://desk.example", Host="desk.example") == 303
    cookie = visitor.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Secure", "Max-Age=43200"} <= {
        part.strip() for part in cookie.split(";")
    }
    assert "Path" not in cookie  # so it is for the folder of the form's address, below any path of a proxy


def test_a_session_ends(visitor, clock):
    """After signing out its cookie is worth nothing, even if somebody kept it; nor is it after twelve hours."""
    visitor.sign_in()
    kept = visitor.cookie
    assert "You have signed out." in visitor.press("Sign out")
    visitor.cookie = kept
    assert visitor.ask("GET", "") == 303
    visitor.sign_in()
    assert visitor.ask("GET", "") == 200
    clock.now_s += 12 * 3_600
    assert visitor.ask("GET", "") == 303


def test_one_comes_back_to_the_page_that_was_asked_for(visitor):
    """Signing in leads to the page of the desk that was asked for, and to no other site."""
    visitor.ask("GET", "?q=1")
    assert visitor.headers["Location"] == "sign-in"
    for wanted, led in (
        ("overview", "overview"),
        ("//evil.example", "./"),
        ("https:evil", "./"),
        ("sign-out", "./"),
    ):
        visitor.open(f"sign-in?next={wanted}")
        visitor.post("sign-in", {**read_fields(visitor.page), "token": TOKEN, "by": "Ann"})
        assert (visitor.status, visitor.headers["Location"]) == (303, led)


def test_guessing_is_slow(visitor, clock):
    """After five wrong tokens an address waits a quarter of an hour, with the right one, too."""
    for _ in range(5):
        assert "That is not the token." in visitor.sign_in("guess guess guess guess")
    assert "Too many attempts: try again in 15 min." in visitor.sign_in()
    assert (visitor.status, visitor.headers["Retry-After"]) == (429, "900")
    clock.now_s += 900
    assert "Overview" in visitor.sign_in()


def test_guessing_from_many_addresses_is_slow(visitor):
    """Fifty wrong tokens are all that are heard within that time, wherever they come from."""
    visitor.open("sign-in")
    fields = {**read_fields(visitor.page), "by": "A", "token": "guess guess guess guess"}
    answers = []
    for number in range(51):
        visitor.send("sign-in", fields, X_Forwarded_For=f"1.2.3.4, 9.9.{number}.9")
        answers.append(visitor.status)
    assert answers == [403] * 50 + [429]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": None}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Sec_Fetch_Site": "none"}, 403),
        ({"Sec_Fetch_Site": "same-origin", "Origin": "http://behind.a.proxy"}, 303),
    ],
)
def test_forms_of_other_sites_are_refused(visitor, headers, status):
    """What the browser says was not sent by a page of this site is not done, cookie and key or not."""
    visitor.sign_in()
    key = visitor.page.css_first("input[name=form_key]").attributes["value"]
    sent = {
        "Origin": f"http://127.0.0.1:{visitor._port}",
        "Content_Type": "application/x-www-form-urlencoded",
    }
    assert visitor.ask("POST", "sign-out", f"form_key={key}", **{**sent, **headers}) == status
    assert visitor.ask("GET", "") == (200 if status == 403 else 303)


def test_forms_need_the_key_of_their_session(visitor, server):
    """A form without its key, or with that of another session, is refused."""
    other = DeskVisitor(server)
    visitor.sign_in()
    other.sign_in()
    theirs = read_fields(other.page)["form_key"]
    for key in ("", theirs, "é"):
        assert "another session" in visitor.send("sign-out", {"form_key": key})
        assert visitor.status == 403
    assert visitor.ask("GET", "") == 200


@pytest.mark.parametrize(
    ("asked", "body", "status"),
    [
        ("PUT /", "", 405),
        ("POST sign-in", "{}", 400),
        ("POST sign-in", "a=" + "a" * 70_000, 400),
        ("POST sign-in", "&".join(f"a{n}=1" for n in range(200)), 403),
        ("POST nothing", "a=1", 303),
        ("GET no/such/page", "", 303),
        ("GET style.css", "", 200),
    ],
)
def test_odd_requests_are_answered(visitor, asked, body, status):
    """Whatever is sent gets an answer of the desk, with its headers."""
    method, page = asked.split()
    kind = "application/json" if body == "{}" else "application/x-www-form-urlencoded"
    assert visitor.ask(method, page, body, Content_Type=kind, Sec_Fetch_Site="same-origin") == status
    assert visitor.headers["Cache-Control"] == "no-store"


def test_browsers_are_told_to_do_nothing_else(visitor):
    """No page is kept, framed, or may run a script; none has one, or a style of its own."""
    visitor.sign_in()
    assert visitor.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    said = {
        name: visitor.headers[name]
        for name in ("X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy", "Cache-Control")
    }
    assert said == {
        "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
    }  # fmt: skip
    assert "<script" not in visitor.body
    assert "style=" not in visitor.body
    assert TOKEN not in visitor.body


def test_a_page_that_is_not_there_says_so(visitor):
    """Who is signed in is told, with the way back."""
    visitor.sign_in()
    assert "There is no such page." in visitor.open("nothing")
    assert visitor.status == 404
