"""Properties that hold for any article at all, and for any moment and machine that renders it."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from aggregator.publish.feed_formats import ATOM as ATOM_FORMAT
from aggregator.publish.feed_formats import JSON_FEED, RSS
from aggregator.publish.record_json import render_record_json
from aggregator.publish.text_forms import format_line
from tests.builders import NAMES, channel, example_article, rich_article
from tests.publish.any_article import articles, texts
from tests.publish.rendering import render_feed, topic_files

ATOM = "{http://www.w3.org/2005/Atom}"


def _from_rss(one, shown):
    items = etree.fromstring(render_feed(RSS, one, shown)).findall("channel/item")
    return [tuple(item.findtext(name) for name in ("guid", "title", "link")) for item in items]


def _from_atom(one, shown):
    entries = etree.fromstring(render_feed(ATOM_FORMAT, one, shown)).findall(f"{ATOM}entry")
    return [
        (e.findtext(f"{ATOM}id"), e.findtext(f"{ATOM}title"), e.find(f"{ATOM}link").get("href"))
        for e in entries
    ]


def _from_json(one, shown):
    items = json.loads(render_feed(JSON_FEED, one, shown))["items"]
    return [(item["id"], item["title"], item["url"]) for item in items]


@given(st.lists(articles, max_size=4), texts)
def test_any_articles_read_back_the_same_in_every_format(shown, name):
    """Each format is well-formed and gives back the same ids, titles and links, each id once."""
    one = channel(name=name, description=name)
    found = _from_rss(one, shown)
    assert found == _from_atom(one, shown) == _from_json(one, shown)
    assert [key for key, _, _ in found] == list(dict.fromkeys(f"urn:uuid:{a.id}" for a in shown))
    for _, title, link in found:
        assert title
        assert link.isascii()
        assert link.startswith(("http://", "https://"))


@given(articles)
def test_any_title_reads_back(one):
    """A title that has anything to show comes back as it is shown."""
    title = _from_rss(channel(), [one])[0][1]
    assert title == (format_line(one.title) or title)


@given(articles)
def test_any_article_has_a_page_and_a_record(one):
    """The page holds one article and nothing active; the record is JSON without credentials."""
    page = html.fromstring(topic_files(channel(), [one])["ai/index.html"])
    assert len(page.xpath("//article")) == 1
    assert not page.xpath("//script | //iframe | //@*[starts-with(name(), 'on')]")
    record = render_record_json(one, topic_names=NAMES, locale="en-us")
    assert json.loads(json.dumps(record, ensure_ascii=False).encode()) == record


_DIGEST = "from tests.publish.test_any_article import digest; print(digest())"


def digest():
    """Return the fingerprint of the files of a topic with articles and of one without."""
    shown = [rich_article(), example_article(1), example_article(2, title="Größer")]
    files = {**topic_files(channel(), shown), **topic_files(channel("computer-vision"), [])}
    return hashlib.sha256(b"".join(files[name] for name in sorted(files))).hexdigest()


def test_the_same_state_gives_the_same_bytes_anywhere_and_any_time():
    """Neither the clock, nor the time zone, the locale, the hash seed or the process shows in the files."""
    here = digest()
    for zone, locale, seed in (("Asia/Tokyo", "C", "1"), ("America/New_York", "C.UTF-8", "2")):
        environ = {**os.environ, "TZ": zone, "LC_ALL": locale, "PYTHONHASHSEED": seed}
        run = subprocess.run(
            [sys.executable, "-c", _DIGEST], env=environ, capture_output=True, text=True, check=True,
            cwd=Path(__file__).parents[2],
        )  # fmt: skip
        assert run.stdout.strip() == here
