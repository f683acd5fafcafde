"""What the operator's configuration makes of an article; built once, pure."""

from aggregator.rules.parts import choose_callback_url
from aggregator.rules.rules import Rules, has_changed

__all__ = ["Rules", "choose_callback_url", "has_changed"]
