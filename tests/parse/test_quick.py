"""Entries that are read without feedparser are the same as with it, in every document and edit of it.

``AGGREGATOR_EDITS=100000 AGGREGATOR_DOCUMENTS=FOLDER pytest tests/parse/test_quick.py`` tries that many edits
of the documents in a folder instead.
"""

import os
from pathlib import Path
from random import Random

import pytest

from aggregator.errors import ParseError
from aggregator.parse.cut import cut_document
from aggregator.parse.encoding import decode_document
from aggregator.parse.feed import parse_feed
from aggregator.parse.quick import read_quickly
from aggregator.parse.repair import has_too_many_tags, repair_document
from tests.parse.edits import edited

URL = "https://site.example/feed.xml"
FOLDER = Path(os.environ.get("AGGREGATOR_DOCUMENTS", Path(__file__).with_name("cases")))
EDITS = int(os.environ.get("AGGREGATOR_EDITS", "600"))
LONGEST_BYTES = 150_000
DOCUMENTS = [
    document
    for path in sorted(FOLDER.rglob("*"))
    if path.is_file() and ".expected" not in path.name
    for document in [path.read_bytes()]
    if len(document) <= LONGEST_BYTES
]


def both(document):
    """Return what a document is read as with and without the quick way; twice None where it is no feed."""
    repaired = repair_document(decode_document(document, None)[0].lstrip("\ufeff\0"))
    if repaired is None or has_too_many_tags(repaired):
        return None, None
    return tuple(read(repaired, may_be_quick=quick) for quick in (True, False))


def read(repaired, *, may_be_quick):
    """Return the feed, or the reason why it is none."""
    try:
        return parse_feed(repaired, url=URL, may_be_quick=may_be_quick)
    except ParseError as error:
        return str(error)
    except Exception as error:  # what feedparser stumbles over, it stumbles over both ways
        return type(error)


@pytest.mark.parametrize("document", DOCUMENTS, ids=range(len(DOCUMENTS)))
def test_a_document_is_read_the_same(document):
    """Feed and entries are equal, field by field."""
    quick, slow = both(document)
    assert quick == slow


def test_edited_documents_are_read_the_same():
    """Whatever is cut, doubled, swapped, spoilt or put in between."""
    chance = Random(EDITS)
    for _ in range(EDITS):
        document = edited(chance.choice(DOCUMENTS), DOCUMENTS, chance)
        quick, slow = both(document)
        assert quick == slow, document


def test_most_of_a_clean_document_is_read_quickly():
    """The quick way is taken at all: it would be equal, too, if it never were."""
    item = "<item><title>T {0}</title><link>https://site.example/{0}</link><guid>{0}</guid></item>"
    items = "".join(map(item.format, range(5))) + "<item><title><b>bold</b></title></item>"
    document = f'<rss version="2.0"><channel><title>F</title>{items}</channel></rss>'
    cut = cut_document(document.encode())
    taken = read_quickly(cut, is_atom=False, language=None)
    assert [entry is not None for entry in taken] == [True] * 5 + [False]
    assert [entry["title"] for entry in taken[:5]] == [f"T {number}" for number in range(5)]


@pytest.mark.parametrize(
    "head",
    [
        b"<title><textInput><title>x</title></textInput>F</title>",
        b"<item><title>A</title><description>a<title>T</title></description></item>",
        b"<item><title>A</title><description><title>T</title>a</description></item>",
    ],
)
def test_what_follows_an_odd_element_is_read_the_same(head):
    """feedparser takes what follows some elements otherwise: not even clean entries are then read quickly."""
    item = b"<item><title>T</title><description><![CDATA[a <b>b</b>]]></description></item>"
    quick, slow = both(b'<rss version="2.0"><channel>' + head + 4 * item + b"</channel></rss>")
    assert quick == slow
    assert len(quick.entries) >= 4
