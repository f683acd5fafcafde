"""The operator's token: it comes from the environment, and is nowhere else."""

from collections.abc import Mapping

from aggregator.errors import ConfigError

TOKEN = "AGGREGATOR_DESK_TOKEN"  # noqa: S105  # the variable's name
LEAST = 16
"""Characters: a shorter one could be guessed."""


def read_token(environ: Mapping[str, str]) -> bytes | None:
    """Return the token, None where none is set; raises ConfigError where it could be guessed."""
    token = environ.get(TOKEN, "").strip()
    if not token:
        return None
    if len(token) < LEAST:
        raise ConfigError(
            [f"{TOKEN} is shorter than {LEAST} characters: make one with `openssl rand -hex 24`, or unset it"]
        )
    return token.encode()
