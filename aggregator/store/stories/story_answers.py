"""What people say of two articles, and the questions that were drawn for them."""

__all__ = ["find_articles_by_prefix", "read_answers", "read_questions", "save_answer", "save_questions"]

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from aggregator.model import AnswerKind, StoryAnswer, StoryQuestion, Stratum, pair_of
from aggregator.store.database import Database
from aggregator.store.fast.driver import upsert
from aggregator.store.marks import MarkKind, add_marks
from aggregator.store.schema import articles
from aggregator.store.schema.answers import story_answers, story_questions, story_strata
from aggregator.store.stories.stories import find_last_turn


def save_answer(
    store: Database, pair: Iterable[str], kind: AnswerKind, *, now: datetime, answered_by: str
) -> StoryAnswer:
    """Keep what somebody says of two articles in place of what was said before, and return it.

    The same said again stays as it was: by whom, and when.
    """
    article_id, other_id = pair_of(*pair)
    is_it = (story_answers.c.article_id == article_id) & (story_answers.c.other_id == other_id)
    with store.writing() as connection:
        known = connection.execute(select(story_answers).where(is_it)).mappings().first()
        if known is not None and known["kind"] == kind:
            return _answer_of(known)
        answer = StoryAnswer(
            article_id=article_id,
            other_id=other_id,
            kind=kind,
            answered_at=now,
            answered_by=answered_by,
            turn=find_last_turn(connection) + 1,
        )
        upsert(connection, story_answers, [asdict(answer)])
        add_marks(connection, MarkKind.TRUTH, [""])
        return answer


def read_answers(store: Database) -> tuple[StoryAnswer, ...]:
    """Return all answers, the newest first."""
    query = select(story_answers).order_by(story_answers.c.turn.desc())
    with store.reading() as connection:
        return tuple(map(_answer_of, connection.execute(query).mappings()))


def find_articles_by_prefix(store: Database, prefix: str) -> tuple[str, ...]:
    """Return the ids of the stored articles that start with ``prefix``; only itself where it is one."""
    query = select(articles.c.id).where(func.lower(articles.c.id).startswith(prefix.lower(), autoescape=True))
    with store.reading() as connection:
        found = tuple(connection.execute(query.order_by(articles.c.id)).scalars())
    return (prefix,) if prefix in found else found


def save_questions(store: Database, questions: Sequence[StoryQuestion], strata: Sequence[Stratum]) -> None:
    """Keep questions that were drawn, and how many pairs of each kind there were."""
    with store.writing() as connection:
        upsert(connection, story_questions, [asdict(question) for question in questions])
        upsert(connection, story_strata, [asdict(stratum) for stratum in strata])
        add_marks(connection, MarkKind.TRUTH, [""])


def read_questions(
    store: Database, *, since: datetime, topic: str
) -> tuple[tuple[StoryQuestion, ...], tuple[Stratum, ...]]:
    """Return what was drawn since then of a topic ("": of the whole site), the oldest first."""
    asked = select(story_questions).where(
        story_questions.c.drawn_at >= since, story_questions.c.topic == topic
    )
    counted = select(story_strata).where(story_strata.c.drawn_at >= since, story_strata.c.topic == topic)
    order = story_questions.c.drawn_at, story_questions.c.article_id, story_questions.c.other_id
    with store.reading() as connection:
        questions = connection.execute(asked.order_by(*order)).mappings()
        drawn = tuple(StoryQuestion(**row) for row in questions)
        strata = connection.execute(counted.order_by(story_strata.c.drawn_at, story_strata.c.name)).mappings()
        return drawn, tuple(Stratum(**row) for row in strata)


def _answer_of(row: Mapping[Any, Any]) -> StoryAnswer:
    return StoryAnswer(**{**row, "kind": AnswerKind(row["kind"])})
