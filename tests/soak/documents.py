"""The documents that publishers serve: RSS, Atom and JSON Feed, with their entries as they stand at a time. Pure."""

import json
import math
from email.utils import format_datetime

from tests.soak.clock import date_of
from tests.soak.publishers import Publisher

MEDIA_TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}
LOGIN_PAGE = b"""<!doctype html><html lang="en"><head><title>Sign in</title></head><body>
<form method="post" action="/login"><input name="user"><input name="password" type="password"></form>
</body></html>"""

_WHO = (
    "Astronomers", "Nurses", "Farmers", "Engineers", "Teachers", "Ministers", "Sailors", "Bakers", "Pilots",
    "Judges", "Miners", "Painters", "Players", "Reporters", "Students", "Surgeons", "Tailors", "Voters",
    "Weavers", "Writers", "Brewers", "Divers", "Drivers", "Gardeners",
)  # fmt: skip
_DO = (
    "find", "praise", "reject", "repair", "measure", "welcome", "deny", "explain", "doubt", "discuss",
    "protect", "delay", "finish", "oppose", "prepare", "question", "replace", "restore", "study", "support",
    "test", "trust", "watch", "warn of",
)  # fmt: skip
_WHAT = (
    "a new bridge", "machine learning", "the old harbour", "cheaper trains", "a rare comet", "the budget",
    "solar roofs", "a vaccine", "neural networks", "longer holidays", "the strike", "a lost painting",
    "deep wells", "the ferry line", "chatbots", "wild bees", "a language model", "the new law",
    "quiet engines", "a dry summer", "robot surgery", "school meals", "the eclipse", "tiny homes",
)  # fmt: skip
_MANY = len(_WHO)


def document_of(publisher: Publisher, now_s: float) -> bytes:
    """Return the document as it is now, the newest entry first."""
    numbers = list(reversed(publisher.shown(now_s)))
    return _RENDERED[publisher.format](publisher, numbers, now_s)


def mark_of(source: int, number: int) -> str:
    """Return what an entry's id ends with, and its link: a mark that no other entry has."""
    return f"/{source}/entry/{number}"


def title_of(source: int, number: int) -> str:
    """Return the title of an entry; none of the next thousands of the same source has the same."""
    n = (number * 7919 + source * 911) % _MANY**3
    return f"{_WHO[n % _MANY]} {_DO[n // _MANY % _MANY]} {_WHAT[n // _MANY**2]}"


def _said(publisher: Publisher, number: int, now_s: float) -> tuple[str, str]:
    """Return title and text of an entry."""
    title = title_of(publisher.number, number)
    is_edited = publisher.edits.get(number, math.inf) <= now_s
    text = (
        f"{title}, it was said on day {number}: nobody had seen anything like it for {number % 90 + 10} years, "
        f"and those who were there agree that it will not have been the last time."
    )
    return (f"{title}, after all", f"Corrected. {text}") if is_edited else (title, text)


def _rss(publisher: Publisher, numbers: list[int], now_s: float) -> bytes:
    site, items = _site(publisher), []
    for number in numbers:
        title, text = _said(publisher, number, now_s)
        mark = mark_of(publisher.number, number)
        link = f"<link>{site}{mark}</link>" if publisher.marks != "id" else ""
        guid = f'<guid isPermaLink="false">tag:{mark}</guid>' if publisher.marks != "link" else ""
        date = format_datetime(date_of(publisher.times[number]))
        items.append(
            f"<item><title>{title}</title>{link}{guid}<pubDate>{date}</pubDate>"
            f"<description>&lt;p&gt;{text}&lt;/p&gt;</description></item>"
        )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{_name(publisher)}</title>'
        f"<link>{site}/</link><description>News</description><language>en</language>"
        f"{''.join(items)}</channel></rss>"
    ).encode()


def _atom(publisher: Publisher, numbers: list[int], now_s: float) -> bytes:
    site, entries = _site(publisher), []
    for number in numbers:
        title, text = _said(publisher, number, now_s)
        mark = mark_of(publisher.number, number)
        link = f'<link href="{site}{mark}"/>' if publisher.marks != "id" else ""
        entry_id = f"<id>tag:{mark}</id>" if publisher.marks != "link" else ""
        date = date_of(publisher.times[number]).isoformat()
        entries.append(
            f"<entry><title>{title}</title>{link}{entry_id}<published>{date}</published>"
            f"<updated>{date}</updated><author><name>Ann Lee</name></author>"
            f'<summary type="text">{text}</summary></entry>'
        )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">'
        f"<title>{_name(publisher)}</title><id>{site}/feed</id>"
        f'<link href="{site}/"/>{"".join(entries)}</feed>'
    ).encode()


def _json(publisher: Publisher, numbers: list[int], now_s: float) -> bytes:
    site, items = _site(publisher), []
    for number in numbers:
        title, text = _said(publisher, number, now_s)
        mark = mark_of(publisher.number, number)
        items.append({
            "title": title,
            "content_text": text,
            "date_published": date_of(publisher.times[number]).isoformat(),
            **({"url": f"{site}{mark}"} if publisher.marks != "id" else {}),
            **({"id": f"tag:{mark}"} if publisher.marks != "link" else {}),
        })  # fmt: skip
    head = {"version": "https://jsonfeed.org/version/1.1", "title": _name(publisher), "language": "en"}
    return json.dumps({**head, "home_page_url": f"{site}/", "items": items}).encode()


def _site(publisher: Publisher) -> str:
    return f"https://daily-{publisher.number}.example"


def _name(publisher: Publisher) -> str:
    return f"The Daily {publisher.number}"


_RENDERED = {"rss": _rss, "atom": _atom, "json": _json}
