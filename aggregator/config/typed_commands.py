"""Commands that a person is told to type next, with the folder of the configuration."""

import re
import shlex
from pathlib import Path

from aggregator.config.loading import USUAL_NAME

_COMMAND = re.compile(r"`(aggregator [a-z][^`\n]*)`")


def spell_config(folder: Path) -> str:
    """Return the option that a command to be typed next needs for ``folder``; "" for the default."""
    return "" if folder == Path(USUAL_NAME) else f" --config {shlex.quote(str(folder))}"


def complete_commands(text: str, folder: Path) -> str:
    """Return a text with that option in each of the commands that it names in backquotes."""
    option = spell_config(folder)
    if not option:
        return text
    return _COMMAND.sub(
        lambda found: found.group() if " --config " in found.group() else f"`{found.group(1)}{option}`", text
    )
