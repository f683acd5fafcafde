"""Texts of every language read well in a site of any: each block finds its own direction."""

import json
import re
from html import unescape

import pytest

from aggregator.publish.story_view import StoryView
from tests.builders import NOON, channel, example_article, rich_article
from tests.publish.rendering import render_topic

ARABIC = {
    "title": "الذكاء الاصطناعي يكتشف مذنبا",
    "excerpt": "أعلن علماء الفلك (اليوم) عن مذنب جديد: C/2026 X1.",
    "language": "ar",
}


def contents():
    """Yield the HTML of all items in each format: articles, and a story with others, related and more."""
    lead, *others = (rich_article(**ARABIC), *(example_article(number, **ARABIC) for number in (1, 2, 3)))
    story = StoryView(
        id=lead.id,
        lead=lead,
        others=tuple(others),
        related=(example_article(9),),
        publishers=3,
        published_at=NOON,
        news_at=NOON,
        updated_at=NOON,
    )
    files = render_topic(channel(), [lead, *others], [story], also_covered=2)
    for folder in ("ai", "ai/articles"):
        rss, atom = (files[f"{folder}/{name}"].decode() for name in ("rss.xml", "atom.xml"))
        items = json.loads(files[f"{folder}/feed.json"])["items"]
        reported = {
            "rss": [
                unescape(text)
                for text in re.findall(r"^ {6}<description>(.*)</description>", rss, re.MULTILINE)
            ],
            "atom": [unescape(text) for text in re.findall(r'<summary type="html">(.*)</summary>', atom)],
            "json": [item["content_html"] for item in items],
        }
        assert {len(found) for found in reported.values()} == {len(items)}
        yield from ((f"{folder} {name}", "".join(found)) for name, found in reported.items())


@pytest.mark.parametrize(("name", "html"), list(contents()))
def test_every_block_of_an_item_finds_its_direction(name, html):
    """Paragraphs, lists and their lines carry dir="auto", in every format."""
    blocks = re.findall(r"<(?:p|ul|li|div|h\d|blockquote)\b[^>]*>", html)
    assert len(blocks) > 3
    assert [block for block in blocks if ' dir="auto"' not in block] == []
    assert f'<p dir="auto">{ARABIC["excerpt"]}</p>' in html
    assert ("<li" in html) is not name.startswith("ai/articles")
