"""The HTTP server of the published tree."""

from aggregator.serve.app import create_app
from aggregator.serve.server import Server, serve_forever

__all__ = ["Server", "create_app", "serve_forever"]
