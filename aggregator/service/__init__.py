"""The service on one machine: what is done when, while it runs."""

from aggregator.service.live_config import LiveConfig
from aggregator.service.service import Service

__all__ = ["LiveConfig", "Service"]
