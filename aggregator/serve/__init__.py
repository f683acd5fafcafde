"""The HTTP server of the published tree."""

from aggregator.serve.app import create_app
from aggregator.serve.limits import Limits, limits_within
from aggregator.serve.server import Server, serve_forever

__all__ = ["Limits", "Server", "create_app", "limits_within", "serve_forever"]
