"""Elements of HTML that are no part of its text: what nobody is shown, captions, what platforms add."""

import re
from collections.abc import Callable

from aggregator.html.markup import TAG
from aggregator.html.text_content import plain_text

_VOID = frozenset((
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
))  # fmt: skip
_SIBLINGS = frozenset(("p", "li", "td", "dd", "dt"))
"""Elements whose end tag may be missing: the next of their kind ends them."""
_ATTRIBUTE = r"""\s{0,20}=\s{0,20}(?:"([^"]{0,4000})|'([^']{0,4000})|([^\s"'>]{1,200}))"""
_CLASS = re.compile(rf"(?<=[\s\"'])class{_ATTRIBUTE}", re.IGNORECASE)
_STYLE = re.compile(rf"(?<=[\s\"'])style{_ATTRIBUTE}", re.IGNORECASE)
_HIDDEN_ATTRIBUTE = re.compile(
    r"""(?<=[\s"'])(?:hidden(?=[\s/>=])(?!\s*=\s*["']?until-found)|aria-hidden\s*=\s*["']?true\b)""",
    re.IGNORECASE,
)
_HIDDEN_STYLE = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all"
    r"|(?:max-)?height\s*:\s*0(?:\.0+)?(?:px|em|pt|%)?(?=\s*(?:;|!|$)))",
    re.IGNORECASE,
)
_FAINT_STYLE = re.compile(
    r"(?:^|[;\s])(?:font-size|opacity|line-height)\s*:\s*0(?:\.0+)?(?:px|em|rem|pt|%)?(?=\s*(?:;|!|$))",
    re.IGNORECASE,
)
"""Frames of newsletters have it, too: their text sets another size again."""
_NOT_SHOWN = re.compile(
    r"(?:^|\s)(?:sr-only|visually-?hidden|screen-reader(?:-text)?|element-invisible|(?:email-)?preheader(?:-text)?"
    r"|mcnPreviewText|d-none|is-hidden)(?=\s|$)",
    re.IGNORECASE,
)
_ADDED = re.compile(
    r"(?:^|\s)(?:field--?name-(?:node-)?(?:title|uid|author|created|changed|langcode|comment)(?:-field)?(?=\s|$)|field__label|field-label(?=\s|$)"
    r"|field-type-taxonomy-term-reference|field--name-field-tags"
    r"|feedflare|sharedaddy|sd-sharing|jp-relatedposts|yarpp-related|yarpp|addtoany_\w+|a2a_kit|sharethis\w*"
    r"|social-share|share-buttons|subscription-widget(?:-wrap)?|subscribe-widget|kg-signup-card|kg-cta-card"
    r"|mw-editsection|headerlink|wp-block-jetpack-subscriptions|likes-widget-placeholder|post-tags"
    r"|mejs-offscreen|toc|ez-toc|lwptoc|table-of-contents|footnote-back\w*|robots-nocontent|blogger-post-footer"
    r"|lightbox-wrapper|bbCodeBlock-expandLink|button-wrapper|share_submission|comment-wrapper)(?=[\s_-]|$)",
    re.IGNORECASE,
)
"""Heads that Drupal writes, buttons and lists of related posts of WordPress, Ghost, Substack and others."""
_CAPTION = re.compile(
    r"(?:^|[\s_-])(?:caption|credits?)(?:[_-](?:text|wrap(?:per)?|inner|line|dd))?(?=\s|$)", re.IGNORECASE
)
_SHORTCODE = re.compile(r"\[caption\b[^\]]{0,500}\].{0,3000}?\[/caption\]", re.IGNORECASE | re.DOTALL)
_NO_PICTURE = ("<blockquote", "<table", "<pre", "<code", "<iframe", "<h2", "<h3")
"""Elements that show that a figure is more than a picture."""
_SIGNS = (
    "hidden", "none", "mso-hide", "height:", "opacity", "font-size", "height :", "sr-only", "screen-reader",
    "invisible", "preheader", "preview", "field", "feedflare", "share", "sd-", "related", "yarpp", "a2a",
    "subscri", "kg-", "mw-edit", "headerlink", "likes-", "post-tags", "mejs", "footnote", "robots-",
    "post-footer", "lightbox-", "button-w", "comment-w", "bbcodeblock-", "toc", "table-of", "<nav", "<button",
)  # fmt: skip

