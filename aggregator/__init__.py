"""Feed aggregation and syndication."""
