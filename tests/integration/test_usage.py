"""A command that is called wrongly says so in one line."""

from importlib.metadata import version

import pytest

from tests.integration.site import run_program


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["pol"], "No such command 'pol'."),
        (["poll", "--sorce", "x"], "No such option: --sorce"),
        (["serve", "--port", "high"], "Invalid value for '--port'"),
        (["records", "rewrite"], "Missing argument 'FILE...'"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(words, told):
    """The line names what is wrong and where help is."""
    error = run_program(*words, code=2).stderr
    assert len(error.splitlines()) == 1
    assert told in error
    assert error.strip().endswith("--help")


def test_a_word_that_is_nearly_a_command_is_told_from_the_list():
    """Commands that are not imported are proposed all the same, in groups as well."""
    assert "Did you mean 'sources'" in run_program("source", code=2).stderr
    assert "Did you mean 'list'?" in run_program("sources", "lst", code=2).stderr


def test_the_version_is_told():
    """``--version`` prints that of the package, and works anywhere."""
    assert run_program("--version").stdout == f"aggregator {version('aggregator')}\n"
