"""The desk's templates: whatever is put into them is escaped, and none has a script."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from jinja2 import Environment

from aggregator.desk.phrases import format_ago, format_seconds
from aggregator.desk.sessions import DeskSession
from aggregator.publish.site import make_templates
from aggregator.text import format_bytes, format_count

NAVIGATION = (
    ("./", "Overview"),
    ("review", "Review"),
    ("sources", "Sources"),
    ("topics", "Topics"),
    ("stories", "Stories"),
    ("decisions", "Decisions"),
)
"""The pages that each page leads to, in order."""


def render(template: str, session: DeskSession | None, values: Mapping[str, object]) -> bytes:
    """Return a page; None: for somebody who is not signed in."""
    page = _load().get_template(template)
    return page.render(session=session, navigation=NAVIGATION, **values).encode()


@cache
def read_style() -> bytes:
    """Return the style sheet of the desk."""
    return files("aggregator.desk").joinpath("templates", "style.css").read_bytes()


@cache
def _load() -> Environment:
    environment = make_templates("aggregator.desk")
    environment.filters |= {
        "ago": format_ago,
        "bytes": format_bytes,
        "seconds": format_seconds,
        "count_of": format_count,
    }
    return environment
