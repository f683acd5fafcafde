"""Files that stand under another name than the one that is read."""

import difflib
import re
from collections.abc import Collection

_ENDINGS = re.compile(r"(?:\.(?:ya?ml|json|toml|conf|txt))+$")
_LIKENESS = 0.85
"""``setting`` and ``settigns`` are as like as that, ``settings-old`` is not."""


def find_misnamed(name: str, there: Collection[str], read: Collection[str]) -> str | None:
    """Return which of the files that are ``there`` is likely meant for ``name``, None where none is.

    ``read`` are the names of all files that are read, of which ``name`` is one. The names are compared
    without their ending, in any case: ``settings.yml`` and ``Setting.yaml.txt`` are meant for
    ``settings.yaml``, ``settings.yaml.bak`` and hidden files are not.
    """
    wanted = _strip_suffix(name)
    others = [_strip_suffix(other) for other in read]
    likeness = {
        other: difflib.SequenceMatcher(None, _strip_suffix(other), wanted).ratio()
        for other in there
        if other not in read
        and difflib.get_close_matches(_strip_suffix(other), others, n=1, cutoff=_LIKENESS) == [wanted]
    }
    return max(sorted(likeness), key=likeness.__getitem__, default=None)


def _strip_suffix(name: str) -> str:
    return _ENDINGS.sub("", name.casefold())
