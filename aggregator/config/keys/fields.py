"""The kinds of values that keys can have, each with the words for what it allows."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Strict
from pydantic_core import PydanticCustomError

from aggregator.config.checks.problems import show
from aggregator.urls.hosts import ascii_host

MAX_TEXT_CHARACTERS = 10_000
MAX_URL_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may stand at a key, in the words of a problem's ``allowed:``."""

    text: str


class KeyGroup(BaseModel):
    """Base of every group of keys: frozen, and nothing but its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def refuse(what: str) -> PydanticCustomError:
    """Return the error for a value that is wrong in the way ``what`` says."""
    return PydanticCustomError("refused", "{what}", {"what": what})


def refuse_key(key: str, what: str) -> PydanticCustomError:
    """Return the error for ``key`` being wrong beside another key; ``what`` also says what is allowed."""
    return PydanticCustomError("refused_key", "{what}", {"what": what, "key": key})


_HOST_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_TOPIC_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_SOURCE_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8})*", re.IGNORECASE)
# Without a scheme, with feed: before the address, a scheme that is misspelt, or typographic quotes.
_ADDRESS_SLIP = re.compile(
    r"[\s“”„‘’'\"<]*(?:feed:/*)?(?:(?P<scheme>https?)[:/]+|h?t{1,3}ps?[:/]+|://|//)?"
    r"(?P<rest>[^\s/“”’'\">][^\s“”’'\">]*)[\s“”’'\">]*",
    re.IGNORECASE,
)
_HEADER_TEXT = re.compile(r"[\x20-\x7e]*")


def is_host(name: str) -> bool:
    """Tell whether ``name`` is a lower-case host name, as RFC 1123 section 2.1 has them."""
    labels = name.split(".")
    return len(name) <= 253 and all(_HOST_LABEL.fullmatch(label) for label in labels)


def _join_lines(value: str) -> str:
    value = " ".join(value.split())
    if not value:
        raise refuse("is empty")
    if not value.isprintable():
        raise refuse(f"{show(value)} holds a control character")
    if len(value) > MAX_TEXT_CHARACTERS:
        raise refuse(f"is over {MAX_TEXT_CHARACTERS} characters long")
    return value


def _check_header_text(value: str) -> str:
    if not _HEADER_TEXT.fullmatch(value):
        raise refuse("holds what a User-Agent header cannot carry")
    return value


def _join_optional_lines(value: str) -> str:
    return _join_lines(value) if value.strip() else ""


def _check_folder(value: str) -> str:
    if not value.strip() or "\0" in value:
        raise refuse("names no folder")
    return value


def _check_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        port_is_valid = parts.port != 0
    except ValueError:
        raise refuse(f"{show(value)} is no address") from None
    if parts.username is not None or parts.password is not None:
        raise refuse("holds a user name or password: use headers")
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname or not port_is_valid:
        raise refuse(f"{show(value)} is no absolute http or https address{_likely_address(value)}")
    if len(value) > MAX_URL_CHARACTERS or not value.isprintable() or " " in value:
        raise refuse(f"{show(value)} holds spaces or is too long")
    return value


def _likely_address(value: str) -> str:
    """Return a question for the address that ``value`` is likely a slip of, else nothing."""
    slip = _ADDRESS_SLIP.fullmatch(value[: MAX_URL_CHARACTERS + 1])
    host = re.split(r"[:/?#]", slip["rest"])[0].lower() if slip else ""
    if not slip or "." not in host or not is_host(host):
        return ""
    scheme = "http" if (slip["scheme"] or "").lower() == "http" else "https"
    likely = f"{scheme}://{slip['rest']}"
    return f", did you mean {show(likely)}?"


def check_base_address(value: str) -> str:
    """Return an address without a slash at its end; raises what pydantic takes for a wrong value."""
    parts = urlsplit(_check_address(value))
    if parts.query or parts.fragment:
        raise refuse(f"{show(value)} has a query or fragment")
    return value.rstrip("/")


def _check_host(value: str) -> str:
    name = value.strip().lower().removesuffix(".")
    if not name.isascii():
        name = ascii_host(name) or ""
    if not is_host(name):
        raise refuse(f"{show(value)} is no host name")
    return name


def _check_listening(value: str) -> str:
    try:
        return str(ip_address(value))
    except ValueError:
        return _check_host(value)


def _parse_network(value: object) -> IPv4Network | IPv6Network:
    try:
        return ip_network(value if isinstance(value, str) else "")
    except ValueError:
        raise refuse(f"{show(value)} is no network") from None


def _check_topic_id(value: str) -> str:
    if not _TOPIC_ID.fullmatch(value):
        raise refuse(f"{show(value)} does not fit in an address")
    return value


def _check_source_id(value: str) -> str:
    if not _SOURCE_ID.fullmatch(value):
        raise refuse(f"{show(value)} is no id")
    return value


def _check_language(value: str) -> str:
    if not _LANGUAGE.fullmatch(value):
        raise refuse(f"{show(value)} is no language")
    return value


def _strip_hashtag(value: str) -> str:
    tag = value.strip().removeprefix("#")
    if not re.fullmatch(r"\w+", tag):
        raise refuse(f"{show(value)} is no hashtag")
    return tag


def _replace_none(value: object) -> object:
    return () if value is None else value


Flag = Annotated[bool, Strict(), Allowed("true or false")]
Whole = Annotated[int, Strict(), Allowed("a whole number")]
Number = Annotated[float, Strict(), Allowed("a number")]
Raw = Annotated[str, Strict()]
Text = Annotated[Raw, AfterValidator(_join_lines), Allowed("text")]
HeaderValue = Annotated[Raw, Allowed("text")]
OptionalText = Annotated[Raw, AfterValidator(_join_optional_lines), Allowed('text, or "" for none')]
HeaderText = Annotated[OptionalText, AfterValidator(_check_header_text)]
Folder = Annotated[Raw, AfterValidator(_check_folder), Allowed("a path")]
Address = Annotated[Raw, AfterValidator(_check_address), Allowed("an absolute http or https address")]
BaseAddress = Annotated[
    Raw, AfterValidator(check_base_address), Allowed("an absolute http or https address without a query")
]
Host = Annotated[Raw, AfterValidator(_check_host), Allowed("a host name such as example.org")]
Listening = Annotated[Raw, AfterValidator(_check_listening), Allowed("an IP address or host name")]
Network = Annotated[
    IPv4Network | IPv6Network,
    BeforeValidator(_parse_network),
    Allowed("a network such as 10.1.0.0/16, or one address"),
]
TopicId = Annotated[
    Raw, AfterValidator(_check_topic_id), Allowed("a-z, 0-9 and hyphens, up to 80, such as machine-learning")
]
SourceId = Annotated[
    Raw, AfterValidator(_check_source_id), Allowed("a-z, 0-9, hyphens, dots and underscores, up to 100")
]
Language = Annotated[Raw, AfterValidator(_check_language), Allowed("a language tag such as en or en-us")]
Hashtag = Annotated[Raw, AfterValidator(_strip_hashtag), Allowed("letters, digits and underscores")]
NoneIsEmpty = BeforeValidator(_replace_none)
Networks = Annotated[
    tuple[Network, ...], NoneIsEmpty, Allowed("a list of networks such as 10.1.0.0/16, [] for none")
]
