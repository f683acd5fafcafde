"""How a subscription stands, in words for its operator; pure, and without token and secret."""

from datetime import datetime

from aggregator.model import Subscription
from aggregator.urls import host_of


def describe_subscription(subscription: Subscription | None, now: datetime) -> str:
    """Return in a line how a source's subscription stands; None: it has none."""
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
        told = f"pushed by {hub} until {_format_time(expires_at)}"
        return f"{told}, renewing failed: {error}, {again}" if error else told
    if expires_at is not None:
        return (
            f"no longer pushed by {hub} since {_format_time(expires_at)}: {error or 'not renewed'}, {again}"
        )
    if error:
        return f"not pushed by {hub}: {error}, {again}"
    return f"asked {hub}, which has not verified it yet" if subscription.asked else f"{hub} is to be asked"


def _describe_pushes(subscription: Subscription) -> str:
    told = ""
    if subscription.pushed_at is not None:
        count = f"{subscription.pushes} push{'es' if subscription.pushes != 1 else ''}"
        told = f"; {count}, the last at {_format_time(subscription.pushed_at)}"
    if subscription.ignored:
        told += f"; {subscription.ignored} without a valid signature, ignored"
    return told


def _format_time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
