"""The keys of one source, topic and provider, and how they become records."""

import re
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from aggregator.config.edits.source_ids import make_source_id
from aggregator.config.keys.fields import (
    Address,
    Allowed,
    Flag,
    Hashtag,
    HeaderValue,
    Host,
    KeyGroup,
    Language,
    NoneIsEmpty,
    Number,
    SourceId,
    Text,
    TopicId,
    Whole,
    refuse,
)
from aggregator.config.keys.limit_keys import LIMIT_KEYS, UTC, QuietTimes, TimeZone
from aggregator.model import Image, Provider, QuietHours, Source, Topic, TopicLimits

Texts = Annotated[tuple[Text, ...], NoneIsEmpty, Allowed("a list of texts")]
TopicIds = Annotated[tuple[TopicId, ...], NoneIsEmpty, Allowed("a list of topic ids")]
Hashtags = Annotated[tuple[Hashtag, ...], NoneIsEmpty, Allowed("a list of hashtags")]
Headers = Annotated[dict[str, HeaderValue], Allowed("a mapping of header names to quoted texts")]


_AMP_PATTERN = re.compile(r"(?:\{scheme\}|https?)://[^\s{}]*\{host\}[^\s{}]*\{path\}(?:[^\s{}]|\{query\})*")


def _check_amp_pattern(value: str) -> str:
    if not _AMP_PATTERN.fullmatch(value):
        raise refuse("is no pattern of addresses")
    return value


AmpPattern = Annotated[
    Text, AfterValidator(_check_amp_pattern), Allowed("an address such as {scheme}://{host}/amp{path}")
]


class ImageKeys(KeyGroup):
    """One of ``images``: a picture by address, with its size where it is known."""

    url: Address = Field(description="The picture's address.")
    width: Whole | None = Field(default=None, ge=1, le=100_000, description="Pixels across.")
    height: Whole | None = Field(default=None, ge=1, le=100_000, description="Pixels down.")

    def record(self) -> Image:
        """Return the record of this picture."""
        return Image(url=self.url, width=self.width, height=self.height)


Images = Annotated[tuple[ImageKeys, ...], NoneIsEmpty, Allowed("a list of url, width, height")]


class PollKeys(KeyGroup):
    """``poll`` of a source: limits of its own on how often it is visited."""

    min_interval_min: Number | None = Field(
        default=None, ge=0.01, le=43_200, description="Minutes between two polls at the very least."
    )
    max_interval_min: Number | None = Field(
        default=None, ge=0.01, le=43_200, description="Minutes between two polls at the very most."
    )


Poll = Annotated[
    PollKeys,
    BeforeValidator(lambda value: {} if value is None else value),
    Allowed("a mapping of min_interval_min, max_interval_min"),
]


SourceKind = Annotated[Literal["feed", "sitemap"], Allowed("feed, sitemap")]


class SourceKeys(KeyGroup):
    """One of ``sources``: a feed to poll."""

    url: Address = Field(description="The feed's address.")
    id: SourceId | None = Field(
        default=None, description="What commands and logs call it, and what its state is kept by."
    )
    type: SourceKind = Field(
        default="feed", description="What is at its address: a feed, or a sitemap of news."
    )
    name: Text | None = Field(default=None, description="What people call it.")
    provider: Host | None = Field(
        default=None, description="The domain of the publisher of its articles, whatever their addresses say."
    )
    topics: TopicIds = Field(default=(), description="The only topics its articles are matched against.")
    assign: Flag = Field(default=False, description="Give every article these topics, unmatched.")
    weight: Whole = Field(default=0, ge=-50, le=50, description="Added to the quality of its articles.")
    language: Language | None = Field(
        default=None, description="The language of its articles where they state none."
    )
    enabled: Flag = Field(default=True, description="Whether it is polled.")
    page: Flag = Field(
        default=True, description="Whether the pages of its articles may be fetched for what the feed lacks."
    )
    max_per_hour: Whole | None = Field(
        default=None,
        ge=1,
        le=10_000,
        description="Articles of it that are published in an hour at the most; others wait their turn.",
    )
    disappeared: Annotated[
        Literal["propose", "withdraw", "ignore"] | None, Allowed("propose, withdraw, ignore")
    ] = Field(default=None, description="What is done about articles of it that it shows no more.")
    poll: Poll = Field(default=PollKeys(), description="Limits of its own on how often it is polled.")
    headers: Headers = Field(
        default={},
        repr=False,
        description="HTTP headers sent to its host; ${NAME} is taken from the environment.",
    )

    def record(self) -> Source:
        """Return the record of this source."""
        return Source(
            id=self.id or make_source_id(self.url),
            url=self.url,
            kind=self.type,
            name=self.name,
            provider=self.provider,
            topics=self.topics,
            assign=self.assign,
            weight=self.weight,
            language=self.language,
            enabled=self.enabled,
            page=self.page,
            min_interval=_to_minutes(self.poll.min_interval_min),
            max_interval=_to_minutes(self.poll.max_interval_min),
            max_per_hour=self.max_per_hour,
            disappeared=self.disappeared,
            headers=self.headers,
        )


