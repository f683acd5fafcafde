"""What the service asks about its own stories, and what the answers come to."""
