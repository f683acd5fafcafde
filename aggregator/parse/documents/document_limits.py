"""How much a document may hold: more would cost far more memory or time than its bytes."""

import re

MAX_TAGS = 400_000
"""A document with more of them is refused: it would keep a processor busy for half a minute."""
MAX_ATTRIBUTES = 500
"""In one tag, namespaces included; of real feeds none has more than some twenty.

Their text costs XML parsers a hundred times its size in memory, and time that grows with their square.
"""

_CDATA = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_CROWDED_TAG = re.compile(
    rf"""<[A-Za-z_:](?: [^\s<>"']*+ (?: "[^"<]*+" | '[^'<]*+' | \s++ ) ){{{2 * MAX_ATTRIBUTES}}}""",
    re.VERBOSE,
)
"""An attribute is a space, a name and a value in quotes: two steps."""


def find_excess(text: str) -> str | None:
    """Return what a document without its prolog has too much of, None where nothing.

    HTML in CDATA sections does not count: there it is text.
    """
    is_large = text.count("<") > MAX_TAGS
    is_crowded = text.count("=") > MAX_ATTRIBUTES and _CROWDED_TAG.search(text) is not None
    if not is_large and not is_crowded:
        return None
    markup = _CDATA.sub("", text)
    if markup.count("<") > MAX_TAGS:
        return f"more than {MAX_TAGS} tags"
    return f"a tag with more than {MAX_ATTRIBUTES} attributes" if _CROWDED_TAG.search(markup) else None
