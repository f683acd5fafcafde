"""Who wrote and who published an entry."""
