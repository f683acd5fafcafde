"""What operators are told, and how: when something is wrong for long enough, and once more when it is over.

conditions   what is wrong with a source, a topic or the disk, in words; pure
decision     which of it is told now; pure
message      what was decided since a channel was told last, as one message; pure
channels     where messages go, by the settings
webhook, mail, services   how: HTTP with a signature, SMTP, and whatever Apprise speaks

What cannot be sent raises AlertNotSent, which never has an address, a password or a token in it.
"""

from aggregator.alerts.channels import AlertChannel, ChannelSettings, list_channels
from aggregator.alerts.conditions import SourceTrouble, describe_disk, describe_silence, describe_troubles
from aggregator.alerts.decision import decide_alerts, find_due_time, make_patience
from aggregator.alerts.message import Message, describe_event, describe_span, make_message

__all__ = [
    "AlertChannel",
    "ChannelSettings",
    "Message",
    "SourceTrouble",
    "decide_alerts",
    "describe_disk",
    "describe_event",
    "describe_silence",
    "describe_span",
    "describe_troubles",
    "find_due_time",
    "list_channels",
    "make_message",
    "make_patience",
]
