"""What a real shell proposes while a command is typed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.site import ML, SiteFolder

SOURCES = [{"id": name, "url": f"https://{name}.example/feed"} for name in ("daily", "dawn", "weekly")]
PROGRAM = """\
#!/bin/sh
exec {python} -c 'import sys; sys.argv[0] = "aggregator"; from aggregator.cli import main; main()' "$@"
"""


@pytest.fixture
def shell(tmp_path):
    """Return what runs lines in bash, beside a folder ``config``, with the program on its path."""
    site = SiteFolder(tmp_path, SOURCES, [ML])
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "aggregator"
    program.write_text(PROGRAM.format(python=sys.executable), encoding="utf-8")
    program.chmod(0o755)

    def run(lines):
        environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "HOME": str(tmp_path)}
        bash = [shutil.which("bash"), "--norc", "-c", lines + "\ntrue"]
        done = subprocess.run(bash, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)
        assert done.stderr == ""
        return done.stdout.split()

    run.site = site
    return run


def complete(shell, *words):
    """Return what bash proposes for the last of these words."""
    listed = " ".join(f"'{word}'" for word in words)
    return shell(
        "[ -e completion.sh ] || aggregator --show-completion > completion.sh\n. ./completion.sh\n"
        f"COMP_WORDS=(aggregator {listed}); COMP_CWORD={len(words)}\n"
        '_aggregator_completion aggregator\necho "${COMPREPLY[@]}"'
    )


def test_commands_and_ids_are_completed(shell):
    """Commands, those in a group, options, and ids of the configuration that the command would read."""
    assert complete(shell, "sour") == ["sources"]
    assert set(complete(shell, "sources", "")) >= {"add", "import", "export"}
    assert complete(shell, "poll", "--source", "da") == ["daily", "dawn"]
    assert complete(shell, "sources", "remove", "w") == ["weekly"]
    assert complete(shell, "topics", "forecast", "") == ["ml"]
    assert complete(shell, "poll", "--config", "nowhere", "--source", "") == []
    (shell.site.config / "sources.yaml").write_text("sources: [", encoding="utf-8")
    assert complete(shell, "poll", "--source", "da") == []


def test_it_is_installed_for_the_shell_that_runs_it(shell, tmp_path):
    """The shell's start-up file reads what is installed, below the user's home."""
    assert "installed" in shell("aggregator --install-completion; true")
    assert "aggregator" in (tmp_path / ".bashrc").read_text(encoding="utf-8")


def test_it_is_for_the_program_however_that_is_called(tmp_path):
    """By `python -m aggregator` it is made for the name that is typed once it is installed."""
    environment = {**os.environ, "SHELL": "/bin/bash", "PYTHONPATH": str(Path(__file__).parents[2])}
    command = ["bash", "-c", f"{sys.executable} -m aggregator --show-completion; true"]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "complete -o default -F _aggregator_completion aggregator" in done.stdout
    assert "python -m" not in done.stdout
