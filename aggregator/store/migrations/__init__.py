"""Bringing a database up to date: the only use of Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Connection
from sqlalchemy.exc import InvalidRequestError

MIGRATIONS = Path(__file__).parent


def migrate(connection: Connection) -> None:
    """Make all tables, or change them, as the code declares them; raises SQLAlchemy's InvalidRequestError."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise InvalidRequestError(str(error)) from error
