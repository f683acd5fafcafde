"""The HTTP server of the published tree."""

from aggregator.serve.app import create_app, create_status_app
from aggregator.serve.limits import ClientLimits, choose_limits
from aggregator.serve.metrics_page import MetricsAccess
from aggregator.serve.request_body import read_body
from aggregator.serve.server import Server, serve_forever

__all__ = [
    "ClientLimits",
    "MetricsAccess",
    "Server",
    "choose_limits",
    "create_app",
    "create_status_app",
    "read_body",
    "serve_forever",
]
