"""What tests of stories share."""

import os

import pytest

from aggregator.config import load_config
from aggregator.rules import Rules
from tests.integration.site import SiteFolder


@pytest.fixture(scope="module")
def defaults(tmp_path_factory):
    """The default rules."""
    folder = tmp_path_factory.mktemp("site")
    return Rules.of(load_config(SiteFolder(folder, []).config, os.environ), {})
