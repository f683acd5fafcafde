"""Commands that somebody is told to type work as they are written."""

from pathlib import Path

from aggregator.config.typed_commands import complete_commands


def test_commands_in_a_text_name_their_folder():
    """Each that lacks it gets the option, but for the usual folder; what is no command stays."""
    text = "`aggregator plan` and `aggregator check --config a`, not `publish.noindex` or aggregator"
    assert complete_commands(text, Path("config")) == text
    assert complete_commands(text, Path("my site")) == (
        "`aggregator plan --config 'my site'` and `aggregator check --config a`, "
        "not `publish.noindex` or aggregator"
    )
