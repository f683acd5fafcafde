"""Where a notice stands in a published file, and putting it there without rendering the file again."""

import re
from dataclasses import dataclass

LONGEST_HEAD = 100_000
"""Bytes from the beginning of a file within which a notice stands."""

_NOTICE = (
    rb"No longer updated since [^<>\"]{1,40}: the topic was removed\. It stays here until [^<>\"]{1,40}\."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticePlace:
    """The place of a notice: between ``above`` and ``below``, patterns of what is written there.

    ``before`` and ``after`` are written around the notice. Only the first such place of a file counts, and it
    is in the first ``LONGEST_HEAD`` bytes. ``above`` must not match a notice that was inserted before, or a
    later one stands beside it; in feeds ``after`` stays a blank, which sets the notice off from what follows.
    """

    above: bytes
    below: bytes = b""
    before: bytes = b""
    after: bytes = b" "

    def insert(self, content: bytes, notice: bytes) -> bytes | None:
        """Return a file's content with the notice, in place of an older one; None without such a place."""
        old = re.escape(self.before) + _NOTICE + re.escape(self.after)
        place = re.compile(rb"(%b)(?:%b)?(?=%b)" % (self.above, old, self.below))
        found = place.search(content, 0, LONGEST_HEAD)
        if found is None:
            return None
        return b"".join([content[: found.end(1)], self.before, notice, self.after, content[found.end() :]])


def format_notice(removed: str, until: str) -> str:
    """Return what readers are told of a topic that was removed and whose files stay ``until`` then."""
    return f"No longer updated since {removed}: the topic was removed. It stays here until {until}."
