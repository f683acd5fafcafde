"""How well stories are found, measured on labelled articles; production does not use it."""

from aggregator.pipeline.story_evaluation.agreement import Agreement, measure_agreement
from aggregator.pipeline.story_evaluation.labelled_articles import LabelledArticles, read_labelled_articles
from aggregator.pipeline.story_evaluation.tuning import compare_thresholds, evaluate_grouping, tune_thresholds

__all__ = [
    "Agreement",
    "LabelledArticles",
    "compare_thresholds",
    "evaluate_grouping",
    "measure_agreement",
    "read_labelled_articles",
    "tune_thresholds",
]
