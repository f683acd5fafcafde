"""The keys of ``stories`` in ``settings.yaml``."""

from collections.abc import Mapping

from pydantic import Field, model_validator

from aggregator.config.keys.fields import KeyGroup, Number, Whole, refuse_key


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
        default=0.26,
        ge=0.05,
        le=1,
        description="Likeness at which an article with an excerpt joins a story.",
    )
    merge: Number = Field(
        default=0.19, ge=0.05, le=1, description="Likeness at which two stories of titles alone become one."
    )
    merge_excerpt: Number = Field(
        default=0.32, ge=0.05, le=1, description="Likeness at which two stories with excerpts become one."
    )
    also_covered: Whole = Field(
        default=10, ge=0, le=100, description="Other articles that an item of a stories feed lists."
    )

    @model_validator(mode="before")
    @classmethod
    def _leave_dense_model(cls, given: object) -> object:
        """Leave out the key of an option that is gone, as ``settings.yaml`` had it by default."""
        if not isinstance(given, Mapping) or "dense_model" not in given:
            return given
        if given["dense_model"]:
            raise refuse_key(
                "dense_model", "there is no second opinion on stories any more, allowed: no such key"
            )
        return {key: value for key, value in given.items() if key != "dense_model"}
