"""A site whose requests all go through a proxy: feeds, pages, and what commands look up."""

import os
import ssl
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.site import ML, SiteFolder, ago, item, rss, send_feed
from tests.loopback import Answer, Loopback
from tests.proxy_server import ProxyServer

CERTIFICATE = Path(__file__).parents[1] / "fetch" / "self_signed.pem"
SECRET = "s3cret"


def run(site, *words, code=0, **environ):
    """Run the program in a process of its own, with these variables; it must exit with ``code``."""
    done = subprocess.run(
        [sys.executable, "-m", "aggregator", *words, "--config", str(site.config)],
        env={**os.environ, **environ}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    assert SECRET not in done.stdout + done.stderr
    return done


def test_everything_goes_through_the_proxy(tmp_path, loopback):
    """Plain and with TLS, in a tunnel; credentials come from the environment, and nobody sees them."""
    send_feed(loopback, item(1, ago(hours=1)))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    sources = [{"id": "plain", "url": f"{loopback.url}/feed"}]
    with Loopback(tls=context) as secure, ProxyServer(loopback.port) as one, ProxyServer(secure.port) as two:
        secure.route("/feed", Answer(body=rss(item(2, ago(hours=1)))))
        site = SiteFolder(
            tmp_path, sources, [ML], fetch={"proxy": f"http://${{P_USER}}:${{P_PASS}}@{one.place}"}
        )
        known = {"P_USER": "ann", "P_PASS": SECRET, "SSL_CERT_FILE": str(CERTIFICATE)}
        assert "1 updated; 1 new" in run(site, "poll", "--all", **known).stdout
        assert one.requests[0].line == f"GET {loopback.url}/feed HTTP/1.1"
        assert "proxy-authorization" in one.requests[0].headers
        site.write("sources", {"sources": [{"id": "tls", "url": secure.at("localhost", "/feed")}]})
        site.write("settings", environment_settings(tmp_path))
        through = {**known, "https_proxy": f"http://ann:{SECRET}@{two.place}"}
        assert "1 updated; 1 new" in run(site, "poll", "--all", **through).stdout
        assert two.requests[0].line == f"CONNECT localhost:{secure.port} HTTP/1.1"
        assert "Proxy-Authorization" not in dict(secure.requests[0].headers)
        assert two.requests[0].headers["user-agent"].startswith("aggregator/")
        asked = len(two.requests)
        run(site, "poll", "--all", **through, no_proxy="localhost")
        assert len(two.requests) == asked
    assert (
        "the proxy cannot be reached (Connection refused)"
        in run(site, "poll", "--all", code=1, **through).stderr
    )
    (known,) = site.status()["sources"]
    assert (known["outcome"], known["failures"]) == ("not_modified", 0), "no source is to blame"


def environment_settings(folder):
    """Return settings by which the environment says the proxy."""
    return {
        "storage": {"data_dir": str(folder / "data"), "feeds_dir": str(folder / "feeds")},
        "fetch": {"allow_private_addresses": True, "domain_delay_s": 0, "proxy_from_environment": True},
    }


@pytest.mark.parametrize(
    ("proxy", "reported"),
    [
        ("socks5://127.0.0.1:1080", "fetch.proxy: is a SOCKS proxy, which is not supported"),
        (f"http://ann:{SECRET}@127.0.0.1:3128", "holds a user name or password"),
        (f"http://ann:{SECRET}@127.0.0.1/path", "fetch.proxy: is no address of an HTTP proxy"),
        ("${P_UNSET}", "P_UNSET is not set in the environment"),
    ],
)
def test_what_is_no_proxy_is_a_problem_of_the_file(tmp_path, proxy, reported):
    """With file, line and key, and what is allowed; what stands there is not shown."""
    site = SiteFolder(tmp_path, [], fetch={"proxy": proxy})
    said = run(site, "check", code=1).stdout
    assert "settings.yaml:" in said
    assert "fetch.proxy: " in said
    assert reported in said


def test_what_the_environment_says_wrongly_is_told_by_its_name(tmp_path):
    """The command ends before it asks anybody."""
    site = SiteFolder(
        tmp_path, [{"id": "a", "url": "http://127.0.0.1:9/"}], fetch={"proxy_from_environment": True}
    )
    done = run(site, "poll", "--all", code=1, ALL_PROXY=f"socks5://ann:{SECRET}@p.example")
    assert "ALL_PROXY: SOCKS proxies are not supported" in done.stderr