class TopicKeys(KeyGroup):
    """One of ``topics``: a subject that is curated."""

    id: TopicId = Field(description="Its name in addresses.")
    name: Text = Field(description="Its name in feeds, pages and records.")
    shortname: Text | None = Field(default=None, description="A shorter name for tight places.")
    parent: TopicId | None = Field(
        default=None, description="The id of the wider topic that its articles also belong to."
    )
    description: Text | None = Field(default=None, description="A sentence on what it is about.")
    keywords: Texts = Field(default=(), description="Words or phrases of which an article must hold one.")
    require: Texts = Field(
        default=(), description="Words or phrases of which an article must hold one as well."
    )
    exclude: Texts = Field(default=(), description="Words or phrases of which an article must hold none.")
    hashtags: Hashtags = Field(default=(), description="Its tags on social networks, without the #.")
    fold_accents: Flag = Field(
        default=False, description="Whether accents make no difference: cafe is café, and the reverse."
    )
    images: Images = Field(default=(), description="Its pictures.")
    limit: Whole | None = Field(default=None, ge=1, le=10_000, description="Items in its feeds at the most.")
    quality_threshold: Whole | None = Field(
        default=None, ge=0, le=100, description="The quality that its feeds ask for, where more than 70."
    )
    max_per_provider: Whole | None = Field(
        default=None,
        ge=1,
        le=10_000,
        description="Items of one provider in its feeds at the most: the newest.",
    )
    max_in_a_row: Whole | None = Field(
        default=None,
        ge=1,
        le=100,
        description="Items of one provider in a row at the most; what would be one more is left out.",
    )
    delay_min: Number | None = Field(
        default=None,
        ge=0,
        le=43_200,
        description="Minutes after it was first seen that a new article reaches its feeds.",
    )
    quiet_hours: QuietTimes | None = Field(
        default=None, description="When nothing new enters its feeds; it does when they end."
    )
    time_zone: TimeZone | None = Field(default=None, description="The time zone of its quiet_hours.")

    def record(self) -> Topic:
        """Return the record of this topic."""
        images = tuple(image.record() for image in self.images)
        values = {key: value for key, value in dict(self).items() if key not in LIMIT_KEYS}
        return Topic(**{**values, "images": images}, limits=self._limits())

    def _limits(self) -> TopicLimits:
        quiet = self.quiet_hours and QuietHours(*self.quiet_hours, self.time_zone or UTC)
        return TopicLimits(
            max_per_provider=self.max_per_provider,
            max_in_a_row=self.max_in_a_row,
            delay=_to_minutes(self.delay_min) or timedelta(0),
            quiet=quiet,
        )


Reuse = Annotated[Literal["wished", "granted"], Allowed("wished, granted")]


class ProviderKeys(KeyGroup):
    """One of ``providers``: a publisher."""

    domain: Host = Field(
        description="The end of the host names that are its own; the longest listed one wins."
    )
    name: Text | None = Field(default=None, description="Its name in feeds, pages and records.")
    family: Text | None = Field(
        default=None, description="Its owner, where one owner has several publishers."
    )
    weight: Whole = Field(default=0, ge=-50, le=50, description="Added to the quality of its articles.")
    images: Images = Field(default=(), description="Its logos.")
    amp: AmpPattern | None = Field(
        default=None,
        description="Where its AMP pages are, made of {scheme}, {host}, {path} and {query} of an article.",
    )
    reuse: Reuse = Field(
        default="wished",
        description="Whether what its pages say about reuse is obeyed, or it granted you more.",
    )

    def record(self) -> Provider:
        """Return the record of this provider."""
        return Provider(
            domain=self.domain,
            name=self.name or "",
            family=self.family,
            weight=self.weight,
            images=tuple(image.record() for image in self.images),
            amp_pattern=self.amp,
            is_reuse_granted=self.reuse == "granted",
        )


def _to_minutes(count: float | None) -> timedelta | None:
    return None if count is None else timedelta(minutes=count)
