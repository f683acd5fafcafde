"""Messages through real servers on this machine: HTTP, SMTP, and what Apprise speaks."""

import email
import json
import socket
from datetime import UTC, datetime
from email import policy

import pytest
from aiosmtpd.controller import Controller
from standardwebhooks.webhooks import Webhook

from aggregator.alerts import ChannelSettings, list_channels, make_message
from aggregator.errors import AlertNotSent
from aggregator.model.alerts import AlertEvent, AlertKind
from tests.loopback import Answer

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def message():
    """Return a message of now: signatures are not believed for long."""
    now = datetime.now(UTC)
    told = AlertEvent(
        at=now, kind=AlertKind.BROKEN, subject="daily", since_at=now, text="it fails – often", is_over=False,
        number=1,
    )  # fmt: skip
    return make_message([told], "The Site", now, site_url="https://site.example/")


def send(**settings):
    """Send the message through the one channel of these settings; return its name."""
    (channel,) = list_channels(ChannelSettings(**settings))
    channel.send(message())
    return channel.name


def refuse(**settings):
    """Return what is said of a message that cannot be sent."""
    with pytest.raises(AlertNotSent) as caught:
        send(**settings)
    return str(caught.value)


@pytest.fixture
def mailbox():
    """A mail server, and what it got."""

    class Inbox:
        def __init__(self):
            self.mails = []

        async def handle_DATA(self, _server, _session, envelope):  # noqa: N802  # their name
            self.mails.append(envelope)
            return "250 taken"

    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=0)
    controller.port = _find_port()
    controller.start()
    yield inbox, controller.port
    controller.stop()


def _find_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def test_a_webhook_is_signed(loopback):
    """Whoever knows the secret can tell that it is ours, and that nothing was changed."""
    loopback.route("/hook", Answer(status=204))
    name = send(webhook=loopback.url + "/hook?token=1", webhook_secret=SECRET)
    (request,) = loopback.requests
    said = Webhook(SECRET).verify(request.body, dict(request.headers))
    assert said["data"]["title"] == "The Site: 1 source broke"
    assert said["data"]["alerts"][0]["text"] == "it fails – often"
    assert (request.method, request.path) == ("POST", "/hook?token=1")
    assert name.startswith("webhook ")
    assert "token" not in name


def test_a_redirect_of_a_webhook_is_not_followed(loopback):
    """What is for the operator's own address goes nowhere else."""
    loopback.route("/hook", Answer(status=307, headers={"Location": f"{loopback.url}/else"}))
    said = refuse(webhook=loopback.url + "/hook", webhook_secret=SECRET)
    assert said == "it answered 307: redirects are not followed, name the address it leads to"
    assert [request.path for request in loopback.requests] == ["/hook"]


def test_what_is_wrong_with_a_webhook_is_said_without_secrets(loopback):
    """Neither the address nor the secret is shown."""
    loopback.route("/hook", Answer(status=500))
    assert refuse(webhook=loopback.url + "/hook", webhook_secret=SECRET) == "it answered 500"
    nobody = f"http://127.0.0.1:{_find_port()}/token"
    assert refuse(webhook=nobody, webhook_secret=SECRET) == "it cannot be reached (ConnectionRefusedError)"
    assert refuse(webhook=nobody, webhook_secret="whsec_é") == (
        "alerts.webhook_secret is no secret: it is whsec_ and base64"
    )


def test_an_e_mail_is_sent(mailbox):
    """To all who get them, as plain text, in a form that answers nobody's absence."""
    inbox, port = mailbox
    send(
        mail_server=f"smtp://127.0.0.1:{port}",
        mail_from="site@here.example",
        mail_to=("ann@there.example", "bob@there.example"),
    )
    (envelope,) = inbox.mails
    mail = email.message_from_bytes(envelope.content, policy=policy.default)
    assert envelope.rcpt_tos == ["ann@there.example", "bob@there.example"]
    assert mail["Subject"] == "The Site: 1 source broke"
    assert "- daily (since " in mail.get_content()
    assert "it fails – often" in mail.get_content()
    assert mail["Auto-Submitted"] == "auto-generated"


def test_no_password_goes_over_a_line_that_others_read(mailbox):
    """A server without TLS gets none."""
    inbox, port = mailbox
    said = refuse(
        mail_server=f"smtp://ann:secret@127.0.0.1:{port}", mail_from="a@b.example", mail_to=("c@d.example",)
    )
    assert said == "the mail server offers no TLS: no password is sent to it"
    assert inbox.mails == []
    nobody = f"smtps://127.0.0.1:{_find_port()}"
    said = refuse(mail_server=nobody, mail_from="a@b.example", mail_to=("c@d.example",))
    assert said == "the mail server cannot be used (ConnectionRefusedError)"


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # Apprise's, where Python still has it
def test_apprise_tells_others(loopback):
    """Here by its plain JSON; it follows no redirect either, whatever its address asks for."""
    host = loopback.url.removeprefix("http://")
    loopback.route("/alerts", Answer(status=200))
    assert send(services=(f"json://{host}/alerts",)).startswith("json ")
    (request,) = loopback.requests
    assert json.loads(request.body)["title"] == "The Site: 1 source broke"
    loopback.route("/moved", Answer(status=307, headers={"Location": f"{loopback.url}/alerts"}))
    assert refuse(services=(f"json://{host}/moved?redirect=yes",)) == "it did not take the message"
    assert [one.path.partition("?")[0] for one in loopback.requests] == ["/alerts", "/moved"]
    assert (
        refuse(services=("nothing://here",)) == "Apprise does not know such an address: see its documentation"
    )


def test_a_channel_at_another_address_is_another_channel():
    """Its name tells them apart, and nothing of the address."""
    names = [
        list_channels(ChannelSettings(webhook=f"https://hooks.example/{token}", webhook_secret=SECRET))[
            0
        ].name
        for token in ("one", "two")
    ]
    assert len(set(names)) == 2
    assert list_channels(ChannelSettings()) == ()
