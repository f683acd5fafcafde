"""What the program changes for its whole process."""

import subprocess
import sys

IMPORT_ALL = """
import gc, logging, pkgutil, resource, signal, sys
from importlib import import_module

def state():
    handlers = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)]
    limits = [resource.getrlimit(kind) for kind in (resource.RLIMIT_NOFILE, resource.RLIMIT_DATA)]
    return handlers, limits, sys.getswitchinterval(), gc.isenabled(), gc.get_threshold(), gc.get_freeze_count()

before = state()
import aggregator
for module in pkgutil.walk_packages(aggregator.__path__, "aggregator."):
    if not module.name.endswith(("__main__", "migrations.env")) and ".migrations.versions" not in module.name:
        import_module(module.name)
import feedparser, structlog
assert state() == before
assert not structlog.is_configured()
assert feedparser.api.PREFERRED_XML_PARSERS
"""


def test_importing_sets_nothing_up():
    """Signals, limits, the collector, the log and feedparser are as they were."""
    done = subprocess.run([sys.executable, "-c", IMPORT_ALL], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
