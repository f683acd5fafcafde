"""What can be decided, in the words of the desk, and which fields each decision asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from aggregator.config.keys.decision_keys import VALUES
from aggregator.model.decisions import PAIR_VERBS, Verb


@dataclass(frozen=True, kw_only=True, slots=True)
class VerbForm:
    """A verb, what it does, and the label of its value; "": it has none.

    ``hint`` says what is allowed as its value. The value is a text of several lines where it ``is_long``, one
    of the topics where it ``is_topic``; such a one may be ``all`` where it ``is_pin``.
    """

    verb: Verb
    does: str
    value: str = ""
    is_long: bool = False
    is_topic: bool = False
    is_optional: bool = False

    @property
    def hint(self) -> str:
        """What is allowed as its value."""
        read = VALUES.get(self.verb)
        return read[1] if read and not self.is_topic else ""

    @property
    def is_pin(self) -> bool:
        """Whether the topic is one in whose feeds it stands first, and it has to end."""
        return self.verb is Verb.PIN

    @property
    def is_pair(self) -> bool:
        """Whether it is decided on two stories."""
        return self.verb in PAIR_VERBS


def _form(verb: Verb, does: str, value: str = "", **kinds: bool) -> VerbForm:
    return VerbForm(verb=verb, does=does, value=value, **kinds)


_FORMS = (
    _form(Verb.RETITLE, "show an article under another title", "New title"),
    _form(Verb.RE_EXCERPT, "show it with another excerpt", "New excerpt", is_long=True),
    _form(Verb.PICTURE, "show it with another picture, or with none", "Picture"),
    _form(Verb.ADD_TOPIC, "put it into a topic", "Topic", is_topic=True),
    _form(Verb.REMOVE_TOPIC, "take it out of a topic", "Topic", is_topic=True),
    _form(Verb.PIN, "put it first in the feeds of a topic, for a time", "Topic", is_topic=True),
    _form(Verb.QUALITY, "add points to its quality, or take some off", "Points"),
    _form(Verb.HOLD_UNTIL, "publish it later", "Not before"),
    _form(Verb.CORRECT, "show a note that corrects it", "Note for readers", is_long=True),
    _form(Verb.BAN, "keep it out of all feeds"),
    _form(Verb.WITHDRAW, "take it out of all feeds, and say so to readers"),
    _form(Verb.KILL, "take it out everywhere at once: feeds, pages, records, copies of pictures"),
    _form(Verb.RESTORE, "take back what took it out before"),
    _form(Verb.TAKEDOWN, "take out all of a publisher, by domain, or an article, for as long as this stands"),
    _form(Verb.MERGE, "make two stories one", "The other story, or an article of it"),
    _form(
        Verb.SPLIT,
        "part an article from its story",
        "Others of the story, or nothing for all",
        is_optional=True,
    ),
    _form(Verb.LEAD, "let it speak for its story"),
    _form(Verb.LINK, "show two stories as related", "The other story, or an article of it"),
    _form(Verb.UNLINK, "never show two stories as related", "The other story, or an article of it"),
)
FORMS: Mapping[str, VerbForm] = MappingProxyType({one.verb.value: one for one in _FORMS})
"""By the verb's name, in the order in which they are offered."""
