"""Prepared statements: those that every poll runs, given to the database's driver compiled once."""
