"""Failures of editors' rules that are to be told."""

from collections.abc import Iterable

from aggregator.curate.editor_rules import RuleFailure


class RuleFailures:
    """Failures of editors' rules that are to be told, one of each rule."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._waiting: list[RuleFailure] = []

    def note(self, failures: Iterable[RuleFailure]) -> None:
        """Note failures, of each rule the first."""
        for failure in failures:
            if failure.rule_id not in self._known:
                self._known.add(failure.rule_id)
                self._waiting.append(failure)

    def take(self) -> list[RuleFailure]:
        """Return what was noted since it was taken last."""
        waiting, self._waiting = self._waiting, []
        return waiting
