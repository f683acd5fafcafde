"""Empty stores of this version: migrated once in each process of the tests, for that takes long, then copied."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from aggregator.store import open_store


def put_empty_store(path: Path) -> str:
    """Write an empty store to ``path``, unless there is one, and return its address."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_migrated())
    return f"sqlite:///{path}"


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder, "empty.db")
        open_store(f"sqlite:///{path}").close()
        return path.read_bytes()
