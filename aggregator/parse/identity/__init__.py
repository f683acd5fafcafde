"""Which entries are one article, and whether a source is still itself."""
