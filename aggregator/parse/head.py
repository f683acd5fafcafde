"""What a feed says of itself, read without feedparser where that would say the same.

Only of RSS whose channel has nothing before its entries but plain elements that leave no trace on what
follows. Of others feedparser has to be asked, which costs as much as twenty entries read quickly.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from aggregator.parse.cut import Attributes
from aggregator.parse.namespaces import element_key
from aggregator.parse.written import Uncertain, add_link, plain_attributes, resolved, written_text

MOST_ELEMENTS = 100
"""A head of more is left to feedparser."""

_AROUND = ["rss", "channel"]
_IN_IMAGES = frozenset({"url", "title", "link", "width", "height"})


class Said(NamedTuple):
    """An element before the entries: how deep it stands, in which other, and what it says."""

    depth: int
    outer: str
    name: str
    attributes: Attributes
    text: str


def read_head(around: Sequence[tuple[str, Attributes]], said: Sequence[Said]) -> dict[str, Any] | None:
    """Return what feedparser calls the feed, as far as anybody asks for it; None where that is not certain.

    ``around`` are the elements that the entries stand in, ``said`` those that stand before the entries.
    """
    if [element_key(name) for name, _ in around] != _AROUND or len(said) > MOST_ELEMENTS:
        return None
    if any(attributes.keys() - {"version"} for _, attributes in around):
        return None
    feed: dict[str, Any] = {}
    try:
        for one in said:
            _take(feed, one)
    except Uncertain:
        return None
    return feed


def _take(feed: dict[str, Any], one: Said) -> None:
    key = element_key(one.name) or ""
    is_own = one.depth == len(_AROUND) + 1 and key in _ELEMENTS
    is_of_image = one.depth == len(_AROUND) + 2 and element_key(one.outer) == "image" and key in _IN_IMAGES
    if is_own and (key == "link" or not (key in feed or one.attributes)):
        _ELEMENTS[key](feed, key, one)
    elif not is_of_image or one.attributes:
        raise Uncertain


def _keep(feed: dict[str, Any], key: str, one: Said) -> None:
    feed[key] = written_text(one.text)


def _keep_date(feed: dict[str, Any], key: str, one: Said) -> None:
    if "/" in one.text:  # feedparser breaks on some
        raise Uncertain
    feed[key] = ""


def _pass_over(feed: dict[str, Any], key: str, _: Said) -> None:
    feed[key] = ""


def _keep_link(feed: dict[str, Any], _: str, one: Said) -> None:
    link = add_link(feed, plain_attributes(one.attributes))
    if "href" in link:
        return
    page = written_text(resolved(one.text))
    if not page or "&" in page:
        raise Uncertain
    feed["link"] = link["href"] = page


_ELEMENTS: Mapping[str, Callable[[dict[str, Any], str, Said], None]] = {
    "link": _keep_link,
    **dict.fromkeys(("title", "language", "ttl", "sy_updateperiod", "sy_updatefrequency"), _keep),
    **dict.fromkeys(("pubdate", "lastbuilddate"), _keep_date),
    **dict.fromkeys(("description", "generator", "docs", "copyright", "image"), _pass_over),
}
