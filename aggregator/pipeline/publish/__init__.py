"""From stored articles to the published tree."""
