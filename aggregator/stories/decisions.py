"""What people decided on pairs of articles: which belong together, and which do not."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from aggregator.model import APART, TOGETHER, StoryAnswer
from aggregator.stories.editor_decisions import EditorPair


class Decisions:
    """Answers, and editors' ``pairs``, the newest first, as grouping follows them.

    What is together with one article is together with what that one is together with. An answer that newer
    ones contradict is not followed: so the others can be, all at once. What editors decided outweighs every
    answer. ``articles`` are those that something was decided on; ``leaving`` those of them that leave the
    story where they are not to be.
    """

    def __init__(self, answers: Iterable[StoryAnswer] = (), pairs: Iterable[EditorPair] = ()) -> None:
        self._groups: dict[str, set[str]] = {}
        self._apart: dict[str, set[str]] = {}
        leaving = set()
        for pair in pairs:
            if pair.is_together:
                self._put_together(pair.article_id, pair.other_id)
            else:
                self._keep_apart(pair.article_id, pair.other_id)
                leaving.add(pair.article_id)
        self.leaving = frozenset(leaving)
        for answer in sorted(answers, key=lambda answer: answer.turn, reverse=True):
            if answer.kind in TOGETHER:
                self._put_together(answer.article_id, answer.other_id)
            elif answer.kind in APART:
                self._keep_apart(answer.article_id, answer.other_id)
        self.articles = frozenset(self._groups.keys() | self._apart.keys())

    def find_group(self, article_id: str) -> frozenset[str]:
        """Return the articles that belong together with one, itself among them."""
        return frozenset(self._groups.get(article_id, (article_id,)))

    def are_apart(self, some: Iterable[str], others: Iterable[str]) -> bool:
        """Tell whether one of some articles is never to be in a story with one of the others."""
        if not self._apart:
            return False
        rivals = {rival for article_id in some for rival in self._find_rivals(article_id)}
        return bool(rivals) and not rivals.isdisjoint(others)

    def find_broken(self, story_of: Mapping[str, str]) -> tuple[str, str, bool] | None:
        """Return two articles that are not where they were decided to be, and whether they belong together.

        ``story_of`` has the stories of those articles that have one. None where every decision is followed.
        """
        for group in self._list_groups():
            placed = sorted(group & story_of.keys())
            for article_id in placed[1:]:
                if story_of[article_id] != story_of[placed[0]]:
                    return placed[0], article_id, True
        for article_id in sorted(self._apart.keys() & story_of.keys()):
            for rival in sorted(self._apart[article_id] & story_of.keys()):
                if story_of[rival] == story_of[article_id]:
                    return article_id, rival, False
        return None

    def unite(self, parts: Iterable[list[int]], ids: Sequence[str]) -> list[list[int]]:
        """Return parts of a story, places in ``ids``, with those united that belong together."""
        united: list[tuple[list[int], set[str]]] = []
        for part in parts:
            bound = {id_ for place in part for id_ in self.find_group(ids[place])}
            for other, others in [one for one in united if not one[1].isdisjoint(bound)]:
                united.remove((other, others))
                part, bound = [*other, *part], bound | others  # noqa: PLW2901  # it grows
            united.append((part, bound))
        return sorted(sorted(part) for part, _ in united)

    def _put_together(self, a: str, b: str) -> None:
        one, two = self._groups.get(a, {a}), self._groups.get(b, {b})
        if one is two or self.are_apart(one, two):
            return
        one |= two
        self._groups.update(dict.fromkeys(one, one))

    def _keep_apart(self, a: str, b: str) -> None:
        if b in self._groups.get(a, ()):
            return
        self._apart.setdefault(a, set()).add(b)
        self._apart.setdefault(b, set()).add(a)

    def _find_rivals(self, article_id: str) -> Iterator[str]:
        """Yield what is kept apart from an article, or from what is together with it."""
        for one in self.find_group(article_id):
            for rival in self._apart.get(one, ()):
                yield from self.find_group(rival)

    def _list_groups(self) -> list[set[str]]:
        distinct = {id(group): group for group in self._groups.values()}
        return sorted(distinct.values(), key=min)
