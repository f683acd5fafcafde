"""The image, the services and the unit that docs/deploying.md tells of fit the program, and linters take them."""

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from aggregator.cli.commands import COMMANDS, import_command
from aggregator.config import Settings
from aggregator.secured import VARIABLE
from aggregator.serve import Server, create_app

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs/deploy"
DOCUMENT = (ROOT / "docs/deploying.md").read_text(encoding="utf-8")
DOCKERFILE = (FOLDER / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
UNIT = (FOLDER / "aggregator.service").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MOST_EXPOSED = 2.0
ANALYZE = shutil.which("systemd-analyze")
LINTER = Path(sys.executable).with_name("hadolint")


def _instructions():
    """Return the lines of the Dockerfile as pairs of instruction and words, continued lines joined."""
    joined = re.sub(r"\\\n", " ", re.sub(r"(?m)^#.*\n", "", DOCKERFILE))
    return [tuple(line.split(maxsplit=1)) for line in joined.splitlines() if line.strip()]


def _last(instruction):
    return [words for name, words in _instructions() if name == instruction][-1]


def _setting(name):
    return re.findall(rf"(?m)^{name}=(.*)$", UNIT)


def _check_command(words):
    """Fail unless the program has a command with these options."""
    name = words[0]
    assert name in COMMANDS
    with import_command(name).make_context(name, [*words[1:]]):
        pass


def test_the_image_starts_a_command_of_the_program():
    """Entry point and command are the program's, and its own options are known."""
    assert yaml.safe_load(_last("ENTRYPOINT")) == [*PROJECT["scripts"]]
    _check_command(yaml.safe_load(_last("CMD")))


def test_the_image_has_what_the_program_needs():
    """Sources are there, extras exist, Python is recent enough; store and tree are volumes of its user."""
    sources = [
        words.split()[:-1] for name, words in _instructions() if name == "COPY" and "--from" not in words
    ]
    assert all((ROOT / source).exists() for found in sources for source in found)
    ignored = (FOLDER / "Dockerfile.dockerignore").read_text().splitlines()
    assert {f"!{source}" for found in sources for source in found} <= set(ignored)
    extras = set(re.search(r'"\.\[(.*?)\]"', DOCKERFILE)[1].split(","))
    assert extras == PROJECT["optional-dependencies"].keys() - {"test", "fuzz", "postgres"}
    versions = set(re.findall(r"(?m)^FROM python:3\.(\d+)", DOCKERFILE))
    assert all(int(version) >= int(PROJECT["requires-python"].removeprefix(">=3.")) for version in versions)
    assert len(versions) == 1
    settings = Settings().storage
    volumes = {f"/site/{settings.data_dir}", f"/site/{settings.feeds_dir}"}
    assert set(yaml.safe_load(_last("VOLUME"))) == volumes
    assert _last("USER") == "10001:10001"
    assert _last("EXPOSE") == str(Settings().server.port)


def test_the_image_asks_whether_it_is_well(tmp_path):
    """The check of the image ends with 0 where a server answers, and with another code where none does."""
    check = yaml.safe_load(_last("HEALTHCHECK").partition("CMD ")[2])
    with Server(create_app(tmp_path), "127.0.0.1", 0) as running:
        port = str(running.port)
        command = [sys.executable, *(word.replace("8080", port) for word in check[1:])]
        assert subprocess.run(command, check=False).returncode == 0
    assert subprocess.run(command, check=False, capture_output=True).returncode != 0


@pytest.mark.skipif(not LINTER.exists(), reason="needs hadolint")
def test_the_dockerfile_passes_its_linter():
    """hadolint finds nothing."""
    done = subprocess.run([LINTER, FOLDER / "Dockerfile"], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("name", sorted(COMPOSE["services"]))
def test_services_hold_together(name):
    """What a service names is there: volumes, other services, the Dockerfile, commands, folders, variables."""
    service = COMPOSE["services"][name]
    assert service["restart"] == "unless-stopped"
    mounts = [volume.split(":") for volume in service["volumes"]]
    assert all(source.startswith("./") or source in COMPOSE["volumes"] for source, *_ in mounts)
    assert service.get("depends_on", {}).keys() <= COMPOSE["services"].keys()
    for other, how in service.get("depends_on", {}).items():
        assert how["condition"] != "service_healthy" or "healthcheck" in COMPOSE["services"][other]
    if "build" not in service:
        return
    assert (ROOT / service["build"]["dockerfile"]).is_file()
    _check_command(service["command"])
    assert {*yaml.safe_load(_last("VOLUME")), "/site/config"} == {target for _, target, *_ in mounts}
    asks = service.get("healthcheck") != {"disable": True}
    assert asks == (service["command"][0] in {"run", "serve"}), "workers answer no requests"
    assert set(service["environment"]) <= {VARIABLE, *re.findall(r"\$\{(\w+)\}", DOCUMENT)}
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])


def test_one_worker_publishes_and_none_works_beside_a_run():
    """Workers share the work of a service; the tree is written by one of them and served by another process."""
    commands = [service["command"] for service in COMPOSE["services"].values() if "build" in service]
    assert sorted(command[0] for command in commands) == ["serve", "worker", "worker"]
    assert sum("--publish" in command for command in commands) == 1


def test_no_port_is_open_to_everybody():
    """Ports are of this machine alone: a web server stands in front."""
    ports = [port for service in COMPOSE["services"].values() for port in service.get("ports", ())]
    assert ports == ["127.0.0.1:8080:8080"]


def test_the_unit_starts_a_command_of_the_program():
    """systemd runs and ends it, and gives it time to end."""
    program, *words = shlex.split(*_setting("ExecStart"))
    assert Path(program).name in PROJECT["scripts"]
    _check_command(words)
    assert _setting("ReadWritePaths") == [str(Path(words[-1]).parent)]
    assert _setting("KillSignal") == ["SIGTERM"]
    assert VARIABLE in UNIT


@pytest.mark.skipif(ANALYZE is None, reason="needs systemd-analyze")
def test_the_unit_is_sound_and_little_exposed(tmp_path):
    """systemd reads it without a complaint, and thinks it safe."""
    unit = tmp_path / "aggregator.service"
    unit.write_text(UNIT.replace("/opt/aggregator/bin/aggregator", sys.executable))
    read = subprocess.run([ANALYZE, "verify", unit], check=False, capture_output=True, text=True)
    assert [line for line in read.stderr.splitlines() if unit.name in line] == []
    judged = subprocess.run(
        [ANALYZE, "security", "--offline=true", "--no-pager", unit],
        check=False,
        capture_output=True,
        text=True,
    )
    exposure = re.search(r"Overall exposure level for aggregator\.service: ([\d.]+)", judged.stdout)
    assert exposure, judged.stderr
    assert float(exposure[1]) <= MOST_EXPOSED


def test_every_file_is_told_of():
    """The document leads to each of them."""
    files = {path.name for path in FOLDER.iterdir()} - {"Dockerfile.dockerignore"}
    assert files == set(re.findall(r"\]\(deploy/([\w.]+)\)", DOCUMENT))
