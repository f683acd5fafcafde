"""Tags in what editors write for readers are told to them: they are shown as they are written."""

import pytest

from aggregator.config.checks.decision_markup import describe_markup
from aggregator.model.decisions import Decision, Verb
from tests.builders import NOW


def decide(verb="retitle", value=None, **changes):
    """Return a decision on an article."""
    return Decision(id="d", verb=Verb(verb), target="t", value=value, reason="<b>", by="b", at=NOW, **changes)


@pytest.mark.parametrize(
    "text",
    ["<b>Volcano</b>", "A</i>", "<BR/>", '<a href="x">y', "AT&amp;T", "&#8217;s", "<!-- x", "<p class=x>"],
)
def test_what_looks_like_markup_is_told(text):
    """In titles, excerpts, notes and public reasons."""
    for one in (
        *(decide(verb, text) for verb in ("retitle", "re-excerpt", "correct")),
        decide("ban", public_reason=text),
    ):
        assert "as it is written" in describe_markup(one)


@pytest.mark.parametrize(
    "text", ["A < B > C", "AT&T; and others", "x <3 y", "R&D", "1<2>0", "<5 %", "if a<b; c"]
)
def test_what_does_not_is_not(text):
    """Nor what only editors read, or what is no text."""
    assert describe_markup(decide("retitle", text)) is None
    assert describe_markup(decide("picture", "https://a.example/?a=1&copy;=2")) is None
