"""Items as RSS and Atom documents have them, written as text.

feedgen makes some thirty elements of each item, checks every value against lists of names, and sets the
locale of the process three times for a date. All that an item says is clean by then: what is to be known of
XML is how its texts are escaped.
"""

import re
from collections.abc import Iterator
from email.utils import format_datetime
from xml.sax.saxutils import escape

from aggregator.model import Image
from aggregator.publish.item import Item

_UNUSUAL = re.compile("[\0-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What XML does not know, or is written as a reference: feedgen decides what becomes of it."""
_FIRST_YEAR = 1000
"""Years before it are written with fewer digits by some systems."""


def write_rss_item(item: Item) -> bytes | None:
    """Return an item as an RSS 2.0 document has it, None: it is left to feedgen."""
    if not _is_usual(item):
        return None
    text = "".join((
        "    <item>\n",
        f"      <title>{escape(item.title)}</title>\n",
        f"      <link>{escape(item.url)}</link>\n",
        f"      <description>{escape(item.content_html)}</description>\n",
        f'      <guid isPermaLink="false">{escape(item.id)}</guid>\n',
        *(f"      <category>{escape(name)}</category>\n" for _, name in item.topics),
        f"      <pubDate>{format_datetime(item.published_at)}</pubDate>\n",
        f'      <source url="{_quote(item.origin.url)}">{escape(item.origin.name)}</source>\n',
        *(f"      <dc:creator>{escape(name)}</dc:creator>\n" for name in item.bylines),
        *(_write_media(item.image, "      ") if item.image else ()),
        "    </item>\n",
    ))  # fmt: skip
    return _encode(text)


def write_atom_entry(item: Item, language: str | None) -> bytes | None:
    """Return an item as an Atom 1.0 document has it, None: it is left to feedgen.

    ``language`` is the item's, None where that is the document's.
    """
    if not _is_usual(item):
        return None
    text = "".join((
        f'  <entry xml:lang="{_quote(language)}">\n' if language else "  <entry>\n",
        f"    <id>{escape(item.id)}</id>\n",
        f"    <title>{escape(item.title)}</title>\n",
        f"    <updated>{item.updated_at.isoformat()}</updated>\n",
        *(f"    <author>\n      <name>{escape(name)}</name>\n    </author>\n" for name in item.bylines),
        f'    <link href="{_quote(item.url)}"/>\n',
        f'    <summary type="html">{escape(item.content_html)}</summary>\n',
        *(f'    <category term="{_quote(id_)}" label="{_quote(name)}"/>\n' for id_, name in item.topics),
        f"    <published>{item.published_at.isoformat()}</published>\n",
        *_write_links(item),
        *_write_source(item),
        *(_write_media(item.image, "    ") if item.image else ()),
        "  </entry>\n",
    ))  # fmt: skip
    return _encode(text)


def _is_usual(item: Item) -> bool:
    """Tell whether an item has all that feedgen asks for, and no file, whose place differs by its kind."""
    needed = (item.id, item.title, item.url, item.content_html, item.origin.name, item.origin.url)
    is_whole = all(needed) and all(item.bylines) and all(map(all, item.topics))
    return is_whole and not item.enclosures and item.published_at.year >= _FIRST_YEAR


def _write_links(item: Item) -> Iterator[str]:
    for other in item.story.all_others if item.story else ():
        yield f'    <link rel="related" href="{_quote(other.url)}" title="{_quote(other.title)}"/>\n'
    if item.amp_url:
        yield f'    <link rel="amphtml" href="{_quote(item.amp_url)}"/>\n'


def _write_source(item: Item) -> Iterator[str]:
    origin = item.origin
    yield f"    <source>\n      <id>{escape(origin.id)}</id>\n"
    yield f"      <title>{escape(origin.name)}</title>\n"
    yield f"      <updated>{item.updated_at.isoformat()}</updated>\n"
    yield f'      <link rel="alternate" href="{_quote(origin.url)}"/>\n'
    if origin.logo:
        yield f"      <logo>{escape(origin.logo)}</logo>\n"
    yield "    </source>\n"


def _write_media(image: Image, indent: str) -> Iterator[str]:
    sides = (("width", image.width), ("height", image.height))
    size = "".join(f' {name}="{side}"' for name, side in sides if side is not None)
    url = _quote(image.url)
    content = f'{indent}<media:content url="{url}" medium="image"{size}'
    if image.title or image.attribution:
        yield f"{content}>\n"
        if image.title:
            yield f'{indent}  <media:title type="plain">{escape(image.title)}</media:title>\n'
        if image.attribution:
            yield f"{indent}  <media:credit>{escape(image.attribution)}</media:credit>\n"
        yield f"{indent}</media:content>\n"
    else:
        yield f"{content}/>\n"
    yield f'{indent}<media:thumbnail url="{url}"{size}/>\n'


def _encode(text: str) -> bytes | None:
    """Return the text of an item as bytes, None where any of it is unusual."""
    is_plain = text.replace("\n", "").isprintable()  # as most are, and this is quick to see
    return text.encode() if is_plain or not _UNUSUAL.search(text) else None


def _quote(text: str) -> str:
    return escape(text, {'"': "&quot;", "\n": "&#10;"})