_IsDropped = Callable[[str, re.Match[str]], bool]


def drop_clutter(html: str, *, is_cut: bool = False) -> str:
    """Return ``html`` without the elements that readers are not shown, and those that platforms add.

    One that nothing ends is left in, unless the end of ``html`` ``is_cut`` off.
    """
    lower = html.lower()
    has_signs = "class" in lower or "style" in lower or "hidden" in lower
    if not (has_signs or "<nav" in lower or "<button" in lower) or not any(sign in lower for sign in _SIGNS):
        return html
    return _drop_elements(html, _is_clutter, is_cut=is_cut)


def drop_captions(html: str, *, is_cut: bool = False) -> str:
    """Return ``html`` without pictures' captions and credits; ``is_cut`` as for ``drop_clutter``."""
    lower = html.lower()
    if not ("<figure" in lower or "caption" in lower or "credit" in lower):
        return html
    if "[/caption]" in lower:
        html = _SHORTCODE.sub(" ", html)
    return _drop_elements(html, _is_caption, is_cut=is_cut)


def starts_with_picture(html: str) -> bool:
    """Tell whether a picture stands in ``html`` before any text."""
    lower = html.lower()
    at = lower.find("<img")
    return at >= 0 and not plain_text(html[:at])


def _drop_elements(html: str, is_dropped: _IsDropped, *, is_cut: bool) -> str:
    kept: list[str] = []
    end = start = depth = 0
    name = ""
    for found in TAG.finditer(html):
        tag = (found["name"] or "").lower()
        if not depth:
            if _is_opening(tag, found[0]) and is_dropped(tag, found):
                name, depth, start = tag, 1, found.start()
        elif tag == name:
            is_end = found[0][1] == "/"
            is_next = not is_end and tag in _SIBLINGS
            depth = depth - 1 if is_end else 0 if is_next else depth + 1
            if not depth:
                kept += [html[end:start], " "]
                end = found.start() if is_next else found.end()
    if depth and is_cut:
        return "".join((*kept, html[end:start]))
    return "".join((*kept, html[end:])) if kept else html


def _is_opening(name: str, tag: str) -> bool:
    return bool(name) and tag[1] != "/" and name not in _VOID and not tag.endswith("/>")


def _is_clutter(name: str, found: re.Match[str]) -> bool:
    if name in ("nav", "button"):
        return True
    tag = found[0]
    lower = tag.lower()
    if "hidden" in lower and _HIDDEN_ATTRIBUTE.search(tag):
        return True
    if "style" in lower and (style := _read_attribute(_STYLE, tag)):
        return bool(_HIDDEN_STYLE.search(style)) or (bool(_FAINT_STYLE.search(style)) and _is_text(found))
    classes = _read_attribute(_CLASS, tag) if "class" in lower else ""
    return bool(classes) and bool(_NOT_SHOWN.search(classes) or _ADDED.search(classes))


def _is_caption(name: str, found: re.Match[str]) -> bool:
    if name in ("figcaption", "figure"):
        return name == "figcaption" or _is_picture(found)
    classes = _read_attribute(_CLASS, found[0]) if "class" in found[0].lower() else ""
    return bool(classes) and bool(_CAPTION.search(classes))


def _read_attribute(attribute: re.Pattern[str], tag: str) -> str:
    found = attribute.search(tag)
    return next(filter(None, found.groups()), "") if found else ""


def _is_text(found: re.Match[str]) -> bool:
    """Tell whether the element that a tag opens holds nothing but text."""
    html, opened = found.string, found.end()
    return html.startswith("</", html.find("<", opened))


def _is_picture(found: re.Match[str]) -> bool:
    """Tell whether the figure that a tag opens is a picture and nothing that is read."""
    html, opened = found.string, found.end()
    end = html.find("</figure", opened)
    inner = html[opened : end if end >= 0 else opened].lower()
    return "<img" in inner and not any(tag in inner for tag in _NO_PICTURE)
