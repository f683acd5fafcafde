"""``python -P -m aggregator.parse.worker``: run parse jobs from standard input."""

from aggregator.parse.worker.job import main

main()
