"""Who writes, where a text begins with that in capitals: "OTTO BRANDIS: ...", "OTTO BRANDIS on ...".

It tells nothing of what happened, nor does what else stands so: "BREAKING NEWS: ...", "FULL TEXT: ...".
"""

import re

_CAPITALS = r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'’.-]*"
_BYLINE = re.compile(rf"{_CAPITALS}(?: {_CAPITALS})+(?:\s*:|\s+on\b|\s*(?:\.\.\.|…))")


def leave_out_byline(text: str) -> str:
    """Return a text without several words in capitals before a colon, "on" or three dots at its beginning.

    A text that is all in capitals is left as it is.
    """
    found = _BYLINE.match(text)
    return text if found is None or text.isupper() else text[found.end() :]
