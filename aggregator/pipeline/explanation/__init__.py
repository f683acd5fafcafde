"""The life of an article, as ``aggregator explain`` tells it: where it came from, what became of it, why."""
