"""A simulation of many sources on PostgreSQL, polled by several workers; only what publishers answer is made up."""
