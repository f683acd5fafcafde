"""Versions of papers: archives put one at the end of an address, and the paper is the same."""

import re

_PAPER = re.compile(
    r"""(?: (?<!\d)\d{4}\.\d{4,5}                                        # arXiv
        | (?<!\d)(?!(?:19|20)\d\d(?:0\d|1[0-2])[0-3]\d(?!\d))\d{5,15}  # bioRxiv, HAL; but no day
        | (?<![^/])(?:rs-\d{4,12} | \d{6}\.\d{4,6} | articles/\d{1,3}-\d{1,5})/
        | (?<![^/])preprints/(?:[\w-]{1,40}/)?[a-z0-9]{5}_
    )v\d{1,2}\Z""",
    re.VERBOSE,
)
"""The last two are Research Square, Preprints.org and F1000, and OSF."""
_VERSION = re.compile(r"_?v(\d{1,2})\Z")
_AFTER_NUMBER = re.compile(r"(?<=\d)v\d{1,2}\Z")


def strip_paper_version(path: str) -> str:
    """Return the path of an address without the version at its end, where it is that of a paper."""
    if not path[-1:].isdigit() or "v" not in path[-3:] or not _PAPER.search(path):
        return path
    return _VERSION.sub("", path).rstrip("/")


def strip_version(name: str) -> str:
    """Return an id or address without a version that follows a number at its end."""
    return _AFTER_NUMBER.sub("", name)


def is_newer_version(url: str, other: str) -> bool:
    """Tell whether the version at the end of an address is higher than that at the end of another."""
    one, two = (_VERSION.search(address.partition("?")[0]) for address in (url, other))
    return one is not None and two is not None and int(one[1]) > int(two[1])
