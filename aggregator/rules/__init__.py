"""What the operator's configuration makes of an article; built once, pure."""

from aggregator.rules.rules import Rules, callback_url, has_changed

__all__ = ["Rules", "callback_url", "has_changed"]
