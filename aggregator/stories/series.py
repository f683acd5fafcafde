"""Series of a publisher, whose articles say the same each time but for a number."""

from collections.abc import Set as AbstractSet

from aggregator.stories.numbering import is_next_number
from aggregator.stories.open_story import GroupedArticle, OpenStory
from aggregator.stories.vocabulary import FIRST_PAIR, read_records


def has_number(article: GroupedArticle) -> bool:
    """Tell whether one of an article's words is a number, as those of a series have."""
    return not article.vocabulary.numerals.isdisjoint(read_records(article.packed)["key"].tolist())


def continues_series(article: GroupedArticle, story: OpenStory) -> bool:
    """Tell whether a story has another number of the publisher's own series: a day's count, an episode."""
    own = (other for other in story.members if other.provider == article.provider)
    words, numerals = _read_words(article), article.vocabulary.numerals
    return any(is_next_number(words, _read_words(other), numerals) for other in own)


def _read_words(article: GroupedArticle) -> AbstractSet[int]:
    return {key for key in read_records(article.packed)["key"].tolist() if key < FIRST_PAIR}
