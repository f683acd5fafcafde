"""Why two articles are in one story, and why two stories are not one, in terms that a reader can check.

Of what is stored alone, and without arrays: whoever only shows stories needs no numpy.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from aggregator.model import Member, Story
from aggregator.stories.decisions import Decisions
from aggregator.stories.editions import have_contests, have_editions, keep_series
from aggregator.stories.formats import PAGE
from aggregator.stories.hours import count_hours
from aggregator.stories.likeness import dot
from aggregator.stories.merging import (
    Obstacle,
    find_obstacle,
    get_merging,
    leave_likeness,
    measure_cohesion,
    measure_gap_h,
)
from aggregator.stories.numbering import is_next_number
from aggregator.stories.places import (
    Countries,
    are_elsewhere,
    find_main_countries,
    keep_countries,
    name_countries,
)
from aggregator.stories.thresholds import Thresholds

SHOWN = 6
"""So many of the terms that weigh most are told."""
_WORD = re.compile(r"\w+(?:['’.,]\w+)*")
_SENTENCE_END = re.compile(r"[.!?:;]\s*[\"'”’)]*\s*$")
_TITLE_CASE = 0.6
"""From this share of capitalised long words on, a title's capitals tell nothing."""
_LONG = 4
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class SharedGround:
    """What two articles share, the heaviest first: ``names``, other ``terms`` and ``numbers``.

    ``apart_h`` are the hours between them, ``likeness`` is the cosine of their vectors.
    """

    names: tuple[str, ...]
    terms: tuple[str, ...]
    numbers: tuple[str, ...]
    apart_h: float
    likeness: float


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredStory:
    """A story as the store has it, with what counts where two are compared (see ``merging.Side``).

    ``total`` is what its articles say together: what each term weighs.
    """

    members: Sequence[Member]
    total: Mapping[str, float]
    has_excerpt: bool
    length: float
    first_h: float
    last_h: float
    countries: Countries

    @classmethod
    def of(cls, story: Story, members: Sequence[Member]) -> Self:
        """Return a story with its articles, in the order they were placed."""
        total = story.total or members[0].vector
        hours = [count_hours(member.published_at) for member in members]
        return cls(
            members=members,
            total=total,
            has_excerpt=story.has_excerpt,
            length=math.sqrt(dot(total, total)),
            first_h=min(hours),
            last_h=max(hours),
            countries=find_main_countries(keep_countries(member.terms) for member in members),
        )

    @property
    def ids(self) -> list[str]:
        """Return the ids of its articles."""
        return [member.article_id for member in self.members]

    @property
    def size(self) -> int:
        """Return how many articles it has."""
        return len(self.members)

    @property
    def cohesion(self) -> float:
        """Return how alike its articles are, 0 to 1."""
        return min(1.0, self.length / self.size)

    def measure_likeness(self, other: Mapping[str, float]) -> float:
        """Return the cosine of what it says and of any other vector."""
        lengths = self.length * math.sqrt(dot(other, other))
        return dot(self.total, other) / lengths if lengths else 0.0


def explain_pair(one: Member, other: Member, texts: Sequence[str]) -> SharedGround:
    """Return what two articles share; ``texts`` are their titles and excerpts, which have terms as words."""
    weights = {
        term: one.vector[term] * other.vector[term] for term in one.vector.keys() & other.vector.keys()
    }
    heaviest = sorted(weights, key=lambda term: (-weights[term], term))
    words = list(dict.fromkeys(word for term in heaviest for word in term.split(" ")))
    spelled = {word: spell_term(word, texts) for word in words}
    numbers = [word for word in words if word[:1].isdigit()]
    named = [spelled[word] for word in words if word not in numbers and _is_name(spelled[word], texts)]
    names = [word for word in words if word not in numbers and _is_named(spelled[word], named, texts)]
    terms = [word for word in words if word not in numbers and word not in names]
    return SharedGround(
        names=tuple(spelled[word] for word in names[:SHOWN]),
        terms=tuple(spelled[word].lower() for word in terms[:SHOWN]),
        numbers=tuple(numbers[:SHOWN]),
        apart_h=abs(one.published_at - other.published_at) / _HOUR,
        likeness=dot(one.vector, other.vector),
    )


def spell_term(term: str, texts: Iterable[str]) -> str:
    """Return a term as a text has it, which is mostly longer: "deliveri" is "deliveries"."""
    stem = term if len(term) < _LONG else term[:-1]
    for text in texts:
        for word in _WORD.findall(text):
            if word.lower().startswith(stem) and len(word) <= 2 * len(term) + 1:
                return str(word).removesuffix("'s").removesuffix("’s")
    return term


def find_nearest(member: Member, others: Iterable[Member]) -> Member:
    """Return the article that is most like one; the first placed of several."""
    return min(others, key=lambda other: (-dot(member.vector, other.vector), other.turn))


