"""Sources: when each is due, how its polls went, and what is known of publishers."""
