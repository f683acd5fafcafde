"""Patterns of paths, as robots.txt has them (RFC 9309 section 2.2.3)."""

from urllib.parse import urlsplit


def matches_path(pattern: str, path: str) -> bool:
    """Tell whether a pattern matches the beginning of a path; ``*`` is anything, ``$`` at its end the end."""
    is_whole = pattern.endswith("$")
    first, *others = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    if not others:
        return not is_whole or path == first
    place = len(first)
    for part in others[:-1]:
        place = path.find(part, place)
        if place < 0:
            return False
        place += len(part)
    last = others[-1]
    if is_whole:
        return len(path) - len(last) >= place and path.endswith(last)
    return path.find(last, place) >= 0


def path_of(url: str) -> str:
    """Return the path and the query of an address, as patterns are held against them."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
