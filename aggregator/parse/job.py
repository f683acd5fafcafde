"""What is to be read, handed as one value to whatever process reads it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.model import Source


@dataclass(frozen=True, kw_only=True, slots=True)
class ParseJob:
    """A document to be read.

    ``source``        whose it is
    ``url``           where it was found, after redirects
    ``content_type``  the HTTP header, None where there is none
    ``now``           when it was got: the time first seen of what is new in it
    ``lag``           by how much the clock is behind, so that later dates count
    ``seen``          what ``read_news`` returned of the last document of this source, once all that this one
                      said is stored; empty: every entry is read
    ``context``       whatever else decides what becomes of its articles: where it is another one than before,
                      every entry is read
    ``is_plain``      whether feedparser reads the whole document: slowly, and every entry
    """

    body: bytes
    source: Source
    url: str
    now: datetime
    content_type: str | None = None
    lag: timedelta = timedelta(0)
    seen: bytes = b""
    context: str = ""
    is_plain: bool = False
