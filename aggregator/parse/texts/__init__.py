"""Titles and excerpts: what publishing software, platforms and sources add to them, taken off."""
