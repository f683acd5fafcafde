"""The fast path beside feedparser: entries read without it where the result is certain to be the same."""
