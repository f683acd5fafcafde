"""The weights of certainty are made from labelled joins."""

import json
from datetime import timedelta

import numpy as np

from tests.benchmarks.joins import RIDGE, collect, fit, measure_area, rate, validate
from tests.builders import NOW


def test_joins_of_labelled_articles_are_collected(tmp_path):
    """Each is right where half of the story is of the article's label; what has no label is left out."""
    titles = (
        "Ferry sinks off Tarnbeck quay",
        "Ferry off Tarnbeck quay sinks",
        "Tarnbeck quay ferry sinks again",
    )
    rows = [
        {"id": str(n), "title": title, "published_at": (NOW + timedelta(minutes=n)).isoformat(),
         "provider": f"{n}.example", **({"story": label} if label else {})}
        for n, (title, label) in enumerate(zip((*titles, titles[0]), ("a", "a", "b", None), strict=True))
    ]  # fmt: skip
    file = tmp_path / "labelled.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    features, right = collect(file)
    assert features.shape == (2, 7)
    assert right.tolist() == [1, 0]


def test_what_tells_joins_apart_is_found():
    """The slope of the likelihood is zero at the weights, and only the feature that matters weighs."""
    chance = np.random.default_rng(1)
    rows = chance.normal(size=(600, 2))
    right = (rows[:, 0] + chance.normal(size=600) > 0).astype(float)
    weights = fit(rows, right)
    left = right - 1 / (1 + np.exp(-rate(rows, weights)))
    assert np.allclose(left.sum(), 0, atol=1e-6)
    assert np.allclose(rows.T @ left, RIDGE * weights[1:], atol=1e-6)
    assert weights[1] > 1
    assert abs(weights[2]) < 0.3
    assert 0.8 < validate(rows, right) < measure_area(rows[:, 0], right) + 0.02
    assert measure_area(np.array([1.0, 1.0]), np.array([1.0, 0.0])) == 0.5
