"""The keys of one rule of ``curation.yaml``, and how they become a record."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, create_model, model_validator

from aggregator.config.checks.problems import show, suggest
from aggregator.config.keys.entries import TopicIds
from aggregator.config.keys.fields import Allowed, Flag, KeyGroup, Raw, Whole, refuse, refuse_key
from aggregator.model.curation import EditorRule, Effects

MOST_CLAUSE_CHARACTERS = 10_000
LONGEST_HOLD = timedelta(days=60)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
_SPAN = re.compile(r"(\d{1,6}(?:\.\d{1,3})?) ?(m|min|h|d)")
_UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days"}
_HOURS = re.compile(r"([01]?\d|2[0-3]):([0-5]\d) ?[-–] ?(?:([01]?\d|2[0-3]):([0-5]\d)|24:00)")
_YEARS = range(2000, 2200)


def _make_list(value: object) -> object:
    """Return one text as a list of it."""
    return [value] if isinstance(value, str) else value


def _check_id(value: str) -> str:
    if not _ID.fullmatch(value):
        raise refuse(f"{show(value)} is no id")
    return value


def _check_clause(value: str) -> str:
    if not value.strip():
        raise refuse("is empty")
    if len(value) > MOST_CLAUSE_CHARACTERS:
        raise refuse(f"is over {MOST_CLAUSE_CHARACTERS} characters long")
    return value


def _require_clauses(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value:
        raise refuse("is empty")
    return value


def _parse_span(value: object) -> timedelta:
    found = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found:
        raise refuse(f"{show(value)} is no time span")
    span = timedelta(**{_UNITS[found[2]]: float(found[1])})
    if not timedelta(0) < span <= LONGEST_HOLD:
        raise refuse(f"{show(value)} is no time or over {LONGEST_HOLD.days} days")
    return span


def _parse_moment(value: object) -> datetime:
    """Return a date as its first moment, and a time as it is: without a zone, that of the rule holds."""
    found = value
    if isinstance(value, str):
        try:
            found = datetime.fromisoformat(value.strip())
        except ValueError:
            raise refuse(f"{show(value)} is no date") from None
    elif isinstance(value, date) and not isinstance(value, datetime):
        found = datetime.combine(value, time())
    if not isinstance(found, datetime) or found.year not in _YEARS:
        raise refuse(f"{show(value)} is no date of these centuries")
    return found


def _parse_hours(value: object) -> tuple[time, time]:
    found = _HOURS.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found:
        raise refuse(f"{show(value)} is no span of hours")
    begin, end = time(int(found[1]), int(found[2])), time(int(found[3] or 0), int(found[4] or 0))
    if begin == end:
        raise refuse(f"{show(value)} begins when it ends: leave hours out for whole days")
    return begin, end


def _check_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, LookupError):
        hint = suggest(value, available_timezones()).rstrip(",")
        raise refuse(f"{show(value)} is no time zone{hint}") from None
    return value


RuleId = Annotated[
    Raw, AfterValidator(_check_id), Allowed("a-z, 0-9, hyphens, dots and underscores, up to 80")
]
ClauseText = Annotated[Raw, AfterValidator(_check_clause), Allowed("a clause in CEL, in quotes")]
Clauses = Annotated[
    tuple[ClauseText, ...],
    AfterValidator(_require_clauses),
    BeforeValidator(_make_list),
    Allowed("a list of clauses in CEL"),
]
OneOrMoreTopics = Annotated[TopicIds, BeforeValidator(_make_list), Allowed("a topic id, or a list of them")]
Span = Annotated[timedelta, BeforeValidator(_parse_span), Allowed("a time span such as 90m, 6h or 2d")]
Moment = Annotated[
    datetime, BeforeValidator(_parse_moment), Allowed("a date such as 2027-01-01, or 2027-01-01 18:00")
]
Day = Annotated[
    Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], Allowed("mon, tue, wed, thu, fri, sat or sun")
]
Days = Annotated[
    tuple[Day, ...],
    BeforeValidator(_make_list),
    Allowed("a list of mon, tue, wed, thu, fri, sat, sun"),
]
Hours = Annotated[
    tuple[time, time], BeforeValidator(_parse_hours), Allowed("hours such as 09:00-17:30 or 22:00-07:00")
]
Zone = Annotated[Raw, AfterValidator(_check_zone), Allowed("a time zone such as Europe/Berlin")]
ArticleType = Annotated[Literal["article", "video"], Allowed("article or video")]


class EffectKeys(KeyGroup):
    """``then`` of a rule: what is done about the articles that it applies to."""

    drop: Flag = Field(
        default=False, description="Take them out of the rule's topics; without topics, publish them nowhere."
    )
    hold: Span | None = Field(
        default=None, description="Publish them only so long after they were first seen."
    )
    add_topic: OneOrMoreTopics = Field(default=(), description="Give them topics, with those above.")
    remove_topic: OneOrMoreTopics = Field(default=(), description="Take topics from them.")
    quality: Whole = Field(default=0, ge=-100, le=100, description="Added to their quality.")
    type: ArticleType | None = Field(default=None, description="Make them articles or videos.")
    review: Flag = Field(default=False, description="Quarantine them for review, each once.")
    no_story: Flag = Field(default=False, description="Have each stand alone: no other joins it in a story.")

    def record(self) -> Effects:
        """Return the record of these effects."""
        return Effects(**dict(self))


class _RuleBase(KeyGroup):
    """One of ``rules``, but for the key that is a word of Python."""

    id: RuleId = Field(description="What logs, `explain` and parts of quality call it.")
    topics: OneOrMoreTopics = Field(default=(), description="Only articles in one of these topics.")
    when: Clauses = Field(description="Clauses in CEL, of which all must hold.")
    then: Annotated[EffectKeys, Allowed("a mapping of keys")] = Field(
        default=EffectKeys(), description="What is done about the articles that it applies to."
    )
    stop: Flag = Field(default=False, description="Where it applies, look at no rule after it.")
    until: Moment | None = Field(
        default=None, description="When it ends; a date is the first moment of that day."
    )
    days: Days = Field(default=(), description="The weekdays on which it holds.")
    hours: Hours | None = Field(
        default=None, description="The hours in which it holds on these days, over midnight as well."
    )
    time_zone: Zone = Field(default="UTC", description="The zone of its days, hours and dates.")

    @model_validator(mode="after")
    def _require_effect(self) -> "_RuleBase":
        if not self.stop and self.then.record() == Effects():
            raise refuse_key("then", f"it does nothing, allowed: one of {', '.join(EffectKeys.model_fields)}")
        begin, end = (self._place_moment(getattr(self, name)) for name in ("from", "until"))
        if begin is not None and end is not None and end <= begin:
            raise refuse_key("until", "it ends before it begins, allowed: a time after from")
        return self

    def record(self) -> EditorRule:
        """Return the record of this rule."""
        return EditorRule(
            id=self.id,
            topics=self.topics,
            when=self.when,
            then=self.then.record(),
            from_at=self._place_moment(getattr(self, "from")),
            until_at=self._place_moment(self.until),
            days=tuple(sorted({_DAYS.index(day) for day in self.days})),
            hours=self.hours,
            time_zone=self.time_zone,
            stop=self.stop,
        )

    def _place_moment(self, moment: datetime | None) -> datetime | None:
        if moment is None:
            return None
        zoned = moment.replace(tzinfo=ZoneInfo(self.time_zone)) if moment.tzinfo is None else moment
        return zoned.astimezone(UTC)


if TYPE_CHECKING:

    class RuleKeys(_RuleBase):
        """One of ``rules``: what editors want done about which articles."""
else:
    _FROM: Any = (
        Moment | None,
        Field(default=None, description="When it begins; a date is the first moment of that day."),
    )
    RuleKeys = create_model(
        "RuleKeys", __base__=_RuleBase, __doc__="One of ``rules``: see ``_RuleBase``.", **{"from": _FROM}
    )
