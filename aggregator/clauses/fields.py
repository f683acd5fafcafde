"""What a clause can ask of an article: names, kinds and what they mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "texts", "whole number", "number", "truth value"]


@dataclass(frozen=True, slots=True)
class Field:
    """One name that clauses know; ``is_fixed``: no rule changes it, so that it may be looked up once.

    Numbers are from ``least`` to ``most``, None: no bound is known.
    """

    kind: Kind
    meaning: str
    is_fixed: bool = False
    least: int | None = None
    most: int | None = None


FIELDS: Mapping[str, Field] = {
    "title": Field("text", "the title", is_fixed=True),
    "excerpt": Field("text", 'the excerpt, "" where there is none', is_fixed=True),
    "text": Field("text", "title and excerpt, on a line each", is_fixed=True),
    "url": Field("text", 'its address, "" where it has none', is_fixed=True),
    "host": Field("text", "the host of its address, without www.", is_fixed=True),
    "provider.domain": Field("text", "the domain of its publisher", is_fixed=True),
    "provider.name": Field("text", "the name of its publisher", is_fixed=True),
    "provider.family": Field("text", 'the owner of its publisher, "" where none is listed', is_fixed=True),
    "source": Field("text", "the id of the source that showed it first", is_fixed=True),
    "language": Field("text", 'its language such as en or pt-br, "" where unknown', is_fixed=True),
    "authors": Field("texts", "the names of its authors"),
    "topics": Field("texts", "the ids of its topics, as rules before this one left them"),
    "type": Field("text", "article or video"),
    "quality": Field("whole number", "0 to 100, as rules before this one left it", least=0, most=100),
    "quality_parts.base": Field("whole number", "what every article has"),
    "quality_parts.excerpt": Field("whole number", "for its excerpt"),
    "quality_parts.image": Field("whole number", "for a picture"),
    "quality_parts.date": Field("whole number", "for a date that its source states"),
    "quality_parts.author": Field("whole number", "for an author"),
    "quality_parts.relevance": Field("whole number", "for where its keywords stand"),
    "quality_parts.originality": Field("whole number", "less for a text of another publisher"),
    "quality_parts.weight": Field("whole number", "the weight of its publisher and source"),
    "age_h": Field("number", "hours since it was published, only compared with a number", least=0),
    "has_image": Field("truth value", "whether it has a picture"),
    "is_copy": Field("truth value", "whether its text is credited to another publisher"),
    "story.articles": Field("whole number", "articles of its story, published or not; 1 alone", least=1),
    "story.publishers": Field("whole number", "publishers of these", least=1),
    "story.independent": Field(
        "whole number", "of these those with words of their own, a family once", least=1
    ),
}
"""Every field, in the order in which the docs tell them."""

FUNCTIONS = (
    "all", "bool", "contains", "double", "duration", "endsWith", "exists", "exists_one", "filter", "has",
    "int", "map", "matches", "size", "startsWith", "string", "timestamp",
)  # fmt: skip
"""What CEL itself has, for those who misspell it."""
