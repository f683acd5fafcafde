"""What the weights of ``aggregator.stories.certainty`` are made from: joins that likeness alone would make.

    python -m tests.benchmarks.joins LABELLED.jsonl [LABELLED.jsonl ...]

Each file has articles as ``aggregator stories evaluate`` reads them, those that were read with their ``story``.
They are placed as production places them, but that every join is certain. A join is right where half of the
story is of the article's label. Logistic regressions (ridge, Newton's method) tell by what right joins differ
from wrong ones; each is tried on the other files, and by tenths on its own: the area under the curve, 0.5 for
chance, beside that of the score alone.
"""

import argparse
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from aggregator.pipeline.story_evaluation import read_labelled_articles
from aggregator.stories.certainty import (
    AGE,
    ALONE,
    HALF_DAY_H,
    NO_NEWS,
    NO_TITLE,
    TIME,
    TITLES,
    WORDS,
    measure_join,
)
from aggregator.stories.grouper import Grouper

FEATURES = "score, words, titles, time, age, alone, kind"
RIDGE = 0.3
FOLDS = 10
BUILT_IN = np.array([0, 1, WORDS, TITLES, TIME, AGE, ALONE, -np.log(NO_NEWS)])


@dataclass(eq=False)
class Recorder(Grouper):
    """A grouper for which every join and merger is certain, and that notes those it thinks of."""

    labels: dict[str, str]
    rows: list[Any] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)

    def __post_init__(self):
        """Begin as any grouper begins."""
        super().__init__()

    def _is_certain(self, article, near, ranked):
        labels = [self.labels[id_] for id_ in near.story.ids if id_ in self.labels]
        if labels and article.member.id in self.labels:
            join = measure_join(article, near, ranked)
            apart, age = 1 / (1 + join.apart_h), 1 / (1 + join.age_h / HALF_DAY_H)
            logs = np.log([join.score, join.words, NO_TITLE + join.titles, apart, age, join.near_share])
            self.rows.append([*logs, join.is_news - 1])
            self.right.append(labels.count(self.labels[article.member.id]) >= len(labels) / 2)
        return True


def collect(path):
    """Return the features of a file's joins, and whether each was right."""
    labelled = read_labelled_articles(path)
    grouper = Recorder(dict(labelled.labels))
    for article in labelled.articles:
        grouper.place(article)
    return np.array(grouper.rows), np.array(grouper.right, float)


def fit(rows, right, ridge=RIDGE):
    """Return the weights of a logistic regression, the constant first."""
    x = np.c_[np.ones(len(rows)), rows]
    shrink = ridge * np.diag([0.0, *[1.0] * rows.shape[1]])
    weights = np.zeros(x.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-x @ weights))
        slope = x.T @ (right - chance) - shrink @ weights
        weights += np.linalg.solve((x.T * (chance * (1 - chance))) @ x + shrink, slope)
    return weights


def rate(rows, weights):
    """Return what the weights make of joins; the higher, the surer."""
    return weights[0] + rows @ weights[1:]


def measure_area(rated, right):
    """Return the area under the receiver operating curve; not a number where all are of one kind."""
    above = rated[right > 0][:, None] - rated[right == 0]
    return float(np.mean((above > 0) + (above == 0) / 2)) if above.size else float("nan")


def validate(rows, right, folds=FOLDS):
    """Return the area under the curve where each tenth is rated by what the others taught."""
    order, rated = np.random.default_rng(1).permutation(len(rows)), np.zeros(len(rows))
    for fold in range(folds):
        tried = order[fold::folds]
        taught = np.setdiff1d(order, tried)
        rated[tried] = rate(rows[tried], fit(rows[taught], right[taught]))
    return measure_area(rated, right)


def main():
    """Print the weights that each file teaches, relative to that of the score, and what they are worth."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path, metavar="LABELLED.jsonl")
    joins = {path.stem: collect(path) for path in parser.parse_args().files}
    for name, (rows, right) in joins.items():
        weights = fit(rows, right)
        print(f"{name}: {len(right)} joins, {int(sum(1 - right))} of them wrong")
        print(f"  {FEATURES}: {', '.join(f'{weight / weights[1]:.2f}' for weight in weights[1:])}")
        print(
            f"  area: score alone {measure_area(rows[:, 0], right):.3f}, by tenths {validate(rows, right):.3f}, "
            f"built in {measure_area(rate(rows, BUILT_IN), right):.3f}"
        )
        for other, (tried, truth) in joins.items():
            if other != name:
                alone, taught = measure_area(tried[:, 0], truth), measure_area(rate(tried, weights), truth)
                print(f"  on {other}: {taught:.3f}, score alone {alone:.3f}")


if __name__ == "__main__":
    main()
