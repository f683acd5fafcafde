"""Hostile documents that nobody thought of."""
