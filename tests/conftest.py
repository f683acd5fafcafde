"""Fixtures that every test may ask for."""

from hypothesis import HealthCheck, settings

from tests.loopback import loopback

__all__ = ["loopback"]

# How fast the machine is says nothing about whether the code is right.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
