"""The service on one machine: what is done when, while it runs."""

from aggregator.schedule.live_config import LiveConfig
from aggregator.schedule.service import Service

__all__ = ["LiveConfig", "Service"]
