"""Which rules may apply to an article, found by what they hang on: the cost follows the article."""

from collections import defaultdict
from collections.abc import Sequence

from aggregator.clauses import Clause, Key, Values
from aggregator.clauses.patterns import PatternSet


class RuleIndex:
    """Rules by the keys of one of their clauses: where none of them holds, the clause does not either."""

    def __init__(self, clauses_of_rules: Sequence[Sequence[Clause]]) -> None:
        self._without_keys: list[int] = []
        equal: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        matching: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for number, clauses in enumerate(clauses_of_rules):
            keys = _choose_keys(clauses)
            if keys is None:
                self._without_keys.append(number)
            for key in keys or ():
                (equal if key.kind == "equals" else matching)[key.field][key.text].append(number)
        self._equal = {field: dict(texts) for field, texts in equal.items()}
        self._matching = {field: (PatternSet(tuple(texts)), dict(texts)) for field, texts in matching.items()}

    def find_candidates(self, values: Values) -> list[int]:
        """Return the numbers of the rules that may apply, in their order."""
        found = set(self._without_keys)
        for field, texts in self._equal.items():
            found.update(texts.get(str(values[field]), ()))
        for field, (patterns, rules) in self._matching.items():
            for pattern in patterns.find_in(str(values[field])):
                found.update(rules[pattern])
        return sorted(found)


def _choose_keys(clauses: Sequence[Clause]) -> tuple[Key, ...] | None:
    """Return the keys of the clause that is looked up in the least time, None where none has any."""
    known = [clause.keys for clause in clauses if clause.keys is not None]
    return min(known, key=lambda keys: any(key.kind == "matches" for key in keys), default=None)
