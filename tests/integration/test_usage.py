"""A command that is called wrongly says so in one line."""

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
