"""Lists of feeds as OPML: what is read of anybody's files, and what comes back of our own."""

import pytest

from aggregator.config.edits.opml import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_OUTLINES,
    FeedFolder,
    ListedFeed,
    OpmlError,
    read_opml,
    write_opml,
)

FEED = '<outline type="rss" text="Daily" xmlUrl="https://daily.example/feed"/>'


def opml(body, head='<?xml version="1.0" encoding="UTF-8"?>\n'):
    return f'{head}<opml version="2.0"><head><title>x</title></head><body>{body}</body></opml>'


def names(feeds):
    return [(feed.name, [folder.name for folder in feed.folders]) for feed in feeds]


def test_feeds_are_read_with_their_folders():
    """Nested folders stand with a feed from the outside in; what is neither feed nor folder is passed over."""
    text = opml(
        f'<outline text="Nature"><outline title="Volcanoes">{FEED}<outline text=" Two\n lines " htmlurl="https://t.example/"'
        f' XMLURL=" feed://two.example/rss "/></outline><outline text=""/></outline>{FEED}'
    )
    feeds = read_opml(text.encode())
    assert names(feeds) == [
        ("Daily", ["Nature", "Volcanoes"]), ("Two lines", ["Nature", "Volcanoes"]), ("Daily", [])
    ]  # fmt: skip
    assert (feeds[1].url, feeds[1].site_url) == ("feed://two.example/rss", "https://t.example/")


@pytest.mark.parametrize(
    "body",
    [
        opml('<outline text="Q&A & café" xmlUrl="https://q.example/?a=1&b=2"/>').encode(),
        opml('<outline text="Q&amp;A &amp; caf&eacute;" xmlUrl="https://q.example/?a=1&amp;b=2"/>').encode(),
        opml('<outline text="Q&amp;A &amp; café" xmlUrl="https://q.example/?a=1&amp;b=2"/>', "").encode("utf-16"),
        opml(
            '<outline text="Q&amp;A &amp; café" xmlUrl="https://q.example/?a=1&amp;b=2"/>',
            '<?xml version="1.0" encoding="windows-1252"?>',
        ).encode("cp1252"),
        b"\xef\xbb\xbf" + opml('<outline text="Q&amp;A &amp; caf\u00e9\x01" xmlUrl="https://q.example/?a=1&amp;b=2"/>').encode(),
    ],
)  # fmt: skip
def test_what_exporters_write_wrongly_is_read(body):
    """Bare ampersands, names of HTML, other encodings, a mark of byte order, control characters."""
    (feed,) = read_opml(body)
    assert feed.name in {"Q&A & café", "Q&A & caf&eacute;"}
    assert feed.url == "https://q.example/?a=1&b=2"


LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(10))


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "not well-formed XML"),
        (b"<opml><body>", "not well-formed XML"),
        (b"<rss/>", "its first element is <rss>"),
        (f'<!DOCTYPE opml [<!ENTITY l0 "ha">{LAUGHS}]><opml>&l9;</opml>'.encode(), "declares entities"),
        (b'<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml>&x;</opml>', "declares entities"),
        (opml("<outline text='a'>" * (MAX_DEPTH + 1)).encode(), "nested deeper"),
        (opml(FEED * (MAX_OUTLINES + 1)).encode(), "outlines: split the file"),
        (b" " * (MAX_BYTES + 1), "larger than"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_hostile_or_no_list_is_refused(body, why):
    """The error says what is wrong with it, and nothing is resolved, fetched or blown up."""
    with pytest.raises(OpmlError, match=why):
        read_opml(body)


def test_a_document_type_alone_is_no_harm():
    """Some exporters write one; no external part of it is read."""
    text = opml(FEED, '<!DOCTYPE opml SYSTEM "http://127.0.0.1:9/opml.dtd">')
    assert len(read_opml(text.encode())) == 1


def test_what_is_written_is_read_again():
    """Folders, ids and names come back whatever signs are in them; a feed without a name stays without."""
    nature = FeedFolder(name='Na<tu>re & "more"', topic_id="nature")
    fire = FeedFolder(name="Fire", topic_id="fire")
    feeds = (
        ListedFeed(url="https://a.example/?x=1&y=<2>", name="A\u2028 'a'", folders=(nature, fire), source_id="a", assigns=True),
        ListedFeed(url="https://a.example/?x=1&y=<2>", name="A\u2028 'a'", folders=(nature,), source_id="a", assigns=True),
        ListedFeed(url="https://b.example/", source_id="b", is_sitemap=True),
    )  # fmt: skip
    read = read_opml(write_opml("Feeds & more", feeds).encode())
    assert [(f.url, f.folders, f.source_id, f.assigns) for f in read] == [
        (f.url, f.folders, f.source_id, f.assigns) for f in feeds
    ]
    assert [f.is_sitemap for f in read] == [False, False, True]
    assert [f.name for f in read] == ["A 'a'", "A 'a'", None]
