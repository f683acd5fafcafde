"""Publishers whose feeds keep every entry that they ever had: whoever asks late has missed nothing.

So what is stored can be compared with what was written, exactly, however long nobody asked.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from random import Random
from threading import Lock
from typing import NamedTuple

from tests.loopback import Answer, Loopback, Request

_WHO = ("Astronomers", "Nurses", "Farmers", "Engineers", "Teachers", "Sailors", "Bakers", "Pilots")
_DO = ("find", "praise", "repair", "measure", "explain", "protect", "study", "restore", "test", "doubt")
_WHAT = (
    "a new bridge", "the old harbour", "cheaper trains", "a rare comet", "solar roofs", "a vaccine",
    "a lost painting", "deep wells", "the ferry line", "wild bees", "quiet engines", "school meals",
)  # fmt: skip
XML = {"Content-Type": "application/rss+xml"}
HTML = {"Content-Type": "text/html; charset=utf-8"}


class Written(NamedTuple):
    """An entry: whose, and its number there; all publishers tell of the same event by the same number."""

    source: str
    number: int


class GrowingFeeds:
    """Publishers with a host each, below ``domain``, and a page for each entry.

    Whenever a feed is asked for, up to ``growth`` entries are added to it, by chance that follows from
    ``seed``, until it has ``most``. Where it ``hangs_up`` no connection is kept. A feed has a validator, so that what was lost once would never be sent again.
    """

    def __init__(
        self, server: Loopback, count: int, *, seed: int, domain: str = "localhost", growth: int = 3, most: int = 60
    ) -> None:  # fmt: skip
        self.names = tuple(f"paper-{number}" for number in range(count))
        self.growth, self.most = growth, most
        self.hangs_up = False
        self.asked = dict.fromkeys(self.names, 0)
        self._server, self._domain = server, domain
        self._rng, self._lock = Random(seed), Lock()
        self._dates: dict[str, list[str]] = {name: [] for name in self.names}
        for name in self.names:
            server.route(f"/{name}", lambda request, name=name: self._answer(name, request))

    @property
    def hosts(self) -> tuple[str, ...]:
        """The name of each publisher's host."""
        return tuple(f"{name}.{self._domain}" for name in self.names)

    @property
    def sources(self) -> list[dict[str, object]]:
        """The sources that poll the publishers, with the pages of every second one."""
        return [
            {"id": name, "url": self._server.at(host, f"/{name}"), "page": number % 2 == 1}
            for number, (name, host) in enumerate(zip(self.names, self.hosts, strict=True))
        ]

    def write(self, count: int = 1) -> None:
        """Add entries to each feed."""
        with self._lock:
            for name in self.names:
                self._add(name, count)

    def written(self) -> frozenset[Written]:
        """Return every entry that there is."""
        with self._lock:
            return frozenset(self._list())

    def address_of(self, one: Written) -> str:
        """Return where an entry's page is."""
        return self._server.at(f"{one.source}.{self._domain}", f"/{one.source}/{one.number}")

    def _list(self) -> Iterator[Written]:
        return (Written(name, number) for name in self.names for number in range(len(self._dates[name])))

    def _add(self, name: str, count: int) -> None:
        dates = self._dates[name]
        for number in range(len(dates), min(len(dates) + count, self.most)):
            page = f"<html><body><article><h1>{title_of(number)}</h1><p>{text_of(number)}</p></article></body></html>"
            self._server.route(f"/{name}/{number}", Answer(body=page.encode(), headers=HTML))
            dates.append(format_datetime(datetime.now(UTC)))

    def _answer(self, name: str, request: Request) -> Answer:
        with self._lock:
            self.asked[name] += 1
            self._add(name, self._rng.randint(0, self.growth))
            dates = list(self._dates[name])
        validator = f'"{len(dates)}"'
        headers = {
            "ETag": validator, "Date": format_datetime(datetime.now(UTC)),
            **({"Connection": "close"} if self.hangs_up else {}),
        }  # fmt: skip
        if request.headers.get("If-None-Match") == validator:
            return Answer(status=304, headers=headers)
        return Answer(body=self._render(name, dates), headers={**XML, **headers})

    def _render(self, name: str, dates: list[str]) -> bytes:
        items = "".join(
            f"<item><title>{title_of(number)}</title><link>{self.address_of(Written(name, number))}</link>"
            f'<guid isPermaLink="false">{name}-{number}</guid><pubDate>{date}</pubDate>'
            f"<author>a@{name}.example (Ann Lee)</author><description>{text_of(number)}</description>"
            f'<enclosure url="https://{name}.example/{number}.jpg" type="image/jpeg" length="1234"/></item>'
            for number, date in reversed(list(enumerate(dates)))
        )
        head = f"<title>The {name}</title><link>https://{name}.example/</link><language>en</language>"
        return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


def title_of(number: int) -> str:
    """Return the title of the entries with a number."""
    who, do, what = _WHO[number % 8], _DO[number // 8 % 10], _WHAT[number * 7 % 12]
    return f"{who} {do} {what} with machine learning, part {number}"


def text_of(number: int) -> str:
    """Return what the entries with a number say."""
    return (
        f"{title_of(number)}: so much is known of it that it takes a whole line and a half to be told, and "
        f"nobody had seen anything like it for {number % 90 + 10} years."
    )
