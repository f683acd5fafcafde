"""A small published tree."""

import os

CHANGED_AT = 1_700_000_000  # 2023-11-14 22:13:20 UTC, within a whole second
ITEM = "<item><title>Rain over the harbour – naïve übersetzt</title></item>\n"
FILES = {
    "index.html": "<!doctype html><title>Topics</title>" + "<p>Town news</p>" * 40,
    "opml.xml": "<opml version='2.0'>" + "<outline text='Town'/>" * 40 + "</opml>",
    "town/index.html": "<!doctype html><title>Town</title>",
    "town/rss.xml": "<rss version='2.0'>" + ITEM * 200 + "</rss>",
    "town/atom.xml": "<feed xmlns='http://www.w3.org/2005/Atom'>" + "<entry/>" * 100 + "</feed>",
    "town/feed.json": '{"items": [' + '"a", ' * 100 + '"b"]}',
    "town/other.json": "{}",
    "town/list.opml": "<opml/>",
    "town/plan.xml": "<plan/>",
    "town/note.txt": "A note",
    "assets/style.css": "body { color: black }\n" * 30,
    "assets/a map.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "assets/photo.jpg": "\x00\x01" * 500,
    "assets/photo.PNG": "png",
    "assets/photo.webp": "webp",
    "assets/blob": "what",
    "empty/readme.txt": "no index here",
    ".env": "SECRET=1",
    ".git/config": "[core]",
    "town/.rss.xml.unfinished": "half",
    "town/rss.xml.tmp": "half",
    "town/rss.xml~": "old",
}


def write_tree(parent):
    """Return a folder with the files of ``FILES``, all changed at ``CHANGED_AT``, beside a secret one."""
    folder = parent / "feeds"
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        os.utime(path, (CHANGED_AT, CHANGED_AT))
    (parent / "secret.txt").write_text("SECRET=2")
    return folder
