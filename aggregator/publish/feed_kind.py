"""The two kinds of feeds that every topic has."""

from enum import StrEnum


class FeedKind(StrEnum):
    """What the items of a feed are: stories, each with its articles, or articles, each by itself."""

    STORIES = "stories"
    ARTICLES = "articles"
