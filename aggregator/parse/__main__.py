"""``python -P -m aggregator.parse``: documents read in a process of their own."""

from aggregator.parse.apart import main

main()
