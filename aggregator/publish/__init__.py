"""The published tree: pure rendering of feeds, records and pages, and atomic writing of files.

Its modules are imported each by its own name, as some bring libraries for templates and feeds.
"""
