"""The service on one machine: what is done when, while it runs."""

from aggregator.schedule.service import Service

__all__ = ["Service"]
