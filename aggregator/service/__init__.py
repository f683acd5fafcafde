"""The service on one machine: what is done when, while it runs."""

from aggregator.service.live_config import LiveConfig
from aggregator.service.readiness import make_checks, make_worker_checks
from aggregator.service.service import Service
from aggregator.service.state import ServiceState

__all__ = ["LiveConfig", "Service", "ServiceState", "make_checks", "make_worker_checks"]
