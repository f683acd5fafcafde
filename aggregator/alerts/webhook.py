"""Messages as JSON to an address of the operator's, signed by Standard Webhooks; none is redirected."""

import http.client
import json
import ssl
from typing import Any
from urllib.parse import urlsplit

from aggregator.alerts.message import Message
from aggregator.errors import AlertNotSent

TIMEOUT_S = 10.0


def post_webhook(message: Message, *, url: str, secret: str) -> None:
    """Send a message to ``url``; raises AlertNotSent."""
    body = json.dumps(describe_message(message), ensure_ascii=False)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "aggregator",
        "webhook-id": message.id,
        "webhook-timestamp": str(int(message.at.timestamp())),
        "webhook-signature": _sign(secret, message, body),
    }
    status = _post(url, headers, body.encode())
    if 300 <= status < 400:
        raise AlertNotSent(f"it answered {status}: redirects are not followed, name the address it leads to")
    if not 200 <= status < 300:
        raise AlertNotSent(f"it answered {status}")


def describe_message(message: Message) -> dict[str, Any]:
    """Return what is sent, as JSON has it."""
    alerts = [
        {
            "kind": one.kind.value,
            "subject": one.subject,
            "is_over": one.is_over,
            "since_at": one.since_at.isoformat(),
            "at": one.at.isoformat(),
            "text": one.text,
        }
        for one in message.events
    ]
    told = {"title": message.title, "text": message.text, "site": message.site_url, "alerts": alerts}
    return {"type": "alerts", "timestamp": message.at.isoformat(), "data": told}


def _sign(secret: str, message: Message, body: str) -> str:
    try:
        from standardwebhooks.webhooks import Webhook  # noqa: PLC0415  # an extra has its library
    except ModuleNotFoundError as error:
        raise AlertNotSent("it needs standardwebhooks: pip install 'aggregator[alerts]'") from error
    try:
        return str(Webhook(secret).sign(message.id, message.at, body))
    except Exception as error:  # whatever it says of a secret, which it may show
        raise AlertNotSent("alerts.webhook_secret is no secret: it is whsec_ and base64") from error


def _post(url: str, headers: dict[str, str], body: bytes) -> int:
    parts = urlsplit(url)
    path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(parts.netloc, timeout=TIMEOUT_S, context=context)
    else:
        connection = http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT_S)
    try:
        connection.request("POST", path, body, headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise AlertNotSent(f"it cannot be reached ({type(error).__name__})") from error
    finally:
        connection.close()
