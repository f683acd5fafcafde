"""The tables of what people say of stories; an answer outlives the articles that it is about."""

from sqlalchemy import Boolean, Column, Index, String, Table, Text

from aggregator.store.columns import Endless, Real, UtcTime
from aggregator.store.schema import metadata

story_answers = Table(
    "story_answers",
    metadata,
    Column("article_id", String, primary_key=True),
    Column("other_id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("answered_at", UtcTime, nullable=False),
    Column("answered_by", Text, nullable=False),
    Column("turn", Endless, nullable=False),
    Index("story_answers_turn", "turn"),
)

story_questions = Table(
    "story_questions",
    metadata,
    Column("article_id", String, primary_key=True),
    Column("other_id", String, primary_key=True),
    Column("topic", String, nullable=False),
    Column("drawn_at", UtcTime, nullable=False),
    Column("stratum", String, nullable=False),
    Column("weight", Real, nullable=False),
    Column("likeness", Real, nullable=False),
    Column("is_together", Boolean, nullable=False),
    Column("provider", String, nullable=False),
    Column("other_provider", String, nullable=False),
    Index("story_questions_drawn", "drawn_at"),
)

# How many pairs of each kind there were when questions were drawn.
story_strata = Table(
    "story_strata",
    metadata,
    Column("topic", String, primary_key=True),
    Column("drawn_at", UtcTime, primary_key=True),
    Column("name", String, primary_key=True),
    Column("pairs", Real, nullable=False),
)
