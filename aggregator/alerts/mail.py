"""Messages as e-mail, through a server of the operator's: over TLS wherever there are credentials."""

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from urllib.parse import unquote, urlsplit

from aggregator.alerts.message import Message
from aggregator.errors import AlertNotSent

TIMEOUT_S = 10.0


@dataclass(frozen=True, kw_only=True, slots=True)
class MailServer:
    """A server for mail: TLS from the start, or else as soon as the server offers it."""

    host: str
    port: int
    has_tls: bool
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, address: str) -> "MailServer":
        """Return the server of ``smtp://user:password@host:port``, or of ``smtps://``."""
        parts = urlsplit(address)
        has_tls = parts.scheme == "smtps"
        return cls(
            host=parts.hostname or "localhost",
            port=parts.port or (465 if has_tls else 587 if parts.username else 25),
            has_tls=has_tls,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )


def send_mail(message: Message, *, server: MailServer, sender: str, receivers: Sequence[str]) -> None:
    """Send a message to all receivers; raises AlertNotSent."""
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, ", ".join(receivers)
    mail["Subject"] = " ".join(message.title.split())
    mail["Date"], mail["Message-ID"] = format_datetime(message.at), make_msgid(message.id)
    mail["Auto-Submitted"] = "auto-generated"  # so that nobody's absence is answered
    mail.set_content(message.text)
    try:
        with _connect(server) as connection:
            connection.send_message(mail)
    except smtplib.SMTPResponseException as error:
        raise AlertNotSent(f"the mail server answered {error.smtp_code}") from error
    except smtplib.SMTPRecipientsRefused as error:
        raise AlertNotSent("the mail server refused all receivers") from error
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise AlertNotSent(f"the mail server cannot be used ({type(error).__name__})") from error


def _connect(server: MailServer) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if (
        not server.has_tls and not server.user
    ):  # it would go without TLS otherwise: no certificate is asked for
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if server.has_tls:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=TIMEOUT_S, context=context
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
    try:
        _begin(connection, server, context)
    except BaseException:
        connection.close()
        raise
    return connection


def _begin(connection: smtplib.SMTP, server: MailServer, context: ssl.SSLContext) -> None:
    connection.ehlo()
    is_safe = server.has_tls
    if not is_safe and connection.has_extn("starttls"):
        connection.starttls(context=context)
        connection.ehlo()
        is_safe = True
    if server.user:
        if not is_safe:
            raise AlertNotSent("the mail server offers no TLS: no password is sent to it")
        connection.login(server.user, server.password)
