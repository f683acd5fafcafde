"""What is kept of the records that are published: their names, states, pages and sealed fields."""
