"""What is changed inside feedparser: by a call, once, however many threads read their first document."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import feedparser

from aggregator.parse.documents.feedparser_adapter import run_feedparser
from aggregator.parse.documents.feedparser_setup import set_up_feedparser

GUID = (
    "<rss version='2.0'><channel><item><guid>https://a.example/1</guid><link>/2</link></item></channel></rss>"
)
ELEMENTS = feedparser.namespaces._base.Namespace
IMPORT = """
import feedparser
before = feedparser.namespaces._base.Namespace._start_guid, list(feedparser.api.PREFERRED_XML_PARSERS)
import aggregator.parse
assert before == (feedparser.namespaces._base.Namespace._start_guid, feedparser.api.PREFERRED_XML_PARSERS)
"""


def test_importing_changes_nothing():
    """Who imports the package has feedparser as it is, until a document is read."""
    subprocess.run([sys.executable, "-c", IMPORT], check=True)


def test_only_the_first_call_changes_something():
    """However many threads call it, feedparser's own functions are wrapped once."""
    set_up_feedparser()
    wrapped = ELEMENTS._start_guid, ELEMENTS._end_guid
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: set_up_feedparser(), range(50)))
    assert (ELEMENTS._start_guid, ELEMENTS._end_guid) == wrapped


def test_a_guid_that_is_an_address_is_kept():
    """Feedparser itself drops it where the entry has a link."""
    (entry,) = run_feedparser(GUID, "")["entries"]
    assert entry["permalink"] == "https://a.example/1"
