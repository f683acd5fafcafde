"""Running the command that is called, and ending with its exit code."""

import re
import sys
from typing import NoReturn

import typer

from aggregator.cli.app import app
from aggregator.errors import AggregatorError, StoreBusy, describe_error

_LIBRARY_WORDS = re.compile(r"^(Invalid value(?: for [^:]{1,100})?: )(?:Value error, |(Input should be ))")


def run_command() -> None:
    """Run the command that is called and exit with its code; an interrupt is left to the caller."""
    try:
        # As it is installed, however it was called: what completes commands is made for this name.
        sys.exit(app(prog_name="aggregator", standalone_mode=False))
    except typer.TyperException as error:
        _exit_misused(error)
    except StoreBusy as error:
        _exit_failed(error, 3)
    except AggregatorError as error:
        _exit_failed(error, 1)
    except OSError as error:  # a folder that cannot be written to, a disk that is full
        _exit_failed(_describe_os_error(error), 1)
    except typer.Abort:  # an interrupt, also at a question
        sys.exit(130)


def _exit_misused(error: typer.TyperException) -> NoReturn:
    """Say in one line how a command was called wrongly; a group called without a verb shows its help."""
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()  # type: ignore[attr-defined]  # the kinds that have none end below
    else:
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "aggregator"
        reason = _drop_library_words(error.format_message()).rstrip(".")
        sys.stderr.write(f"aggregator: {reason}{'' if reason.endswith('?') else '.'} See: {command} --help\n")
    sys.exit(error.exit_code)


def _drop_library_words(reason: str) -> str:
    """Return why a value is refused without the words that the library that checked it puts before it.

    What was typed comes only after them, so that it stays as it is.
    """
    return _LIBRARY_WORDS.sub(
        lambda found: f"{found[1]}{'it should be ' if found[2] else ''}", reason, count=1
    )


def _exit_failed(error: AggregatorError, code: int) -> None:
    for line in str(error).splitlines():
        sys.stderr.write(f"aggregator: {line}\n")
    sys.exit(code)


def _describe_os_error(error: OSError) -> AggregatorError:
    where = "" if error.filename is None else f"{error.filename}: "
    return AggregatorError(f"{where}{error.strerror or describe_error(error)}")
