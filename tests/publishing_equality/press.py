"""Publishers on loopback whose feeds change whenever they are asked for."""

from io import BytesIO
from random import Random
from threading import Lock

from PIL import Image as Pillow

from tests.integration.site import ago, rss
from tests.loopback import Answer, Loopback, Request

NAMES = ("alba", "borealis", "corona", "dorado")
EVENTS = (
    "Machine learning finds comet above Kestrelholm",
    "Machine learning beats chess club of Port Alder",
    "Artificial intelligence steers Skerry ferry",
    "Artificial intelligence reads Brightpath songbooks",
)
SHOWN = 12
"""Entries that a feed shows."""
XML = {"Content-Type": "application/rss+xml"}
HTML = {"Content-Type": "text/html; charset=utf-8"}
_MEDIA = (b'version="2.0"', b'version="2.0" xmlns:media="http://search.yahoo.com/mrss/"')


class Press:
    """Publishers with a feed each: new entries, edits and withdrawals until it ``is_quiet``."""

    def __init__(self, server: Loopback, seed: int) -> None:
        self._server = server
        self._rng = Random(seed)
        self._lock = Lock()
        self._items: dict[str, list[tuple[int, str, str]]] = {name: [] for name in NAMES}
        self._count = 0
        self.is_quiet = False
        for name in NAMES:
            server.route(f"/{name}.xml", self._answer_feed)
        for number in range(5):
            server.route(f"/{number}.png", Answer(body=_draw(number), headers={"Content-Type": "image/png"}))
        server.route("/favicon.ico", Answer(body=_draw(9), headers={"Content-Type": "image/png"}))

    @property
    def sources(self) -> list[dict[str, object]]:
        """The sources that poll the publishers."""
        return [
            {"id": name, "url": self._server.at(f"{name}.localhost", f"/{name}.xml"), "page": name != "alba"}
            for name in NAMES
        ]

    def _answer_feed(self, request: Request) -> Answer:
        name = request.path.strip("/").removesuffix(".xml")
        with self._lock:
            if not self.is_quiet:
                self._go_on(name)
            body = rss(*(self._write_item(name, *item) for item in self._items[name]), title=name.title())
        return Answer(body=body.replace(*_MEDIA), headers=XML)

    def _go_on(self, name: str) -> None:
        """Add some entries of a publisher, edit one, withdraw one."""
        items, rng = self._items[name], self._rng
        for _ in range(rng.randint(0, 3)):
            self._count += 1
            items.insert(0, (self._count, f"{rng.choice(EVENTS)} {rng.choice(('', 'again', name))}", ago()))
        del items[SHOWN:]
        if items and rng.random() < 0.5:
            place = rng.randrange(len(items))
            number, title, date = items[place]
            items[place] = (number, f"{title} and more", date)
        if len(items) > 3 and rng.random() < 0.2:
            del items[rng.randrange(len(items))]

    def _write_item(self, name: str, number: int, title: str, date: str) -> str:
        host = f"{name}.localhost"
        path = f"/{name}/{number}"
        page = f'<html><head><link rel="canonical" href="{self._server.at(host, path)}"></head></html>'
        self._server.route(path, Answer(body=page.encode(), headers=HTML))
        picture = self._server.at(host, f"/{number % 5}.png?{number % 40}")
        return (
            f"<title>{title}</title><link>{self._server.at(host, path)}</link><guid>{name}-{number}</guid>"
            f"<pubDate>{date}</pubDate><description>{title}: so much is known of it that it takes a whole "
            f"line and a half to be told, number {number}.</description>"
            f'<media:content url="{picture}" medium="image"/>'
        )


def _draw(shade: int) -> bytes:
    picture = Pillow.new("RGB", (300 + shade, 200), (shade * 20, 80, 160))
    picture.paste((250, 250, 0), (0, 0, 150, 100))
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
