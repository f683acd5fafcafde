"""Misspelt addresses of feeds, mended, and placeholders where there is no address.

A browser gives up on most of these, so no publisher means them as they stand: a scheme that is missing,
written twice or broken, an address escaped twice or wrapped in quotes, "N/A".
"""

import re
from html import unescape
from urllib.parse import unquote

from aggregator.urls import (
    MAX_LENGTH,
    absolute_url,
    has_public_suffix,
    host_of,
    is_public,
    registrable_domain,
    unescape_ampersands,
)

_CLEAN = re.compile(r"https?://[A-Za-z0-9_-]++(?:\.[A-Za-z0-9_-]++)++(?=[:/?#]|\Z)")
_NOTHING = (
    r"n[./]?a\.?", "none", "null", "nil", "nan", "undefined", "false", "true", "tbd", "tba", "unknown",
    "empty", "no ?(?:link|url)(?: available)?", "link", "todo", "coming soon",
    "not (?:available|applicable)", "about:blank", r"\[?object object\]?",
    r"kein[ers]?(?: (?:link|url|adresse|angaben?))?", "ohne (?:link|url)", r"k\. ?a\.", "entfällt",
    "nicht verfügbar", "ning[uú]n[oa]?(?: (?:enlace|url))?", "sin (?:enlace|url|datos)",
    "no (?:disponible|aplica)", "s/d", "aucune?(?: (?:lien|url|adresse))?",
    "(?:pas de|sans) (?:lien|url)", "n[eé]ant", "(?:non|in)disponib(?:le|ile)",
    "nessun[oa]?(?: (?:link|url))?", "non disponib(?:le|ile)", "nenhuma?(?: (?:link|url))?",
    "sem (?:link|url)", "(?:não |in)disponível", "geen(?: (?:link|url))?", "niet beschikbaar",
    "brak(?: (?:linku|danych))?", "ingen(?: (?:länk|lenke|link))?", "saknas", "ei (?:linkkiä|saatavilla)",
    "žádný(?: odkaz)?", "není", "nincs", "yok", "niciunul", "fără link", "нет(?: ссылки)?", "н/д",
    "немає", "няма", "なし", "無し", "[无無]", "暂无", "暫無", "없음", "لا يوجد",
)  # fmt: skip
"""What people and programs write where there is no address."""
_PLACEHOLDER = re.compile(
    rf"(?:[a-z]{{3,5}}:/*+|(?:[a-z]{{3,5}}:/*+)?[\[(]?(?:{'|'.join(_NOTHING)}"
    r"|[-_.#?*0\u2013\u2014]{1,3}|\{\{?[^{}]*\}\}?|\$\{[^{}]*\}|%\w+%)[])]?/?)",
    re.IGNORECASE,
)
_HREF = re.compile(
    r"""<a\s[^<>]*?\bhref\s*=\s*(?:"(?P<quoted>[^"<>]*)"|'(?P<single>[^'<>]*)'|(?P<bare>[^\s"'<>]+))""",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", re.IGNORECASE)
_WRAPPING = " \t\r\n\u200b\u200c\u200d\u2060\ufeff\"'<>\u201c\u201d\u2018\u2019\u00ab\u00bb"
_BRACKETED = re.compile(r"(?:\[[^\[\]]*\])?[(\[](https?://[^\s()\[\]]+)[)\]]", re.IGNORECASE)
"""An address in brackets, as of a link in Markdown."""
_CDATA = re.compile(r"<?!\[CDATA\[(.*?)\]\]>?", re.DOTALL)
_SECOND_ADDRESS = re.compile(r"[\s,;|]+https?://.*", re.IGNORECASE | re.DOTALL)
_ESCAPED_SCHEME = re.compile(r"https?%3A%2F%2F", re.IGNORECASE)
# Each a scheme, also with a letter too many or too few, and what should be "://".
_SCHEME = r"(?:h{1,3}t{1,3}|tt)p{1,2}(s{0,2})(?:[:;]++\s*+[/\\]*+|[:;.]*+[/\\]{2,}+)[\s:]*+"
_SCHEMES = re.compile(rf"/*(?:(?:feed|url|link|view-source):\s*/*\s*)?(?:{_SCHEME})*", re.IGNORECASE)
_LAST_SCHEME = re.compile(rf"{_SCHEME}\Z", re.IGNORECASE)
_SPACED_HOST_END = re.compile(r"\A(https?://[^/?#\s]++)\s++(?=[/?#])", re.IGNORECASE)
_HOST = re.compile(r"((?:[\w-]{1,63}\.){1,8}[^\W_][\w-]{1,62})\.?(?::\d{1,5})?(?=[/?#\\]|\Z)")
_ADDRESS_IN_ADDRESS = re.compile(
    r"https?://([\w.-]+?\.[a-z]{2,24})(/*)(https?:/+[\w-]+(?:\.[\w-]+)+.*)", re.IGNORECASE
)
_SCRIPTS = ("index", "default", "main", "cgi")


def repair_address(ref: str | None, base_url: str, *, source_url: str = "") -> str | None:
    """Return an address of a feed as it was meant, absolute; relative to ``base_url`` where it is relative.

    None where there is none: a placeholder, another scheme, or a host that only those can reach who
    are in its network (unless ``base_url`` or ``source_url`` is there itself).
    """
    url = absolute_url(base_url, _mend_address(ref, base_url)) if ref else None
    if url is None or is_public(url):
        return url
    return url if any(one and not is_public(one) for one in (base_url, source_url)) else None


def is_placeholder(ref: str) -> bool:
    """Tell whether what stands in place of an address says that there is none, such as "N/A"."""
    return _PLACEHOLDER.fullmatch(ref.strip(_WRAPPING)) is not None


def _mend_address(ref: str, base_url: str) -> str | None:
    is_clean = _CLEAN.match(ref) and "&amp;" not in ref and "&#" not in ref and "\\" not in ref
    if (is_clean and "http" not in ref[7:]) or len(ref) > MAX_LENGTH:
        return ref
    text = unescape_ampersands(_strip_markup(_CDATA.sub(r"\1", ref)).strip(_WRAPPING)).replace("\\/", "/")
    text = _SECOND_ADDRESS.sub("", bracketed[1] if (bracketed := _BRACKETED.fullmatch(text)) else text)
    if is_placeholder(text):
        return None
    if _ESCAPED_SCHEME.match(text):
        text = unquote(text)
    text = _strip_first_address(
        _SPACED_HOST_END.sub(r"\1", text.removeprefix(":") if text[:3] == "://" else text)
    )
    return _add_scheme(text, base_url)


def _strip_markup(ref: str) -> str:
    """Return the address in the markup of a link that stands in place of one, escaped or not."""
    text = unescape(ref) if "&lt" in ref else ref
    if "<" not in text:
        return ref
    found = _HREF.search(text)
    return _TAG.sub("", text) if found is None else found[found.lastgroup or 0]


def _strip_first_address(text: str) -> str:
    """Return the second of two addresses that stand one after the other; archives name one in their path."""
    found = _ADDRESS_IN_ADDRESS.fullmatch(text)
    if found is None:
        return text
    outer, slashes, inner = found.groups()
    is_same_site = registrable_domain(outer.lower()) == registrable_domain(host_of(inner))
    return inner if is_same_site or not slashes else text


def _add_scheme(text: str, base_url: str) -> str:
    found = _SCHEMES.match(text)
    said, rest = (found[0], text[found.end() :]) if found else ("", text)
    if not said.strip("/"):
        return f"{_choose_scheme(base_url, text)}://{text}" if _is_host(text, base_url) else text
    if _HOST.match(rest) is None:
        return text
    last = _LAST_SCHEME.search(said)
    return f"http{'s' if last and last[1] else ''}://{rest}"


def _is_host(text: str, base_url: str) -> bool:
    """Tell whether a reference begins with a host that lacks its scheme."""
    found = _HOST.match(text)
    host = found[1].lower() if found else ""
    is_own = host != "" and _read_site(host) == _read_site(host_of(base_url))
    if found is None or not (is_own or has_public_suffix(host)) or f"/{host}/" in _read_path(base_url):
        return False
    if is_own or host.startswith("www."):
        return True
    if found.end() == len(text):  # as likely a file beside the document
        return False
    return host.partition(".")[0] not in _SCRIPTS


def _read_site(host: str) -> str:
    return registrable_domain(host.removeprefix("www."))


def _read_path(url: str) -> str:
    """Return the path of an address, also of one that is none: what ``urlsplit`` refuses is in feeds, too."""
    return "/" + re.split(r"[?#]", url, maxsplit=1)[0].partition("://")[2].partition("/")[2]


def _choose_scheme(base_url: str, text: str) -> str:
    """Return the scheme of a host that says none: as its site has it, https of any other."""
    host = text.partition("/")[0].lower()
    is_same = registrable_domain(host) == registrable_domain(host_of(base_url))
    return "http" if is_same and base_url.startswith("http://") else "https"
