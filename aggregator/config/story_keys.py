"""The keys of ``stories`` in ``settings.yaml``."""

from pydantic import Field

from aggregator.config.fields import KeyGroup, Number, OptionalText, Whole


class StoriesKeys(KeyGroup):
    """``stories``: which articles are about one event, and how their feeds show it."""

    window_h: Number = Field(
        default=72, ge=1, le=720, description="Hours between an article and the story it can still join."
    )
    follow_up_days: Number = Field(
        default=7, ge=0, le=60, description="Days in which later stories are linked as related."
    )
    join: Number = Field(
        default=0.25,
        ge=0.05,
        le=1,
        description="Likeness at which an article of a title alone joins a story.",
    )
    join_excerpt: Number = Field(
        default=0.27,
        ge=0.05,
        le=1,
        description="Likeness at which an article with an excerpt joins a story.",
    )
    merge: Number = Field(
        default=0.19, ge=0.05, le=1, description="Likeness at which two stories of titles alone become one."
    )
    merge_excerpt: Number = Field(
        default=0.34, ge=0.05, le=1, description="Likeness at which two stories with excerpts become one."
    )
    also_covered: Whole = Field(
        default=10, ge=0, le=100, description="Other articles that an item of a stories feed lists."
    )
    dense_model: OptionalText = Field(
        default="", description='Folder of a sentence-transformers model for a second opinion, "" for none.'
    )
