"""Why two articles are in one story, and why two stories are not one, in terms that a reader can check.

Of what is stored alone, and without arrays: whoever only shows stories needs no numpy.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from aggregator.model import Member
from aggregator.stories.decisions import Decisions
from aggregator.stories.formats import PAGE
from aggregator.stories.likeness import average_dot, dot
from aggregator.stories.numbering import is_next_number
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


def explain_pair(one: Member, other: Member, texts: Sequence[str]) -> SharedGround:
    """Return what two articles share; ``texts`` are their titles and excerpts, which have terms as words."""
    weights = {
        term: one.vector[term] * other.vector[term] for term in one.vector.keys() & other.vector.keys()
    }
    heaviest = sorted(weights, key=lambda term: (-weights[term], term))
    words = list(dict.fromkeys(word for term in heaviest for word in term.split(" ")))
    spelled = {word: _spell(word, texts) for word in words}
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


def find_nearest(member: Member, others: Iterable[Member]) -> Member:
    """Return the article that is most like one; the first placed of several."""
    return min(others, key=lambda other: (-dot(member.vector, other.vector), other.turn))


def explain_distance(
    some: Sequence[Member],
    others: Sequence[Member],
    limits: Thresholds,
    decisions: Decisions,
    *,
    has_excerpt: bool,
) -> str:
    """Return in words why two stories are not one, the reason that alone suffices first."""
    if decisions.are_apart((one.article_id for one in some), [other.article_id for other in others]):
        return "it was decided so"
    if any(all(PAGE in member.terms for member in side) for side in (some, others)):
        return "a page of a format (its title has its own date, or came from its publisher with another day)"
    gap_h = _measure_gap(some, others) / _HOUR
    if gap_h > limits.window_h:
        return f"{gap_h:.0f} h lie between them, at most {limits.window_h:g} are allowed"
    if any(_are_of_series(one, other) for one in some for other in others):
        return "another number of the same series of its publisher"
    return _explain_likeness(some, others, limits, gap_h, has_excerpt=has_excerpt)


def add_vectors(members: Iterable[Member]) -> Mapping[str, float]:
    """Return what a story says: what each term weighs in all of its articles together."""
    total: Counter[str] = Counter()
    for member in members:
        for term, weight in member.vector.items():
            total[term] += weight  # type: ignore[assignment]  # counters add up any numbers
    return total


def measure_likeness(one: Mapping[str, float], two: Mapping[str, float]) -> float:
    """Return the cosine of what two stories say: how alike that is, from 0 to 1."""
    lengths = math.sqrt(dot(one, one) * dot(two, two))
    return dot(one, two) / lengths if lengths else 0.0


def _explain_likeness(
    some: Sequence[Member], others: Sequence[Member], limits: Thresholds, gap_h: float, *, has_excerpt: bool
) -> str:
    one, two, both = map(add_vectors, (some, others, [*some, *others]))
    likeness = measure_likeness(one, two)
    least, spread = limits.get_merging(has_excerpt=has_excerpt)
    apart = limits.get_cohesion(len(some) + len(others), has_excerpt=has_excerpt)
    mean = average_dot([member.vector for member in some], [member.vector for member in others])
    sums = (one, len(some)), (two, len(others)), (both, len(some) + len(others))
    cohesion = min(1.0, *(math.sqrt(dot(total, total)) / size for total, size in sums))
    left = likeness * limits.fade(gap_h) * cohesion**spread
    if likeness < least:
        return f"likeness {likeness:.2f} is below {least:g}"
    if mean < apart:
        return f"no cohesion: their articles are {mean:.2f} alike on average, {apart:.2g} is needed"
    if left < least:
        causes = [f"{gap_h:.0f} h apart"] if gap_h >= 1 else []
        causes += [f"cohesion {cohesion:.2f}"] if cohesion < 1 and spread else []
        return f"likeness {likeness:.2f} counts {left:.2f} ({', '.join(causes)}), below {least:g}"
    reason = "they share one idea only, or nothing that is near both came since"
    return f"likeness {likeness:.2f} would do, but {reason}"


def _measure_gap(some: Sequence[Member], others: Sequence[Member]) -> timedelta:
    one, two = ([member.published_at for member in members] for members in (some, others))
    return max(timedelta(), min(one) - max(two), min(two) - max(one))


def _are_of_series(one: Member, other: Member) -> bool:
    if one.provider != other.provider:
        return False
    words, others = ({term for term in member.vector if " " not in term} for member in (one, other))
    return is_next_number(words, others, {word for word in words | others if word[:1].isdigit()})


def _spell(term: str, texts: Iterable[str]) -> str:
    """Return a term as a text has it, which is mostly longer: "deliveri" is "deliveries"."""
    stem = term if len(term) < _LONG else term[:-1]
    for text in texts:
        for word in _WORD.findall(text):
            if word.lower().startswith(stem) and len(word) <= 2 * len(term) + 1:
                return str(word).removesuffix("'s").removesuffix("’s")
    return term


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
