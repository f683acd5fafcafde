"""The keys of one decision, and how they become a record."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from aggregator.config.checks.problems import show, suggest
from aggregator.config.keys.fields import (
    Allowed,
    KeyGroup,
    Raw,
    SourceId,
    TopicId,
    is_host,
    refuse,
    refuse_key,
)
from aggregator.config.keys.moments import ALLOWED as MOMENTS
from aggregator.config.keys.moments import Moment, parse_moment
from aggregator.model.decisions import NO_PICTURE, STORY_VERBS, Decision, Verb
from aggregator.model.ids import is_id
from aggregator.text import clean_text
from aggregator.urls import has_public_suffix
from aggregator.urls.hosts import ascii_host

MOST_TITLE_CHARACTERS = 300
MOST_TEXT_CHARACTERS = 2_000
MOST_POINTS = 100
_VERBS = tuple(verb.value for verb in Verb if verb is not Verb.TAKEDOWN)
_TOPIC = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
OTHER_STORY = "the id or an address of the other story"
_TARGETS = "the id of an article, or an absolute http or https address"
_TAKEN_DOWN = f"a domain or host such as example.org, {_TARGETS}"


def _check_verb(value: str) -> str:
    if value == Verb.TAKEDOWN:
        raise refuse("takedown has a list of its own below the key takedowns")
    if value not in _VERBS:
        raise refuse(f"{show(value)} is no verb{suggest(value, _VERBS)}")
    return value


def _clean(value: str) -> str:
    text = clean_text(value)
    if not text:
        raise refuse("is empty")
    if len(text) > MOST_TEXT_CHARACTERS:
        raise refuse(f"is over {MOST_TEXT_CHARACTERS} characters long")
    return text


def is_address(text: str) -> bool:
    """Tell whether ``text`` is an absolute http or https address."""
    try:
        parts = urlsplit(text)
        is_web = parts.scheme.lower() in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return is_web and len(text) <= MOST_TEXT_CHARACTERS and text.isprintable() and " " not in text


def _check_target(value: str) -> str:
    text = value.strip()
    if not is_id(text.lower()) and not is_address(text):
        raise refuse(f"{show(value)} is neither an id nor an address")
    return text.lower() if is_id(text.lower()) else text


def read_host(text: str) -> str | None:
    """Return the host that ``text`` names, alone or as the address of a home page; None: it does not."""
    if is_address(text):
        parts = urlsplit(text)
        text = "" if parts.path.strip("/") or parts.query else parts.hostname or ""
    name = text.lower().removesuffix(".").removeprefix("www.")
    name = name if name.isascii() else ascii_host(name) or ""
    return name if is_host(name) and not is_id(name) else None


def _check_taken_down(value: str) -> str:
    host = read_host(value.strip())
    if host is None and not is_id(value.strip().lower()) and not is_address(value.strip()):
        raise refuse(f"{show(value)} is neither a host, nor an id, nor an address")
    if host is not None and not has_public_suffix(host) and has_public_suffix(f"a.{host}"):
        raise refuse(f"{show(value)} is what names of many publishers end in")
    return host or _check_target(value)


def _read_value(value: object) -> str:
    """Return a value as text: YAML reads some as numbers and times."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str):
        return _clean(value)
    raise refuse("is empty" if value is None else f"{show(value)} is no text")


VerbName = Annotated[Raw, AfterValidator(_check_verb), Allowed(", ".join(_VERBS))]
Target = Annotated[Raw, AfterValidator(_check_target), Allowed(_TARGETS)]
TakenDown = Annotated[Raw, AfterValidator(_check_taken_down), Allowed(_TAKEN_DOWN)]
CleanText = Annotated[
    Raw, AfterValidator(_clean), Allowed(f"text of up to {MOST_TEXT_CHARACTERS} characters")
]
Value = Annotated[str, BeforeValidator(_read_value), Allowed("what the verb sets, such as a title")]


def _read_title(text: str) -> str:
    if len(text) > MOST_TITLE_CHARACTERS:
        raise ValueError(f"is over {MOST_TITLE_CHARACTERS} characters long")
    return text


def _read_picture(text: str) -> str:
    if text != NO_PICTURE and not is_address(text):
        raise ValueError(f"{show(text)} is no address")
    return text


def _read_topic(text: str) -> str:
    if not _TOPIC.fullmatch(text):
        raise ValueError(f"{show(text)} is no topic id")
    return text


def _read_points(text: str) -> str:
    points = int(text) if re.fullmatch(r"[+-]?\d{1,3}", text, re.ASCII) else 0
    if not 0 < abs(points) <= MOST_POINTS:
        raise ValueError(f"{show(text)} is no number of points")
    return str(points)


