"""Where the files of the published tree are: all names are below its root, with ``/``."""

import hashlib
import re

RECORDS = "_news"
RECORD_PAGES = "api/news"
STORIES = "stories"
CHANGES = "changes.atom"
"""The feed of what was corrected: of the site at the root, of a topic in its folder."""
OPERATIONS = "_operations/atom.xml"
"""The feed of what operators are told: theirs alone."""
PICTURE_COPIES = "assets/images/cache"
LOGOS = "assets/images/organizations"
TOPIC_MARK = "articles/rss.xml"
"""The file that tells a topic's folder from others, by its name in that folder."""

# what is for operators, hidden and unfinished files, locks, editors' leftovers, and characters that file
# systems read differently
_HIDDEN = re.compile(
    r"\.|_operations\Z|.*[\x00-\x1f\x7f\\]|.*(?:~|\.(?:tmp|temp|part|partial|unfinished|lock|swp|bak))\Z",
    re.DOTALL | re.IGNORECASE,
)
_COPY = re.compile(r"([0-9a-f]{2})/\1[0-9a-f]{30}-(\d+)x(\d+)\.jpg")
_COPY_SIZE = re.compile(r"-(\d+)x(\d+)\.jpg$")
_PLAIN_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,200}[a-z0-9])?")


def is_hidden(part: str) -> bool:
    """Tell whether a file or folder of this name in the tree is for nobody but us."""
    return _HIDDEN.match(part) is not None


def name_picture_copy(hash_: str, width: int, height: int) -> str:
    """Return the name, below ``PICTURE_COPIES``, of the copy of a picture with this hash and size."""
    return f"{hash_[:2]}/{hash_}-{width}x{height}.jpg"


def is_picture_copy(name: str) -> bool:
    """Tell whether a name below ``PICTURE_COPIES`` is one that ``name_picture_copy`` gives."""
    return _COPY.fullmatch(name) is not None


def read_copy_size(name: str) -> tuple[int, int] | None:
    """Return width and height from the name of a picture's copy, None where it has none."""
    size = _COPY_SIZE.search(name)
    return (int(size[1]), int(size[2])) if size else None


def name_logo(domain: str, side: int) -> str:
    """Return the name of the file with a publisher's logo, ``side`` pixels high and wide."""
    return f"{LOGOS}/{_name_domain(domain)}-{side}x{side}.jpg"


def name_monogram(domain: str) -> str:
    """Return the name of the file with a publisher's monogram."""
    return f"{LOGOS}/{_name_domain(domain)}.svg"


def _name_domain(domain: str) -> str:
    if _PLAIN_DOMAIN.fullmatch(domain) and ".." not in domain:
        return domain
    return hashlib.blake2b(domain.encode("utf-8", "replace"), digest_size=16).hexdigest()
