"""What every command would do first, done once by the process that they are forked from.

Importing this imports the program whole, and publishes a site without articles: lists are read, templates compiled.
"""

from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from tempfile import TemporaryDirectory

import aggregator
from aggregator.cli.workspace import open_workspace
from aggregator.config import load_config
from aggregator.pipeline.publish.publication import publish
from aggregator.urls.suffixes import find_registered_domain
from tests.integration.site import SiteFolder


def _import_all() -> None:
    for module in walk_packages(aggregator.__path__, "aggregator."):
        if not module.name.endswith("__main__") and ".migrations." not in module.name:
            import_module(module.name)


def _publish_nothing() -> None:
    with TemporaryDirectory() as folder:
        config = load_config(SiteFolder(Path(folder), []).config, {})
        with open_workspace(config) as desk:
            publish(rules=desk.rules, store=desk.store, now=datetime.now(UTC))


_import_all()
_publish_nothing()
find_registered_domain("www.example.com")