def explain_distance(one: StoredStory, other: StoredStory, limits: Thresholds, decisions: Decisions) -> str:
    """Return in words why two stories are not one, the reason that alone suffices first."""
    if decisions.are_apart(one.ids, other.ids):
        return "it was decided so"
    if any(all(PAGE in member.terms for member in side.members) for side in (one, other)):
        return (
            "a page of a format (its title has its own date, or came from its publisher with another day, "
            "or tells of what kind it is and its excerpt stands under others, too)"
        )
    if any(_are_of_series(mine, theirs) for mine in one.members for theirs in other.members):
        return "another number of the same series of its publisher"
    if events := _describe_two_events(one, other):
        return events
    product = dot(one.total, other.total)
    obstacle = find_obstacle(one, other, product, limits, has_excerpt=one.has_excerpt)
    if obstacle is None:
        reason = (
            "they share one idea only, or few words, or none of their titles', or little for one publisher, "
            "or one asks, offers or advises, or others are as near, or one came long before or after most of "
            "the other, or nothing near both came since"
        )
        return f"likeness {one.measure_likeness(other.total):.2f} would do, but {reason}"
    return _describe_obstacle(obstacle, one, other, product, limits)


def _describe_two_events(one: StoredStory, other: StoredStory) -> str | None:
    """Return what tells two events apart however alike they are; None where nothing does."""
    some, others = (list(map(_Edition.of, side.members)) for side in (one, other))
    if have_editions(some, others):
        return "an edition of the same series of its publisher, of another day"
    return "another contest: their titles have other sides" if have_contests(some, others) else None


def _describe_obstacle(
    obstacle: Obstacle, one: StoredStory, other: StoredStory, product: float, limits: Thresholds
) -> str:
    likeness = one.measure_likeness(other.total)
    least, _ = get_merging(one, other, limits, has_excerpt=one.has_excerpt)
    match obstacle:
        case Obstacle.LIKENESS:
            return f"likeness {likeness:.2f} is below {least:g}"
        case Obstacle.COHESION:
            mean = product / (one.size * other.size)
            needed = limits.get_cohesion(one.size + other.size, has_excerpt=one.has_excerpt)
            return f"no cohesion: their articles are {mean:.2f} alike on average, {needed:.2g} is needed"
        case Obstacle.TIME:
            gap_h = measure_gap_h(one, other)
            return f"{gap_h:.0f} h lie between them, at most {limits.window_h:g} are allowed"
        case Obstacle.TRUST:
            left = leave_likeness(one, other, product, limits, has_excerpt=one.has_excerpt)
            causes = ", ".join(_list_causes(one, other, product, limits))
            return f"likeness {likeness:.2f} counts {left:.2f} ({causes}), below {least:g}"


def _list_causes(one: StoredStory, other: StoredStory, product: float, limits: Thresholds) -> Iterator[str]:
    """Yield in words what takes something away of the likeness of two stories."""
    gap_h, cohesion = measure_gap_h(one, other), measure_cohesion(one, other, product)
    _, spread = get_merging(one, other, limits, has_excerpt=one.has_excerpt)
    if gap_h >= 1:
        yield f"{gap_h:.0f} h apart"
    if cohesion < 1 and spread:
        yield f"cohesion {cohesion:.2f}"
    if are_elsewhere(one.countries, other.countries):
        here, there = (", ".join(name_countries(story.countries.main)) for story in (one, other))
        yield f"their countries differ ({here}; {there})"


@dataclass(frozen=True, slots=True)
class _Edition:
    """A stored article as an edition of a series."""

    provider: str
    at_h: float
    series: tuple[str, ...]

    @classmethod
    def of(cls, member: Member) -> Self:
        return cls(member.provider, count_hours(member.published_at), keep_series(member.terms))


def _are_of_series(one: Member, other: Member) -> bool:
    if one.provider != other.provider:
        return False
    words, others = ({term for term in member.vector if " " not in term} for member in (one, other))
    return is_next_number(words, others, {word for word in words | others if word[:1].isdigit()})


def _is_named(word: str, names: Sequence[str], texts: Iterable[str]) -> bool:
    """Tell whether a word is a name, or has a capital and stands beside one: the first word of a sentence."""
    beside = [f"{one} {other}" for name in names for one, other in ((word, name), (name, word))]
    return word in names or (word[:1].isupper() and any(pair in text for text in texts for pair in beside))


def _is_name(word: str, texts: Iterable[str]) -> bool:
    """Tell whether a text has a word with a capital that no title and no sentence's beginning brings."""
    for text in texts:
        long = [found for found in _WORD.findall(text) if len(found) >= _LONG]
        if not word[:1].isupper() or sum(found[:1].isupper() for found in long) >= _TITLE_CASE * len(long):
            continue
        for found in re.finditer(rf"\b{re.escape(word)}\b", text):
            before = text[: found.start()]
            if before.strip() and not _SENTENCE_END.search(before):
                return True
    return False
