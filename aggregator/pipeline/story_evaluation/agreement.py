"""How far stories that were found agree with labelled ones."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreement:
    """Shares from 0 to 1, and how many stories were found and are labelled.

    BCubed takes the mean over articles, pairwise figures count pairs of articles in one story.
    """

    bcubed_precision: float
    bcubed_recall: float
    bcubed_f1: float
    pair_precision: float
    pair_recall: float
    pair_f1: float
    stories_found: int
    stories_labelled: int


def measure_agreement(found: Mapping[str, str], labelled: Mapping[str, str]) -> Agreement:
    """Return how ``found`` (article id -> story id) agrees with ``labelled``; other articles do not count.

    BCubed: Bagga and Baldwin 1998. Every labelled article must have been found a story.
    """
    both = Counter((found[article_id], label) for article_id, label in labelled.items())
    by_story, by_label = Counter[str](), Counter[str]()
    for (story, label), count in both.items():
        by_story[story] += count
        by_label[label] += count
    total = max(1, len(labelled))
    precision = sum(count * count / by_story[story] for (story, _), count in both.items()) / total
    recall = sum(count * count / by_label[label] for (_, label), count in both.items()) / total
    together = sum(map(_count_pairs, both.values()))
    pair_precision = together / max(1, sum(map(_count_pairs, by_story.values())))
    pair_recall = together / max(1, sum(map(_count_pairs, by_label.values())))
    return Agreement(
        bcubed_precision=precision,
        bcubed_recall=recall,
        bcubed_f1=_compute_f1(precision, recall),
        pair_precision=pair_precision,
        pair_recall=pair_recall,
        pair_f1=_compute_f1(pair_precision, pair_recall),
        stories_found=len(by_story),
        stories_labelled=len(by_label),
    )


def _count_pairs(count: int) -> int:
    return count * (count - 1) // 2


def _compute_f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
