"""Values as YAML on one line, for files that nobody reads but this program."""

import json
import re

_NOT_PLAIN = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""What JSON leaves as it is, and YAML takes for a line's end, or does not take."""


def dump_value(value: object) -> str:
    """Return lists, mappings, texts and numbers as YAML: as JSON whose other signs stand as they are.

    JSON writes what is beyond U+FFFF as two halves, which YAML does not take.
    """
    text = json.dumps(value, ensure_ascii=False)
    return _NOT_PLAIN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
