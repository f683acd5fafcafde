"""The documents that are polled: RSS of 30 entries, about 39 KB, each source with its own."""

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache

ENTRIES = 30
NEW_ENTRIES = 2
"""Entries that a changed document begins with, in place of its oldest."""

_STARTED_AT = datetime(2026, 9, 1, 12, tzinfo=UTC)
_SYLLABLES = ("ba", "co", "di", "fu", "ge", "ha", "jo", "ki", "lu", "me", "no", "pa", "ri", "so", "tu", "ve")
_ENTRY = """
<item>
<title>{title}</title>
<link>https://news-{source}.example/2026/{number}-{slug}/?utm_source=rss&amp;utm_medium=feed</link>
<dc:creator><![CDATA[{author}]]></dc:creator>
<pubDate>{date}</pubDate>
<category><![CDATA[{label}]]></category>
<guid isPermaLink="false">https://news-{source}.example/?p={number}</guid>
<description><![CDATA[<p>{summary}</p>]]></description>
<content:encoded><![CDATA[<p>{first}</p>
<figure><img src="https://news-{source}.example/pictures/{number}.jpg" width="1200" height="675" alt="{label}"/></figure>
<p>{second} <a href="https://news-{source}.example/about/">{label}</a></p>]]></content:encoded>
</item>"""
_DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
<title>News {source}</title>
<atom:link href="https://news-{source}.example/feed/" rel="self" type="application/rss+xml"/>
<link>https://news-{source}.example/</link>
<description>What happens in place {source}</description>
<lastBuildDate>{date}</lastBuildDate>
<language>en-US</language>{entries}
</channel>
</rss>
"""


def document(source: int, version: int) -> bytes:
    """Return the document of a source; each version begins with ``NEW_ENTRIES`` that the one before lacks."""
    newest = ENTRIES + version * NEW_ENTRIES
    entries = "".join(_entry(source, number) for number in range(newest, newest - ENTRIES, -1))
    return _DOCUMENT.format(source=source, date=_date(newest), entries=entries).encode()


def _entry(source: int, number: int) -> str:
    chance = random.Random(source * 1_000_003 + number)
    title = _text(chance, 9)
    return _ENTRY.format(
        source=source,
        number=number,
        title=title,
        slug=title.lower().replace(" ", "-"),
        author=_text(chance, 2),
        date=_date(number),
        label=_text(chance, 1),
        summary=_text(chance, 30),
        first=_text(chance, 50),
        second=_text(chance, 20),
    )


def _date(number: int) -> str:
    return format_datetime(_STARTED_AT + number * timedelta(hours=7))


def _text(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(_words(), k=words)).capitalize()


@cache
def _words() -> tuple[str, ...]:
    chance = random.Random(1)
    return tuple("".join(chance.choices(_SYLLABLES, k=chance.randint(1, 4))) for _ in range(4_000))
