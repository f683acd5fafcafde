"""Tests of what knows every stage."""
