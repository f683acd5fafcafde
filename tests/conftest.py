"""Fixtures that every test may ask for."""

from tests.loopback import loopback

__all__ = ["loopback"]