def _read_time(text: str) -> str:
    return parse_moment(text).isoformat()


def _read_story(text: str) -> str:
    if not is_id(text.lower()) and not is_address(text):
        raise ValueError(f"{show(text)} is neither an id nor an address")
    return text.lower() if is_id(text.lower()) else text


def _read_others(text: str) -> str:
    return " ".join(map(_read_story, text.split()))


VALUES: Mapping[Verb, tuple[Callable[[str], str], str]] = MappingProxyType({
    Verb.RETITLE: (_read_title, f"a title of up to {MOST_TITLE_CHARACTERS} characters"),
    Verb.RE_EXCERPT: (_clean, f"text of up to {MOST_TEXT_CHARACTERS} characters"),
    Verb.PICTURE: (_read_picture, f"the picture's address, or {NO_PICTURE}"),
    Verb.ADD_TOPIC: (_read_topic, "the id of a topic"),
    Verb.REMOVE_TOPIC: (_read_topic, "the id of a topic"),
    Verb.QUALITY: (_read_points, f"points from -{MOST_POINTS} to {MOST_POINTS}, but 0"),
    Verb.HOLD_UNTIL: (_read_time, MOMENTS),
    Verb.CORRECT: (_clean, f"a note of up to {MOST_TEXT_CHARACTERS} characters"),
    Verb.SPLIT: (_read_others, "the ids or addresses of other articles of its story, by spaces"),
    Verb.MERGE: (_read_story, OTHER_STORY),
    Verb.LINK: (_read_story, OTHER_STORY),
    Verb.UNLINK: (_read_story, OTHER_STORY),
})  # fmt: skip
"""By verb what its value is read by, and what is allowed there; other verbs have no value."""


class DecisionKeys(KeyGroup):
    """One of ``decisions``: what an editor decided on one article or story."""

    id: SourceId = Field(description="What tells it from all other decisions; the command makes one.")
    verb: VerbName = Field(description="What is done.")
    target: Target = Field(description="The article or story that it is done to, by id or address.")
    value: Value | None = Field(default=None, description="What the verb sets.")
    topic: TopicId | None = Field(default=None, description="The topic in whose feeds `pin` puts it first.")
    until: Moment | None = Field(default=None, description="When the decision ends by itself.")
    reason: CleanText = Field(description="Why, for those who edit.")
    public_reason: CleanText | None = Field(default=None, description="Why, for readers.")
    by: CleanText = Field(description="Who decided.")
    at: Moment = Field(description="When that was.")

    @model_validator(mode="after")
    def _check_verb_keys(self) -> Self:
        verb = Verb(self.verb)
        self._check_value(verb)
        if (verb is Verb.PIN) != (self.topic is not None):
            what = "missing, allowed: a topic id, or all" if verb is Verb.PIN else f"is no key of {verb}"
            raise refuse_key("topic", what if verb is Verb.PIN else f"{what}, allowed: none, but with pin")
        if verb is Verb.PIN and self.until is None:
            raise refuse_key("until", f"missing: a pin ends one day, allowed: {MOMENTS}")
        return self

    def _check_value(self, verb: Verb) -> None:
        read, allowed = VALUES.get(verb, (None, ""))
        if read is None and self.value is not None:
            raise refuse_key("value", f"is no key of {verb}, allowed: none")
        if read is None:
            return
        if self.value is None:
            raise refuse_key("value", f"missing, allowed: {allowed}")
        try:
            read(self.value)
        except ValueError as error:
            raise refuse_key("value", f"{error}, allowed: {allowed}") from None
        if verb in STORY_VERBS and self.target in self.value.lower().split():
            raise refuse_key("value", f"is the target itself, allowed: {allowed}")

    def record(self) -> Decision:
        """Return the record of this decision."""
        read, _ = VALUES.get(Verb(self.verb), (None, ""))
        value = read(self.value) if read and self.value is not None else None
        return Decision(**{**dict(self), "verb": Verb(self.verb), "value": value})


class TakedownKeys(KeyGroup):
    """One of ``takedowns``: an article, or all that a publisher has, that is to be nowhere."""

    id: SourceId = Field(description="What tells it from all other takedowns and decisions.")
    target: TakenDown = Field(
        description="A publisher's domain or host, with all below it; or an article, by id or address."
    )
    until: Moment | None = Field(default=None, description="When it ends by itself.")
    reason: CleanText = Field(description="Why, for those who edit.")
    public_reason: CleanText | None = Field(default=None, description="Why, for readers.")
    by: CleanText = Field(description="Who decided.")
    at: Moment = Field(description="When that was.")

    def record(self) -> Decision:
        """Return the record of this takedown."""
        return Decision(**dict(self), verb=Verb.TAKEDOWN)
