"""The address of a database, as ``storage.database`` and `migrate-store` take it."""

import re
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, TypeAdapter, ValidationError

from aggregator.config.files.variables import fill_variables
from aggregator.config.keys.fields import Allowed, Raw, refuse
from aggregator.errors import ConfigError

SQLITE = "sqlite:///"
_DATABASE = re.compile(r"sqlite:///[^\s?#]+|postgres(?:ql)?://[^\s#]*")
_POSTGRESQL = "postgres"
_ALLOWED = "sqlite:///PATH, postgresql://USER:PASSWORD@HOST/NAME"


def _check_database(value: str) -> str:
    if value and not _DATABASE.fullmatch(value):
        raise refuse("is no database address")
    if value.startswith(_POSTGRESQL):
        _check_postgresql(value)
    return value


def _check_postgresql(value: str) -> None:
    """Refuse an address that names no database, or whose parts cannot be told apart."""
    try:
        parts = urlsplit(value)
        has_name, has_port = bool(parts.path.strip("/")), parts.port != 0
    except ValueError:
        has_name = has_port = False
    if value.count("@") > 1 or not has_port:
        raise refuse("cannot be read: signs such as @ : / in a password are written %40 %3A %2F")
    if not has_name:
        raise refuse("names no database")


Database = Annotated[
    Raw, AfterValidator(_check_database), Allowed(f'{_ALLOWED}, or "" for SQLite in data_dir')
]


def read_database_address(given: str, environ: Mapping[str, str]) -> str:
    """Return the address of a database that is given with ``${NAME}`` in it; raises ConfigError."""
    filled, wrong = fill_variables(given, environ)
    if not wrong and filled:
        try:
            return TypeAdapter(Database).validate_python(filled)
        except ValidationError as error:
            wrong = tuple(f"{one['msg']}, allowed: {_ALLOWED}" for one in error.errors(include_input=False))
    raise ConfigError([f"--to: {what}" for what in wrong or [f"is empty, allowed: {_ALLOWED}"]])
