"""The state of a subscription in words for the operator; pure, and without token and secret."""

from datetime import datetime

from aggregator.model import Subscription
from aggregator.urls import host_of


def describe_subscription(subscription: Subscription | None, now: datetime) -> str:
    """Return the state of a source's subscription in a line; None: it has none."""
    if subscription is None:
        return "not pushed"
    hub = host_of(subscription.hub_url) or subscription.hub_url
    return f"{_describe_state(subscription, hub, now)}{_describe_pushes(subscription)}"


def _describe_state(subscription: Subscription, hub: str, now: datetime) -> str:
    expires_at, error = subscription.expires_at, subscription.error
    again = f"asked again at {_format_time(subscription.next_at)}"
    if not subscription.is_wanted:
        return f"leaving {hub}"
    if subscription.denied_at is not None:
        return f"{hub}: {error or 'denied'}, {again}"
    if expires_at is not None and expires_at > now:
        pushed = f"pushed by {hub} until {_format_time(expires_at)}"
        return f"{pushed}, renewing failed: {error}, {again}" if error else pushed
    if expires_at is not None:
        return (
            f"no longer pushed by {hub} since {_format_time(expires_at)}: {error or 'not renewed'}, {again}"
        )
    if error:
        return f"not pushed by {hub}: {error}, {again}"
    return f"asked {hub}, which has not verified it yet" if subscription.asked else f"{hub} is to be asked"


def _describe_pushes(subscription: Subscription) -> str:
    text = ""
    if subscription.pushed_at is not None:
        count = f"{subscription.pushes} push{'es' if subscription.pushes != 1 else ''}"
        text = f"; {count}, the last at {_format_time(subscription.pushed_at)}"
    if subscription.ignored:
        text += f"; {subscription.ignored} without a valid signature, ignored"
    return text


def _format_time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
