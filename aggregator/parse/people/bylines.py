"""Bylines: texts that name several authors, split into names.

A semicolon always parts names. A comma or an "and" also stands within one ("Archer, Alice", "Jane Doe, Chief
Economist", "Food and Drug Administration"): it parts names only where each part looks like a whole one.
"""

import re
from collections.abc import Iterator, Sequence

_MAX_NAMES = 200
_LONGEST_NAME_WORDS = 6

_PART_END = re.compile(r"[;；、]")
_AND = r"(?:and|AND|und|et|y|e|i|en|och|og|ve|ja|și|oraz|и|та|και|with|con|mit|avec|&)"
"""Between names in many languages; with a capital most are initials, or a name's beginning."""
_COMMA = re.compile(rf"\s*[,，،]\s*(?:{_AND}\s+)?")
_CONJUNCTION = re.compile(rf"\s+(?:{_AND}|[|/·•+])\s+")
_EITHER = re.compile(rf"{_COMMA.pattern}|{_CONJUNCTION.pattern}")
_LEADING_AND = re.compile(rf"^{_AND}\s+")
_OTHERS = re.compile(r"\s*,?\s*\b(?:et al\b\.?|and (?:\d{1,3} )?others|u\. ?a\.|et alii)\s*$", re.IGNORECASE)
_FOOTNOTE = re.compile(r"\s*(?:\([\d\s,*†‡and]{1,20}\)|[*†‡§¹²³⁴⁵⁶⁷⁸⁹]{1,5})(?=\s|$)")
_INITIALS = re.compile(r"(?:[^\W\d_]\.?[\s-]?){1,4}")
_HAN_NAME = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af·・]{2,10}")
_ANY_WORD = re.compile(r"[^\W\d_]+")

_SUFFIXES = frozenset({
    "inc", "ltd", "llc", "llp", "plc", "gmbh", "ag", "corp", "co", "sa", "jr", "sr", "ii", "iii", "iv",
    "phd", "md", "dr", "esq", "mba", "msc", "bsc", "ma", "ba", "mph", "rn", "dds", "jd", "cpa", "dphil",
    "frs", "obe", "cbe", "mbe", "mp", "mep", "frcp", "facp", "pharmd", "edd", "psyd", "rd", "cfa", "ret",
})  # fmt: skip
_PARTICLES = frozenset({
    "de", "da", "do", "dos", "das", "del", "della", "di", "du", "des", "la", "le", "van", "von", "vom",
    "zu", "zur", "der", "den", "ten", "ter", "te", "el", "al", "bin", "ibn", "ben", "y", "af", "av", "d",
    "l", "o", "st",
})  # fmt: skip
_LEADING_ROLES = frozenset({
    "chief", "senior", "staff", "deputy", "vice", "special", "guest", "former", "the", "our", "your",
})  # fmt: skip
_ROLES = frozenset({
    "editor", "editors", "reporter", "reporters", "writer", "writers", "correspondent", "correspondents",
    "contributor", "contributors", "columnist", "journalist", "director", "president", "ceo", "cto",
    "cfo", "coo", "manager", "engineer", "analyst", "economist", "officer", "founder", "cofounder",
    "chairman", "chairwoman", "chairperson", "chair", "minister", "consultant", "specialist",
    "researcher", "scientist", "developer", "producer", "photographer", "executive", "secretary",
    "spokesperson", "strategist", "architect", "redaktion", "redakteur", "redakteurin", "redacción",
    "redacao", "redação", "rédaction", "redazione", "desk", "staff", "team", "crew", "university",
    "universität", "université", "universidad", "institute", "institut", "college", "school", "academy",
    "department", "ministry", "agency", "administration", "bureau", "commission", "committee", "council",
    "association", "society", "foundation", "federation", "union", "service", "services", "press", "news",
    "newspaper", "times", "herald", "tribune", "journal", "gazette", "magazine", "media", "radio",
    "television", "tv", "network", "studio", "studios", "group", "company", "bank", "office", "center",
    "centre", "board", "laboratory", "observatory", "museum", "library", "hospital", "court",
    "parliament", "government", "police", "club", "league", "bbc", "cnn", "npr", "afp", "nbc", "abc",
    "cbs", "ap", "reuters", "bloomberg", "guardian", "post", "telegraph", "mail",
})  # fmt: skip
_PLACES = frozenset({
    "new york", "los angeles", "san francisco", "las vegas", "new delhi", "hong kong", "tel aviv",
    "cape town", "mexico city", "buenos aires", "são paulo", "rio de janeiro", "washington dc",
    "washington d.c", "san diego", "united states", "united kingdom", "south africa", "new zealand",
    "north carolina", "new jersey", "nueva york", "abu dhabi", "kuala lumpur", "san jose",
    "st petersburg", "new orleans", "saudi arabia",
})  # fmt: skip


