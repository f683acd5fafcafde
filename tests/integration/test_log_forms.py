"""What stands on standard error: events in one form, and nothing else."""

import json
import re
import subprocess
import sys

import pytest

from aggregator.cli.terminal.log import choose_form
from aggregator.errors import ConfigError
from tests.integration.site import ML, SiteFolder, ago, item, rss, run_program, start_anew
from tests.loopback import Answer

TROUBLE = """
import logging, sys, threading, warnings
import structlog
from aggregator.cli.terminal.log import log_to_stderr

def divide(secret):
    return secret / 0

log_to_stderr()
log_to_stderr()
try:
    divide(12345678)
except ZeroDivisionError as error:
    structlog.get_logger().error("job", job="publish", exc_info=error)
    logging.getLogger("asyncio").error("a task\\nfailed", exc_info=error)
logging.getLogger("uvicorn.error").error("bare line")
logging.getLogger("httpx").info("not worth a line")
warnings.warn("old")
thread = threading.Thread(target=divide, args=(1,), name="reader")
thread.start()
thread.join()
"""
EVENTS = ["job", "library", "library", "library", "unexpected"]


def run_trouble(form, monkeypatch):
    """Return what a program in trouble writes to standard error in this form."""
    monkeypatch.setenv("AGGREGATOR_LOG", form)
    done = subprocess.run([sys.executable, "-c", TROUBLE], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    return done.stderr


def test_every_line_is_json_where_that_is_asked_for(monkeypatch):
    """What libraries say, warnings and errors of threads are events as well, once each, with their tracebacks."""
    events = [json.loads(line) for line in run_trouble("json", monkeypatch).splitlines()]
    assert [event["event"] for event in events] == EVENTS
    assert [event.get("logger") for event in events[1:4]] == ["asyncio", "uvicorn.error", "py.warnings"]
    assert all("timestamp" in event and "level" in event for event in events)
    assert "in divide" in events[0]["exception"]
    assert events[1]["problem"] == "a task\nfailed"
    assert events[4]["thread"] == "reader"


def test_every_line_is_logfmt_where_nobody_looks(monkeypatch):
    """A traceback is a value of its line."""
    lines = run_trouble("", monkeypatch).splitlines()
    assert [re.search(r" event=(\w+)", line)[1] for line in lines] == EVENTS
    assert all(line.startswith("timestamp=") for line in lines)
    assert "in divide" in lines[0]


def test_no_values_of_variables_are_shown(monkeypatch):
    """A person reads where an error was, but not what may be secret."""
    reported = run_trouble("console", monkeypatch)
    assert "in divide" in reported
    assert "12345678" not in reported.replace("divide(12345678)", "")


@pytest.mark.parametrize(
    ("form", "is_terminal", "expected"),
    [
        (None, True, "console"),
        (None, False, "logfmt"),
        ("", False, "logfmt"),
        ("JSON", True, "json"),
        ("console", False, "console"),
    ],
)
def test_the_form_is_chosen(form, is_terminal, expected):
    """By the environment, and without that for who reads."""
    environ = {} if form is None else {"AGGREGATOR_LOG": form}
    assert choose_form(environ, is_terminal=is_terminal) == expected


def test_another_form_is_refused():
    """The error names the variable, its value and what is allowed."""
    with pytest.raises(ConfigError, match=r"AGGREGATOR_LOG: 'xml' is no form of the log, allowed: logfmt"):
        choose_form({"AGGREGATOR_LOG": "xml"}, is_terminal=False)


def test_a_service_writes_json_lines(tmp_path, loopback):
    """From its start to its stop, with its server and scheduler, nothing else is on standard error."""
    loopback.route("/feed", Answer(body=rss(item(1, ago(hours=1)))))
    site = SiteFolder(tmp_path, [{"id": "daily", "url": f"{loopback.url}/feed"}], [ML], server={"port": 0})
    command = ("run", "--config", str(site.config))
    with start_anew(*command, environment={"AGGREGATOR_LOG": "json"}) as program:
        lines = []
        for line in program.stdout:
            lines.append(line)
            if '"event": "publish"' in line:
                break
        program.terminate()
        rest, _ = program.communicate(timeout=60)
    lines += rest.splitlines()
    events = [json.loads(line) for line in lines if not line.startswith("feeds and pages:")]
    assert {"poll", "publish", "stop"} <= {event["event"] for event in events}
    assert len(events) >= len(lines) - 1


def test_a_wrong_form_ends_a_command_in_a_line(tmp_path):
    """It is one line, as every error."""
    done = run_program("serve", code=1, environment={"AGGREGATOR_LOG": "xml"}, cwd=tmp_path)
    assert done.stderr.startswith("aggregator: AGGREGATOR_LOG: 'xml' is no form of the log")
    assert len(done.stderr.splitlines()) == 1
