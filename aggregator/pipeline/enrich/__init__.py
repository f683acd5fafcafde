"""What is found out about an article after it was stored: ``steps`` has the list of it."""