def split_byline(text: str) -> list[str]:
    """Return the names in a text on one line without markup; the text alone where they are not certain."""
    parts = [part.strip() for part in _PART_END.split(text)]
    separators = (_CONJUNCTION,) if len(parts) > 1 and any(parts[1:]) else (_EITHER, _COMMA, _CONJUNCTION)
    return [name for part in parts for name in _split_part(part, separators)][:_MAX_NAMES]


def _split_part(text: str, separators: Sequence[re.Pattern[str]]) -> list[str]:
    if not _EITHER.search(text):
        return [_LEADING_AND.sub("", text)]
    bare = _OTHERS.sub("", text)
    for separator in separators:
        parts = list(_join_suffixes(_split_outside_brackets(bare, separator)))
        if pairs := _pair_initials(parts):
            return pairs
        if len(parts) > 1 and _are_names(parts):
            return parts
    return [_LEADING_AND.sub("", text if _EITHER.search(bare) else bare)]


def _split_outside_brackets(text: str, separator: re.Pattern[str]) -> list[str]:
    """Return what stands between separators, without looking into brackets."""
    parts, start, depth, seen = [], 0, 0, 0
    for found in separator.finditer(text):
        between = text[seen : found.start()]
        depth += sum(map(between.count, "([")) - sum(map(between.count, ")]"))
        seen = found.start()
        if depth <= 0:
            parts.append(text[start : found.start()])
            start = found.end()
    cleaned = (_FOOTNOTE.sub("", part).strip() for part in (*parts, text[start:]))
    return [_LEADING_AND.sub("", part) for part in cleaned]


def _join_suffixes(parts: Sequence[str]) -> Iterator[str]:
    name = ""
    for part in filter(None, parts):
        if name and all(word in _SUFFIXES for word in part.casefold().replace(".", "").split()):
            name = f"{name}, {part}"
            continue
        if name:
            yield name
        name = part
    if name:
        yield name


def _pair_initials(parts: Sequence[str]) -> list[str]:
    """Return ``Archer, A.`` and ``Baker, B.`` of ``Archer, A., Baker, B.``."""
    if len(parts) < 4 or len(parts) % 2:
        return []
    pairs = list(zip(parts[::2], parts[1::2], strict=True))
    are_pairs = all(_INITIALS.fullmatch(first) and len(last) > 2 for last, first in pairs)
    return [f"{last}, {first}" for last, first in pairs] if are_pairs else []


def _are_names(parts: Sequence[str]) -> bool:
    """Tell whether all parts are names of two words or more; of a long list one in four may be shorter."""
    if not all(map(_may_be_name, parts)):
        return False
    short = sum(len(part.split()) < 2 and not _HAN_NAME.fullmatch(part) for part in parts)
    return short == 0 or (len(parts) >= 4 and 4 * short <= len(parts))


def _may_be_name(text: str) -> bool:
    name = text.strip(" ()[]").split("(")[0].strip()
    words = name.casefold().replace(",", " ").split()
    if not words or len(words) > _LONGEST_NAME_WORDS or ":" in name or any(map(str.isdigit, name)):
        return False
    is_sentence = name[0].islower() and words[0].rstrip("'’.") not in _PARTICLES and name != name.lower()
    plain = set(_ANY_WORD.findall(name.casefold()))
    names_post = words[0] in _LEADING_ROLES or (len(words) > 1 and words[1] in ("of", "at", "for", "in"))
    return not (is_sentence or names_post or plain & _ROLES or name.casefold().rstrip(".") in _PLACES)
