"""What tells this version of the program from others: a new one makes everything published once more."""

import hashlib
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

RENDERERS = ("feedgen", "jinja2", "lxml", "nh3")
"""Libraries whose versions may differ in what they write."""


@cache
def digest_program() -> str:
    """Return a digest of the program's own files, and of the versions of what renders for it."""
    digest = hashlib.blake2b(digest_size=16)
    for name in RENDERERS:
        digest.update(f"{name} {version(name)}\n".encode())
    _add_folder(digest, files("aggregator"))
    return digest.hexdigest()


def _add_folder(digest: "hashlib.blake2b", folder: Traversable) -> None:
    for child in sorted(folder.iterdir(), key=lambda child: child.name):
        if child.name == "__pycache__":
            continue
        if child.is_dir():
            _add_folder(digest, child)
        else:
            digest.update(f"{child.name}\0".encode() + child.read_bytes())
