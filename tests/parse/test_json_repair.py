"""JSON Feeds that are not well-formed: what can be read is read, what was mended is told."""

import pytest

from aggregator.errors import ParseError
from aggregator.parse.documents.jsonfeed import parse_json

HEAD = '{"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": ['


def item(number, more=""):
    """One item of a feed, as a template writes it."""
    return f'{{"id": "{number}", "title": "Bridge {number} opens"{more}}}'


def titles(document):
    """The titles that are read, after making sure that something is told."""
    feed = parse_json(document, url="https://news.example/feed.json")
    assert feed.problems[0].text.startswith("not well-formed JSON: ")
    assert feed.title == "News"
    return [entry.title for entry in feed.entries]


PARTS = ', "attachments": [{"url": "https://news.example/a", "mime_type": "a"b"}, {"url": "https://news.example/c"}]'


@pytest.mark.parametrize(
    ("document", "read"),
    [
        (f"{HEAD}{item(1)}, {item(2, ', ')}, ], }}", [1, 2]),
        (f"{HEAD}{item(1)}\n{item(2)}]}}", [1, 2]),
        (f"{HEAD}{item(1)}, {item(2)}]}}<!-- cached -->", [1, 2]),
        (f'{HEAD}{item(1)}, {item(2)}, {{"id": "3", "title": "Bri', [1, 2]),
        (f'{HEAD}{item(1)}, {item(2)}, {{"id": "3", "title": "Bri\\', [1, 2]),
        (f"""{HEAD}{item(1)}, {item(2, ', "summary": "He said "no" to it"')}, {item(3)}]}}""", [1, 3]),
        (f"{HEAD}{item(1)}, {item(2, PARTS)}, {item(3)}]}}", [1, 3]),
    ],
    ids=["commas", "no-comma", "text-after", "cut", "cut-escape", "quotes", "quotes-in-a-part"],
)
def test_whole_items_are_read(document, read):
    """What is broken in or behind some items does not lose the others."""
    assert titles(document) == [f"Bridge {number} opens" for number in read]


def test_backslashes_that_escape_nothing_stand_for_themselves():
    """An escaped apostrophe is one; the rest of the text keeps what it says."""
    more = r''', "content_text": "It\'s in C:\dir, \u12 and \u00e9, [1,] \"quoted\""'''
    feed = parse_json(f"{HEAD}{item(1, more)}]}}", url="")
    assert feed.entries[0].content_html == 'It\'s in C:\\dir, \\u12 and é, [1,] "quoted"'


@pytest.mark.parametrize(
    "document", [f'{HEAD}{{"id": "1", "ti', '{"items": 5, ]', '{"title": "x"', f"{HEAD}]"]
)
def test_without_a_whole_item_the_document_is_refused(document):
    """The error says where the document is no JSON."""
    with pytest.raises(ParseError, match="not well-formed JSON"):
        parse_json(document, url="https://news.example/feed.json")


@pytest.mark.parametrize(
    ("hostile", "read"),
    [
        ('\\"' * 400_000, 0),
        ('{"a": "' * 100_000, 0),
        ('{"id": "1", "title": "A",}, ' * 10_000 + '{"a": nope}, ' * 40_000, 10_000),
        (" ,\n" * 300_000, 0),
        ("}," + " " * 400_000 + "{", 0),
    ],
    ids=["quotes", "open", "broken-items", "commas", "spaces"],
)
def test_hostile_documents_are_read_in_one_go(hostile, read):
    """Nothing is looked at again and again: a document that asks for it would hold up the suite for hours."""
    if read:
        assert len(titles(HEAD + hostile)) == read
        return
    with pytest.raises(ParseError, match="not well-formed JSON"):
        parse_json(HEAD + hostile, url="https://news.example/feed.json")
