"""The entries of one list file as they were read, for checks that look across entries."""

from collections.abc import Iterator
from dataclasses import dataclass

from aggregator.config.checks.problems import Path, Problem
from aggregator.config.files.yaml_document import YamlDocument


@dataclass(frozen=True, slots=True)
class EntryList:
    """What stands below the one key of a file; not ``is_known`` where that could not be read.

    The values are unchecked, so that an entry with one wrong key is still compared by its others.
    """

    document: YamlDocument
    key: str
    entries: tuple[object, ...] = ()
    is_known: bool = True

    @property
    def is_bare(self) -> bool:
        """Whether the key stands there with nothing at all below it."""
        top = self.document.value
        return isinstance(top, dict) and top.get(self.key, ()) is None

    def problem(self, number: int, steps: Path, text: str) -> Problem:
        """Return a problem at ``steps`` within the entry at position ``number``."""
        return self.document.problem((self.key, number, *steps), text)

    def texts(self, key: str) -> dict[int, str]:
        """Return the texts at ``key`` by the position of their entry."""
        return {number: value for number, value in self.values(key) if isinstance(value, str)}

    def values(self, key: str) -> Iterator[tuple[int, object]]:
        """Yield what stands at ``key``, with the position of its entry, where the key is given."""
        for number, entry in enumerate(self.entries):
            if isinstance(entry, dict) and key in entry:
                yield number, entry[key]
