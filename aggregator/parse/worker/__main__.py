"""``python -P -m aggregator.parse.worker``: documents read in a process of their own."""

from aggregator.parse.worker.job import main

main()
