"""The limit of open files, of processes that begin with little."""

import subprocess
import sys

import pytest

resource = pytest.importorskip("resource")

PROGRAM = """
import resource, sys
from aggregator.machine.descriptors import raise_descriptor_limit
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), int(sys.argv[2])))
print(raise_descriptor_limit(), *resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.mark.parametrize(
    ("soft", "hard", "reported"),
    [(200, 300, "300 300 300"), (300, 300, "300 300 300"), (1_024, 9_000, "8192 8192 9000")],
)
def test_the_limit_is_raised_as_far_as_allowed(soft, hard, reported):
    """What holds then is told: the hard limit, or as many as there is use for."""
    if hard > resource.getrlimit(resource.RLIMIT_NOFILE)[1]:
        pytest.skip("this user may not have so many")
    words = [sys.executable, "-c", PROGRAM, str(soft), str(hard)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == reported
