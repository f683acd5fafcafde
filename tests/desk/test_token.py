"""The operator's token, and the service without one."""

from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from aggregator.desk import TOKEN, read_token
from aggregator.errors import ConfigError
from aggregator.serve import Server, create_app


def test_a_token_that_could_be_guessed_is_refused():
    """A short one ends the start with what to do; none, or an empty one, is no desk."""
    assert read_token({}) is None
    assert read_token({TOKEN: "  "}) is None
    assert read_token({TOKEN: "sixteen letters!"}) == b"sixteen letters!"
    with pytest.raises(ConfigError, match="AGGREGATOR_DESK_TOKEN is shorter than 16 characters") as caught:
        read_token({TOKEN: "fifteen letters"})
    assert "fifteen" not in str(caught.value)


@pytest.mark.parametrize("page", ["", "/", "/sign-in", "/style.css"])
def test_without_a_token_there_is_nothing(tmp_path, page):
    """The addresses of the desk are as any that nothing is at."""
    with Server(create_app(tmp_path), "127.0.0.1", 0) as server, pytest.raises(HTTPError, match="404"):
        urlopen(f"{server.url}/_desk{page}")
