"""Messages to whatever Apprise speaks: ntfy, Matrix, Slack, Telegram and a hundred more."""

import logging

from aggregator.alerts.message import Message
from aggregator.errors import AlertNotSent


def name_service(url: str) -> str:
    """Return the kind of service that an address of Apprise's is for."""
    return url.partition("://")[0].lower()


def send_to_service(message: Message, *, url: str) -> None:
    """Send a message to a service; raises AlertNotSent."""
    try:
        import apprise  # noqa: PLC0415  # an extra has it
    except ModuleNotFoundError as error:
        raise AlertNotSent("it needs Apprise: pip install 'aggregator[alerts]'") from error
    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # what it logs may hold tokens
    service = apprise.Apprise.instantiate(url, asset=apprise.AppriseAsset(http_redirects=False))
    if service is None:
        raise AlertNotSent("Apprise does not know such an address: see its documentation")
    service.redirects = False  # also where the address asks for that
    if not service.notify(body=message.text, title=message.title, body_format=apprise.NotifyFormat.TEXT):
        raise AlertNotSent("it did not take the message")
