"""A folder to write config files into."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from aggregator.config import check_config

Check = Callable[..., tuple[str, ...]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the two files that must be there, both empty of entries."""
    made = tmp_path / "config"
    made.mkdir()
    (made / "sources.yaml").write_text("sources: []\n", encoding="utf-8")
    (made / "topics.yaml").write_text("topics: []\n", encoding="utf-8")
    return made


@pytest.fixture
def check(folder: Path) -> Check:
    """Return a function that writes files by stem and returns their problems, without the folder."""

    def write_and_check(environ: Mapping[str, str] | None = None, **texts: str) -> tuple[str, ...]:
        for stem, text in texts.items():
            (folder / f"{stem}.yaml").write_text(text, encoding="utf-8")
        problems = check_config(folder, environ or {})
        assert all(problem.startswith(f"{folder}/") for problem in problems)
        return tuple(problem.removeprefix(f"{folder}/") for problem in problems)

    return write_and_check
