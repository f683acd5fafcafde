"""Whether the ids of two entries say that they are one. Pure."""

import re

from aggregator.model import Article
from aggregator.urls import canonical_url
from aggregator.urls.paper_versions import strip_version

_REVISION = re.compile(r"[#?&](?:v(?:er)?(?:sion)?=?|r(?:ev)?=?)?\d{1,3}")


def is_its_link(entry_id: str | None, link: str) -> bool:
    """Tell whether an id is no more than the link."""
    return entry_id is not None and entry_id.startswith("http") and canonical_url(entry_id) == link


def are_other_ids(one: str | None, other: str | None, link: str) -> bool | None:
    """Tell whether two ids differ in more than a revision; None where one is missing, or is the link."""
    if one is None or other is None or is_its_link(other, link):
        return None
    return _strip_revision(one) != _strip_revision(other)


def _strip_revision(entry_id: str) -> str:
    found = _REVISION.search(entry_id)
    return entry_id[: found.start()] if found and found.end() == len(entry_id) else strip_version(entry_id)


def are_versions(one: Article, other: Article) -> bool:
    """Tell whether ids and links of one source differ in nothing but a version after their numbers."""
    if one.entry_id is None or one.entry_id == other.entry_id or one.source_id != other.source_id:
        return False
    return _is_version(one.entry_id, other.entry_id) and _is_version(one.canonical_url, other.canonical_url)


def _is_version(one: str | None, other: str | None) -> bool:
    return (
        one is not None and other is not None and one != other and strip_version(one) == strip_version(other)
    )
