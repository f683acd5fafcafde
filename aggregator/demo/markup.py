"""Elements of XML and HTML, escaped; nothing here knows what they mean."""

import re

_NEVER_SELF_CLOSED = {"script", "iframe", "amp-img"}
_SPECIAL = re.compile('[&<>"]')
_NAMES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


def escape(text: str) -> str:
    """Return ``text`` for use between tags and in double quotes."""
    return _SPECIAL.sub(lambda found: _NAMES[found.group()], text)


def element(name: str, /, *inner: str, **attributes: object) -> str:
    """Return one element; ``inner`` is markup already, attributes that are None are left out.

    A ``_`` at the end of an attribute's name is dropped (``class_``), another one is written ``:``
    (``xml_base``).
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", ":")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if not inner and name not in _NEVER_SELF_CLOSED:
        return f"<{name}{written}/>"
    return f"<{name}{written}>{''.join(inner)}</{name}>"


def text_element(name: str, text: str | None, /, **attributes: object) -> str:
    """Return an element that holds ``text``, escaped; nothing where it is None."""
    return "" if text is None else element(name, escape(text), **attributes)


def cdata(markup: str) -> str:
    """Return ``markup`` as CDATA sections."""
    return f"<![CDATA[{markup.replace(']]>', ']]]]><![CDATA[>')}]]>"
