"""What every command would do first, done once by the process that they are forked from.

Importing this imports the program whole, polls a source and publishes its articles: lists are read, statements and
templates compiled, certificates known.
"""

import asyncio
import gc
from contextlib import redirect_stdout
from datetime import UTC, datetime
from importlib import import_module
from io import StringIO
from pathlib import Path
from pkgutil import walk_packages
from tempfile import TemporaryDirectory

import aggregator
from aggregator.cli.options import clock
from aggregator.cli.poll import _poll as poll
from aggregator.cli.workspace import open_workspace
from aggregator.config import load_config
from aggregator.pipeline.publish.publication import publish
from aggregator.pipeline.site import Site
from aggregator.urls.suffixes import find_registered_domain
from tests.integration.site import ML, SiteFolder, ago, item, send_feed
from tests.loopback import Loopback


def _import_all() -> None:
    for module in walk_packages(aggregator.__path__, "aggregator."):
        if not module.name.endswith("__main__") and ".migrations." not in module.name:
            import_module(module.name)


def _poll_and_publish() -> None:
    source = {"id": "daily", "topics": ["ml"]}
    with TemporaryDirectory() as folder, Loopback() as server:
        send_feed(server, *(item(number, ago(hours=number)) for number in range(3)))
        site = SiteFolder(
            Path(folder), [{**source, "url": f"{server.url}/feed"}], [ML],
            images={"sizes": False, "logos": False}, publish={"records": True},
        )  # fmt: skip
        config = load_config(site.config, {})
        with open_workspace(config, polls=True) as desk:
            asyncio.run(poll(desk, ["daily"], {}, clock, lambda _: None))
            publish(Site(rules=desk.rules, store=desk.store, now=datetime.now(UTC)))


_import_all()
with redirect_stdout(StringIO()):  # the log
    _poll_and_publish()
find_registered_domain("www.example.com")
gc.collect()
gc.freeze()  # what is collected is written to, and memory that is written to is copied in each process
