"""Titles that are about markup, wherever articles are published."""

import json

import pytest
from lxml import etree, html

from aggregator.publish.feed_formats import ATOM as ATOM_FORMAT
from aggregator.publish.feed_formats import JSON_FEED, RSS
from aggregator.publish.record_json import render_record_json
from tests.builders import NAMES, channel, example_article
from tests.publish.rendering import render_feed, topic_files

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.mark.parametrize(
    "title",
    [
        "The <dialog> element and <b> in HTML",
        "if a<b and c>d then",
        "<script> tags considered harmful",
        "Why ]]> ends & <!-- begins",
        "List<String> and <img src=x onerror=alert(1)>",
        "</title><script>alert(1)</script>",
    ],
)
def test_a_title_about_tags_is_text_everywhere(title):
    """Each format is well-formed, gives the title back whole, and holds nothing that runs."""
    one, shown = example_article(title=title), channel()
    assert etree.fromstring(render_feed(RSS, shown, [one])).findtext("channel/item/title") == title
    assert (
        etree.fromstring(render_feed(ATOM_FORMAT, shown, [one])).findtext(f"{ATOM}entry/{ATOM}title") == title
    )
    assert json.loads(render_feed(JSON_FEED, shown, [one]))["items"][0]["title"] == title
    assert render_record_json(one, topic_names=NAMES, locale="en-us")["title"] == title
    page = html.fromstring(topic_files(shown, [one])["ai/index.html"])
    assert title in page.xpath("string(//article)")
    assert not page.xpath("//script | //article//dialog | //article//b | //@*[starts-with(name(), 'on')]")
