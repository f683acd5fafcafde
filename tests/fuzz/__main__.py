"""Fuzz reading: ``python -m tests.fuzz --minutes 60 --out FOLDER DOCUMENTS...``.

libFuzzer changes real documents, guided by what of our code and feedparser's they reach. What crashes, breaks
a promise or takes too long is left in FOLDER as ``crash-...`` or ``timeout-...``: ``python -m tests.fuzz
FILE`` plays it again, and it becomes a case below ``tests/parse/cases`` once it is understood.
Needs atheris, which is part of the extra ``fuzz``.
"""

import argparse
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

SLOW_S = 25
LONGEST_BYTES = 16 * 1024
MOST_MIB = 2048


def main() -> None:
    """Fuzz, or play one document again."""
    asked = _asked()
    if asked.out is None:
        from tests.fuzz.target import read_and_judge  # atheris has to come before what it watches

        for path in _files(asked.documents):
            sys.stdout.write(f"{path}: {read_and_judge(path.read_bytes())} articles\n")
        return
    _fuzz(asked.documents, asked.out, asked.minutes)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument(
        "documents", nargs="+", type=Path, help="Documents to start from, or folders of them."
    )
    parser.add_argument(
        "--out", type=Path, help="Where to leave findings; without it, documents are only read."
    )
    parser.add_argument("--minutes", type=float, default=60.0)
    return parser.parse_args()


def _fuzz(documents: Iterable[Path], out: Path, minutes: float) -> None:
    import atheris

    with atheris.instrument_imports(include=["aggregator", "feedparser"]):
        from tests.fuzz.target import read_and_judge
    corpus = out / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, path in enumerate(_files(documents)):
        shutil.copyfile(path, corpus / f"{number:04}-{path.name}")
    options = (
        f"-max_total_time={minutes * 60:.0f}", f"-timeout={SLOW_S}", f"-rss_limit_mb={MOST_MIB}",
        f"-max_len={LONGEST_BYTES}", f"-artifact_prefix={out}/", "-print_final_stats=1",
    )  # fmt: skip
    atheris.Setup([sys.argv[0], str(corpus), *options], read_and_judge)
    atheris.Fuzz()


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield from sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]


main()
