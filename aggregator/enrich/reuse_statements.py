"""What a page states about reuse beside its rules for robots: it is recorded, not acted upon.

Usage preferences (``Content-Usage``, IETF draft-ietf-aipref-attach), reservations of text and data mining
(W3C TDM Reservation Protocol), and licences (RSL 1.0). Of each it is kept where it was stated.
"""

import json
import re
from collections.abc import Iterator, Mapping

from aggregator.html import Head
from aggregator.text import clean_text
from aggregator.urls import absolute_url
from aggregator.urls.path_patterns import matches_path, path_of

Statements = tuple[tuple[str, str], ...]
"""Pairs of where and what."""
TdmRules = tuple[tuple[str, str, str], ...]
"""Pattern of paths, whether mining is reserved (``0``, ``1``), address of the policy or ""."""
TDM_FILE = "/.well-known/tdmrep.json"
MAX_RULES = 200
MAX_CHARS = 500
"""Characters of a statement; longer ones are left out."""
MAX_LINKS = 50
_HEADERS = ("content-usage", "tdm-reservation", "tdm-policy")
_LINK = re.compile(r"<([^<>]*)>([^<>]*)")
_IS_LICENSE = re.compile(r"""\brel\s*=\s*["']?[^"';,]*\blicense\b""", re.IGNORECASE)
_IS_RSL = re.compile(r"\bapplication/rsl\+xml\b", re.IGNORECASE)


def read_page_statements(head: Head, headers: Mapping[str, str], url: str) -> Statements:
    """Return what a page at ``url`` states in its head and its headers, by their lower-case names."""
    return tuple(dict.fromkeys((*_read_headers(headers, url), *_read_head(head))))


def _read_headers(headers: Mapping[str, str], url: str) -> Iterator[tuple[str, str]]:
    for name in _HEADERS:
        if said := _clean(headers.get(name)):
            yield f"header {name}", said
    for number, found in enumerate(_LINK.finditer(headers.get("link", ""))):
        if number == MAX_LINKS:
            break
        is_license = _IS_LICENSE.search(found[2]) and _IS_RSL.search(found[2])
        if is_license and (address := _clean(absolute_url(url, found[1]))):
            yield "header license", address


def _read_head(head: Head) -> Iterator[tuple[str, str]]:
    said = (*head.reservations, *(("license", address) for address in head.licenses))
    yield from ((f"page {name}", cleaned) for name, text in said if (cleaned := _clean(text)))


def _clean(text: str | None) -> str:
    cleaned = clean_text(text or "")
    return cleaned if len(cleaned) <= MAX_CHARS else ""


def parse_tdm_file(body: bytes) -> TdmRules:
    """Return the rules of a tdmrep.json, in their order; what is none says nothing."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return ()
    rules = document[:MAX_RULES] if isinstance(document, list) else ()
    return tuple(rule for one in rules if isinstance(one, dict) and (rule := _read_tdm_rule(one)))


def _read_tdm_rule(rule: Mapping[str, object]) -> tuple[str, str, str] | None:
    location, policy = rule.get("location"), rule.get("tdm-policy")
    is_reserved = str(rule.get("tdm-reservation"))
    if not isinstance(location, str) or not location.startswith("/") or is_reserved not in ("0", "1"):
        return None
    if len(location) > MAX_CHARS or not location.isprintable():
        return None
    return location, is_reserved, _clean(policy) if isinstance(policy, str) else ""


def find_tdm_statements(rules: TdmRules, url: str) -> Statements:
    """Return what rules say of an address: the first that matches its path."""
    path = path_of(url)
    for location, is_reserved, policy in rules:
        if matches_path(location, path):
            stated = ("tdmrep.json tdm-reservation", is_reserved), ("tdmrep.json tdm-policy", policy)
            return stated if policy else stated[:1]
    return ()
