"""The keys of every file, each with its kind, its default and how it becomes a record."""
