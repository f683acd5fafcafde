"""What an article says, as grouping takes it: its terms, and the vector that they make among all others."""

from typing import NamedTuple

from aggregator.stories.formats import PAGE
from aggregator.stories.placement import Newcomer
from aggregator.stories.rarity import CountedArticle, Rarity
from aggregator.stories.sentence_counts import SentenceCounts
from aggregator.stories.sentences import write_marks
from aggregator.stories.terms import Terms, column_terms, extract_terms
from aggregator.stories.vector import make_vector
from aggregator.stories.vocabulary import Records, Vocabulary


class Reading(NamedTuple):
    """An article's terms, the marks of its sentences, and its vector; whether it came with an excerpt.

    ``distinct`` are all its words once, as ``Terms.distinct`` has them. ``is_on_subject`` tells of one with
    an excerpt whether it is on a subject that fills the stream, ``pace`` how much of an hour counts there.
    """

    terms: Terms
    distinct: tuple[str, ...]
    marks: bytes
    vector: Records
    has_excerpt: bool
    is_on_subject: bool
    pace: float

    @property
    def stored_terms(self) -> tuple[str, ...]:
        """Return all its terms as they are stored: those of series, of the marks, and its words."""
        return (*self.terms.series, *write_marks(self.marks), *self.distinct)


class Reader:
    """Reads articles by what those before them said: ``rarity`` of the window, ``sentences`` of open stories.

    Sentences are counted by whoever keeps the stories.
    """

    def __init__(self, window_h: float) -> None:
        self.vocabulary = Vocabulary()
        self.rarity = Rarity(window_h)
        self.sentences = SentenceCounts()

    def read(self, article: Newcomer, at_h: float) -> Reading:
        """Return what a new article says, and count its terms; ``at_h`` is when it was published."""
        excerpt, marks = self.sentences.read_excerpt(article.excerpt or "", article.provider, article.title)
        terms = extract_terms(article.title, excerpt, article.language)
        is_bare = bool(marks) and not terms.excerpt
        if self.rarity.is_page(terms.formats, article.provider) or (is_bare and _is_column(terms)):
            terms = terms._replace(formats=(PAGE, *terms.formats))
        distinct, has_excerpt = terms.distinct, bool(terms.excerpt)
        language, provider = terms.language, article.provider
        self.rarity.count(CountedArticle(at_h, article.id, distinct, language, provider))
        weights = self.rarity.weights(distinct, language=language, provider=provider, has_excerpt=has_excerpt)
        is_on_subject = has_excerpt and self.rarity.fills_stream(distinct, language)
        self.rarity.forget_old()
        vector = make_vector(terms, weights, self.vocabulary)
        pace = self.rarity.measure_pace(language)
        return Reading(terms, distinct, marks, vector, has_excerpt or is_bare, is_on_subject, pace)


def _is_column(terms: Terms) -> bool:
    """Tell whether an article without words but its title is a page of whatever comes, by that title."""
    return not column_terms(terms.language).keys().isdisjoint(terms.title)
