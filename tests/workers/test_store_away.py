"""What a service and a worker tell while their database is away, and once it is back."""

import json
import re
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.integration.site import read_until, run_service, stop_program
from tests.workers.site import Publishers, make_site, run_worker, wait_until


def ask(address, page):
    """Return the status of a health address and what it says."""
    try:
        with urlopen(f"{address}{page}", timeout=60) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def is_told(address):
    """Tell whether both health addresses name the store: nobody is to restart it, and nobody to send readers."""
    (alive, health), (ready, said) = (ask(address, page) for page in ("healthz", "readyz"))
    named = [text for text in health.get("degraded", ()) if text.startswith("the store cannot be reached")]
    assert alive == 200, health
    return bool(named) and ready == 503 and said["checks"]["store"].startswith("the store cannot be reached")


def is_well(address):
    """Tell whether neither names anything."""
    return all(ask(address, page)[1]["status"] == "ok" for page in ("healthz", "readyz"))


@pytest.mark.parametrize("program", ["run", "worker"])
def test_a_database_that_is_away_is_named_and_mends_itself(tmp_path, loopback, postgresql, program):
    """`/healthz` stays 200, `/readyz` fails; the log names the cause once, and once that it is over."""
    with postgresql.lend_store() as url:
        site = make_site(tmp_path, Publishers(loopback, 1), url)
        running = run_service(site) if program == "run" else run_worker(site, "--publish", "--port", "0")
        with running as started:
            address = getattr(started, "url", None) or read_until(started, "health and").split()[-1]
            wait_until(lambda: is_well(address))
            postgresql.stop()
            try:
                wait_until(lambda: is_told(address))
            finally:
                postgresql.start()
            wait_until(lambda: is_well(address))
            log = stop_program(started)
    assert log.count("event=store standing=well") == 1, log
    told = re.findall(r"event=(?!queue|library|worker\b)\w+ error=(.*)", log)
    found = re.findall(r"event=ready check=store error=(.*)", log)  # where it was asked before any job
    assert told or found, log
    assert len(set(told)) == len(told), log
    assert len(found) <= 1, log
    assert all("postgresql://" in error for error in (*told, *found)), log
    assert "ConnectorException" not in log
    assert "Traceback" not in log
