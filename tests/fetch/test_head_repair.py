"""Heads that break HTTP's letter: which are put right, and which are left to be refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import FetchError
from aggregator.fetch.head_repair import MAX_HEAD_BYTES, drop_interim_answers, may_be_completed, mend_head
from tests.fetch.client import fetch, fetch_with, limits
from tests.loopback import Answer, raw

START = b"HTTP/1.1 200 OK"
BODY = b"<rss>body</rss>"
CHUNKED = b"f\r\n" + BODY + b"\r\n0\r\n\r\n"
LENGTH = b"Content-Length: 15"


def head(*lines, start=START, end=b"\r\n"):
    """Return a head of these lines."""
    return end.join((start, *lines, b"", b""))


MENDED = {
    "blank in a name": ((b"Content Security Policy: x", LENGTH), BODY),
    "blank before a colon": ((b"X-Foo : bar", LENGTH), BODY),
    "tabs before a colon": ((b"X-Foo\t \t: bar", LENGTH), BODY),
    "blank before the colon of a length": ((b"X A: b", b"Content-Length : 15"), BODY),
    "length twice": ((LENGTH, LENGTH), BODY),
    "length twice in other letters": ((LENGTH, b"X: y", b"content-length:15"), BODY),
    "length as a list": ((b"Content-Length: 15, 15",), BODY),
    "length as a list and again": ((b"Content-Length: 15,15 ,15", LENGTH), BODY),
    "length with a zero before it": ((b"Content-Length: 015", LENGTH), BODY),
    "length before chunks": ((LENGTH, b"Transfer-Encoding: chunked"), CHUNKED),
    "length behind chunks": ((b"transfer-encoding: Chunked", b"content-length: 3"), CHUNKED),
    "length twice and chunks": ((LENGTH, LENGTH, b"Transfer-Encoding: chunked"), CHUNKED),
    "identity": ((b"Transfer-Encoding: identity", LENGTH), BODY),
    "no name": ((b": x", LENGTH), BODY),
    "a name in letters of no name": (("Größe: x".encode(), b"X(a): b", b"http://x: y", LENGTH), BODY),
    "a folded line of a dropped field": ((b"X A: a", b" Content-Length: 3", LENGTH), BODY),
}
REFUSED = {
    "lengths that differ": ((LENGTH, b"Content-Length: 5"), BODY),
    "lengths that differ in a list": ((b"Content-Length: 15, 5",), BODY),
    "lengths that differ, with chunks": ((LENGTH, b"Content-Length: 5", b"Transfer-Encoding: chunked"), CHUNKED),
    "lengths that differ, and blanks": ((b"X : a", b"Content-Length : 15", b"Content-Length: 5"), BODY),
    "half a list": ((b"Content-Length: 15,",), BODY),
    "a length with a sign": ((b"Content-Length: +15",), BODY),
    "an endless length": ((b"Content-Length: " + b"9" * 30,) * 2, BODY),
    "an unknown coding": ((b"Transfer-Encoding: cow", LENGTH), BODY),
    "chunks within": ((b"Transfer-Encoding: chunked, identity", LENGTH), BODY),
    "two codings": ((b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity", LENGTH), CHUNKED),
    "no colon": ((b"no colon", LENGTH), BODY),
    "no colon beside a blank": ((b"X : a", b"no colon", LENGTH), BODY),
    "a fold before any field": ((b" X: y", b"X A: b", LENGTH), BODY),
    "a null in a name": ((b"X\0a: b", LENGTH), BODY),
    "a null in a value": ((b"X a: b\0", LENGTH), BODY),
    "a return in a name": ((b"X\ra: b", LENGTH), BODY),
    "a return in a value": ((b"X a: b\rContent-Length: 3", LENGTH), BODY),
}  # fmt: skip


def in_pieces(data, *, step=None):
    """Return an answer that sends ``data`` in pieces of ``step`` bytes, whole without one."""
    size = step or len(data)
    return raw(*(data[at : at + size] for at in range(0, len(data), size)), pause_s=0.0005 if step else 0.0)


@pytest.mark.parametrize("step", [None, 11])
@pytest.mark.parametrize("kind", MENDED)
def test_an_answer_whose_meaning_is_beyond_doubt_is_read(loopback, kind, step):
    """As curl and browsers read it, also where its head comes in pieces."""
    lines, body = MENDED[kind]
    assert fetch(loopback.route("/feed", in_pieces(head(*lines) + body, step=step))).body == BODY


@pytest.mark.parametrize("kind", REFUSED)
def test_an_answer_that_may_mean_two_things_is_refused(loopback, kind):
    """What is smuggled would come out of exactly these."""
    lines, body = REFUSED[kind]
    with pytest.raises(FetchError, match="not valid HTTP"):
        fetch(loopback.route("/feed", in_pieces(head(*lines) + body)))


@pytest.mark.parametrize(
    "start", [b"HTTP/1.1  200 OK", b"HTTP/1.0\t200", b"http/1.1 200 OK", b"Http/1.1   200  Fine"]
)
def test_a_first_line_with_other_blanks_and_letters_is_read(loopback, start):
    """As curl reads it, also in pieces."""
    for step in (None, 3):
        assert (
            fetch(loopback.route("/feed", in_pieces(head(LENGTH, start=start) + BODY, step=step))).body
            == BODY
        )


@pytest.mark.parametrize(
    "start", [b"HTTP/1.1 2000 OK", b"HTTP/1.2  200 OK", b"HTTP/2 200", b"ICY 200 OK", b"HTTP/1.1200 OK"]
)
def test_a_first_line_of_another_protocol_is_refused(loopback, start):
    """What follows may mean anything."""
    with pytest.raises(FetchError, match="not valid HTTP"):
        fetch(loopback.route("/feed", in_pieces(head(LENGTH, start=start) + BODY)))


def test_an_old_answer_in_chunks_is_refused(loopback):
    """HTTP/1.0 has none: somebody on the way was mistaken (RFC 9112 section 6.1)."""
    old = head(LENGTH, b"Transfer-Encoding: chunked", start=b"HTTP/1.0 200 OK")
    with pytest.raises(FetchError, match="not valid HTTP"):
        fetch(loopback.route("/feed", in_pieces(old + CHUNKED)))


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_fields_of_a_mended_head_keep_their_values(loopback, end):
    """The validator and the type are found, with the blank before their colon."""
    lines = b"X Y: z", b'ETag : "a b"', b"Content-Type\t:text/xml", LENGTH
    fetched = fetch(loopback.route("/feed", in_pieces(head(*lines, end=end) + BODY)))
    assert (fetched.etag, fetched.content_type, fetched.body) == ('"a b"', "text/xml", BODY)
    assert "x y" not in fetched.headers


def test_a_redirect_is_mended_too(loopback):
    """A gate that sends back to itself with a cookie, in a head that no strict parser takes."""

    def gate(request):
        if request.headers["Cookie"] == "a=1":
            return Answer(body=b"read")
        fields = b"X Y: z", b"Location : /gate", b"Set-Cookie : a=1", b"Content-Length: 0"
        return in_pieces(head(*fields, start=b"HTTP/1.1 302 Found"))

    assert fetch(loopback.route("/gate", gate)).body == b"read"


def test_interim_answers_come_before_a_mended_one(loopback):
    """Early hints in one piece with it, or in a piece of their own."""
    hints = head(b"Link: </a>", start=b"HTTP/1.1 103 Early Hints")
    for step in (None, len(hints), 7):
        answer = in_pieces(hints + head(b"X Y: z", LENGTH) + BODY, step=step)
        assert fetch(loopback.route("/feed", answer)).body == BODY


def _silent(connection, *parts):
    for part in parts:
        connection.sendall(part)
    connection.settimeout(3)
    connection.recv(1)


def test_a_connection_is_not_used_after_a_mended_answer(loopback):
    """Whatever a server sends behind it is no answer to the next request."""
    evil = head(b"Content-Length: 4") + b"evil"
    loopback.route("/feed", Answer(raw=lambda c: _silent(c, head(b"X Y: z", LENGTH) + BODY + evil)))
    loopback.route("/kept", Answer(raw=lambda c: _silent(c, head(LENGTH, LENGTH) + BODY)))
    loopback.route("/next", Answer(body=b"true"))

    async def steps(fetcher):
        return [
            (await fetcher.get(loopback.url + path)).body for path in ("/feed", "/next", "/kept", "/next")
        ]

    assert fetch_with(steps, within=limits(per_host=1)) == [BODY, b"true", BODY, b"true"]
    assert loopback.connections >= 3


def test_a_kept_connection_is_never_mended(loopback):
    """A sloppy head there may be what is left of the last answer: it is asked for again on a new one."""
    numbers = iter(range(10))

    def sloppy(connection):
        next(numbers)
        connection.sendall(head(b"X Y: z", LENGTH) + BODY)

    loopback.route("/first", Answer(body=b"first"))
    loopback.route("/sloppy", Answer(raw=sloppy))

    async def steps(fetcher):
        return [(await fetcher.get(loopback.url + path)).body for path in ("/first", "/sloppy")]

    assert fetch_with(steps, within=limits(per_host=1)) == [b"first", BODY]
    assert (next(numbers), loopback.connections) == (2, 2)


def test_a_head_that_never_ends_is_refused_at_its_bound(loopback):
    """A sloppy field does not let a server send for ever."""

    def pour(connection):
        connection.sendall(START + b"\r\nX Y: z\r\n")
        sent = 0
        while sent < 50 * MAX_HEAD_BYTES:
            connection.sendall(b"X-More: " + b"x" * 1000 + b"\r\n")
            sent += 1010

    with pytest.raises(FetchError, match="not valid HTTP"):
        fetch(loopback.route("/feed", Answer(raw=pour)))


@pytest.mark.parametrize("data", [b"", b"HT", b"HTTP/1.1 20", START + b"\r\nX Y", head(start=b"HTTP/1.1 103 x") + b"HTTP/"])  # fmt: skip
def test_the_beginning_of_a_head_may_be_completed(data):
    """Also behind an interim answer."""
    assert may_be_completed(data)


@pytest.mark.parametrize("data", [b"220 mail ESMTP", b"HTTP/2", head(), START + b"x" * MAX_HEAD_BYTES])
def test_what_is_no_beginning_is_not_waited_for(data):
    """Other protocols, whole heads, and endless ones."""
    assert not may_be_completed(data)


def test_a_switch_of_protocols_is_no_interim_answer():
    """What follows a 101 is not HTTP."""
    switch = head(start=b"HTTP/1.1 101 Switching Protocols")
    assert drop_interim_answers(switch + b"x") == switch + b"x"


@given(st.lists(st.sampled_from([*b"\r\n :,\t\0aA5", *map(ord, "é")]), max_size=40), st.binary(max_size=20))
def test_nothing_is_mended_into_less_than_a_head(middle, body):
    """Whatever comes in, the body stays as it is, and what comes out has only whole fields."""
    mended = mend_head(START + b"\r\n" + bytes(middle) + b"\r\n\r\n" + body)
    if mended is not None:
        fields, _, rest = mended.partition(b"\r\n\r\n")
        assert rest.endswith(body)
        for line in fields.split(b"\r\n")[1:]:
            name, colon, _ = line.partition(b":")
            assert colon
            assert name
            assert not set(name) & set(b" \t\r\n\0,")
        assert mend_head(mended) is None
