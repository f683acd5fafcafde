"""What is done to a document's text before an XML parser sees it.

The prolog is removed: empty lines, warnings of the publisher's software, and with the DOCTYPE every entity
declaration, so that none can expand or name a file. Characters that XML forbids are removed, entities of
HTML become characters, bare ampersands are escaped. A document that breaks off is closed after its last
whole entry.
"""

import re
from dataclasses import dataclass
from html import escape
from html.entities import html5

from aggregator.model import DocumentProblem
from aggregator.parse.documents.faults import BROKEN_OFF

MAX_ENTRIES = 10_000
"""More entries of one document are not read."""

_PROLOG_PIECE = re.compile(
    r"""\s+ | <\?.*?\?> | <!--.*?-->
    | <!DOCTYPE\b (?: [^\[<>"'] | "[^"]*" | '[^']*' )*+ (?: \[ .*? \] \s* )? >""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|<\?[^>]*+(?:>|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_ROOT = re.compile(r"<((?:[A-Za-z][\w.-]*:)?(?:rss|feed|RDF)|channel)(?=[\s/>])", re.IGNORECASE)
_PAGE = re.compile(r"<(?:!DOCTYPE\s+html|html|head|body)(?=[\s>])", re.IGNORECASE)
_ENTRY_START = re.compile(r"<(?:[A-Za-z][\w.-]*+:)?+(?:item|entry)(?=[\s>])", re.IGNORECASE)
_ENTRY_END = re.compile(r"</(?:[A-Za-z][\w.-]*+:)?+(?:item|entry)\s*>", re.IGNORECASE)
_EMPTY_ENTRY = re.compile(r"<(?:item|entry)\s*/>", re.IGNORECASE)
"""Some proxies put one into an entry, where a parser takes it for the next entry."""
_LABELS = re.compile(
    r"""<((?:[A-Za-z][\w.-]*+:)?+(?:category|subject|keywords|tags))(?=[\s/>]) [^<>]*+
    (?: (?<=/)> | > (?: [^<]*+ | <!\[CDATA\[ (?:(?!<!\[CDATA\[|\]\]>).)*+ \]\]> )*+ </\1\s*> )""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
"""Nobody reads them, and markup that is wrong within them would spoil what is read."""
_MEDIA = re.compile(r"<media:content\b[^<>]*(?<!/)>(?:(?!</?media:content\b).)++", re.DOTALL | re.IGNORECASE)
_CAPTION = re.compile(
    r"<media:(title|description|text)\b[^<>]*>(?:(?!</?media:).)*+</media:\1\s*>", re.DOTALL | re.IGNORECASE
)
"""Of a picture within an entry: feedparser takes the first one for what the entry says."""
_CHANNEL_END = re.compile(r"</channel\s*>", re.IGNORECASE)

_RSS_PREFIX = re.compile(r"(</?)rss:", re.IGNORECASE)
"""RSS has no namespace, but some software gives it one, and declares none."""

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CONTROLS = bytes(code for code in range(0x20) if chr(code) not in "\t\n\r")
_CDATA_OR_AMPERSAND = re.compile(
    r"""<!\[CDATA\[ [^\]]*+ (?: \](?!\]>) [^\]]*+ )*+ (?: \]\]> | \Z )
    | & (?! (?:amp|lt|gt|quot|apos); ) (?:
        \#[xX](?P<hex>[0-9a-fA-F]{1,8}); | \#(?P<decimal>[0-9]{1,8}); | (?P<name>[A-Za-z][A-Za-z0-9]{1,31};)
    )?""",
    re.VERBOSE | re.DOTALL,
)
_LOOSE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)")
_SURROGATES = re.compile(
    r"&#(?:x(d[89ab][0-9a-f]{2})|(55[2-9]\d\d|56[0-2]\d\d|563[01]\d));"
    r"&#(?:x(d[c-f][0-9a-f]{2})|(56[3-9]\d\d|57[0-2]\d\d|573[0-3]\d|5734[0-3]));",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Repaired:
    """A document's text from its root element on.

    ``root`` is that element's name as written; ``skipped_lines`` stood before it; ``problems`` say
    what had to be repaired.
    """

    text: str
    root: str
    skipped_lines: int = 0
    problems: tuple[DocumentProblem, ...] = ()


def repair_document(text: str) -> Repaired | None:
    """Return ``text`` in the best shape for an XML parser, None where it holds no feed.

    None also for an HTML page, whatever it mentions.
    """
    start = find_prolog_end(text)
    if "<rss:rss" in text or ("<rss:channel" in text and "xmlns:rss" not in text):
        text = _RSS_PREFIX.sub(r"\1", text)
    root = _ROOT.search(text, start)
    if root is None or is_page(_COMMENT.sub("", text[start : root.start()])):
        return None
    problems = ["text before the first element"] if text[start : root.start()].strip() else []
    body = _strip_noise(text[root.start() :], root[1])
    body, cut = _cut_document(body, root[1])
    if not _is_plain(body) and _FORBIDDEN.search(body):
        body = _FORBIDDEN.sub("", body)
        problems.append("characters that XML forbids")
    escaped = escape_ampersands(body)
    if len(escaped) != len(body):
        problems.append("bare ampersands, or entities that XML does not know")
    return Repaired(
        text=escaped,
        root=root[1],
        skipped_lines=text.count("\n", 0, root.start()),
        problems=(*map(DocumentProblem, problems), *cut),
    )


def is_page(text: str, end: int | None = None) -> bool:
    """Tell whether ``text`` is an HTML page, looking as far as ``end``."""
    return _PAGE.search(text, 0, len(text) if end is None else end) is not None


def find_head(repaired: Repaired) -> str:
    """Return what stands before the first entry."""
    first = _ENTRY_START.search(repaired.text)
    return repaired.text[: first.start()] if first else repaired.text


def split_entries(repaired: Repaired) -> tuple[str, list[str]]:
    """Return what stands before the first entry, and the entries one by one."""
    starts = [match.start() for match in _ENTRY_START.finditer(repaired.text)]
    if not starts:
        return repaired.text, []
    head = repaired.text[: starts[0]]
    ends = [*starts[1:], _find_last_entry_end(repaired.text)]
    entries = [repaired.text[start:end] for start, end in zip(starts, ends, strict=True)]
    return head, entries


def strip_head(head: str, root: str) -> str:
    """Return of what stands before the first entry only the tags that open the document."""
    return f"{head.partition('>')[0]}>{'<channel>' if root.lower() == 'rss' else ''}"


def write_closing_tags(kept: str, root: str) -> str:
    """Return the tags that close a document of which ``kept`` was kept."""
    has_open_channel = root.lower() == "rss" and not _CHANNEL_END.search(kept)
    return f"{'</channel>' if has_open_channel else ''}</{root}>"


def find_prolog_end(text: str) -> int:
    """Return where the prolog of a document ends: declarations, comments, the DOCTYPE with its entities."""
    end = 0
    while piece := _PROLOG_PIECE.match(text, end):
        end = piece.end()
    return end


def _strip_noise(body: str, root: str) -> str:
    body = _LABELS.sub("", _EMPTY_ENTRY.sub("", body))
    if "<media:description" in body and not root.lower().endswith("feed"):
        body = _MEDIA.sub(lambda media: _CAPTION.sub("", media[0]), body)
    return body


def _cut_document(body: str, root: str) -> tuple[str, list[DocumentProblem]]:
    """Return ``body`` up to the end of its root element, or closed after its last whole entry."""
    ends = [match.end() for match in _ENTRY_END.finditer(body)]
    if len(ends) > MAX_ENTRIES:
        kept = body[: ends[MAX_ENTRIES - 1]]
        return kept + write_closing_tags(kept, root), [
            DocumentProblem(f"{len(ends) - MAX_ENTRIES} entries too many, left out")
        ]
    last_end = ends[-1] if ends else 0
    if root_end := re.compile(rf"</{re.escape(root)}\s*>", re.IGNORECASE).search(body, last_end):
        return body[: root_end.end()], []
    broken = _ENTRY_START.search(body, last_end)
    kept = body[: broken.start()] if broken else body
    return kept + write_closing_tags(kept, root), [BROKEN_OFF]


def _find_last_entry_end(text: str) -> int:
    return max((match.end() for match in _ENTRY_END.finditer(text)), default=len(text))


def _is_plain(text: str) -> bool:
    """Tell whether a text is ASCII without forbidden controls, many times faster than the expression does."""
    return text.isascii() and len(text.encode().translate(None, _CONTROLS)) == len(text)


def escape_ampersands(text: str) -> str:
    """Return XML whose ampersands begin nothing but what XML knows: entities of HTML are characters."""
    if not _LOOSE_AMPERSAND.search(text):
        return text
    joined = _SURROGATES.sub(_join_surrogates, text) if "&#" in text else text
    return _CDATA_OR_AMPERSAND.sub(_escape_match, joined)


def _escape_match(match: re.Match[str]) -> str:
    if match[0].startswith("<"):
        return match[0]
    if name := match["name"]:
        return escape(html5[name]) if name in html5 else f"&amp;{name}"
    if digits := match["hex"] or match["decimal"]:
        code = int(digits, 16 if match["hex"] else 10)
        is_legal = code <= 0x10FFFF and not _FORBIDDEN.match(chr(code))
        return match[0] if is_legal else ""
    return "&amp;"


def _join_surrogates(match: re.Match[str]) -> str:
    """Return the character of two references to its halves, as software with UTF-16 strings writes them."""
    high = int(match[1], 16) if match[1] else int(match[2])
    low = int(match[3], 16) if match[3] else int(match[4])
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
