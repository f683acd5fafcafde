"""The configuration to go by: the one in the files, or where these have problems the one in force."""

from dataclasses import dataclass

from aggregator.config.loading import Config


@dataclass(frozen=True, slots=True)
class UsableConfig:
    """A configuration to go by; where the files have ``problems``, ``config`` is the one in force."""

    config: Config
    problems: tuple[str, ...] = ()
