"""A second opinion on stories that an article is nearly alike enough to join, or only just."""

from collections.abc import Container, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # who only names an opinion imports no words of languages
    from aggregator.stories.open_story import OpenStory

BAND = 0.75, 1.25
"""As how many times the likeness needed for joining a candidate scores where the opinion is asked."""
APART_BELOW, SAME_FROM = 0.4, 0.8
"""The opinion overrules the score below the one and from the other on; between them it is not sure."""
_ENDS = 4


class Opinion(Protocol):
    """What tells how alike an article and a story are by their texts."""

    def likeness(self, article_text: str, story_texts: Sequence[str]) -> float:
        """Return a cosine from -1 to 1; ``story_texts`` are one or more."""


class Reviewer:
    """Asks the opinion, and keeps for it the texts of the articles in the window by article id."""

    def __init__(self, opinion: Opinion) -> None:
        self.opinion = opinion
        self.texts: dict[str, str] = {}

    def verdict(self, article_id: str, story: "OpenStory", share: float) -> bool | None:
        """Tell whether an article is part of a story, None where its score is to decide.

        ``share`` is its score as part of what joining needs. A large story is looked at from both ends.
        """
        if not BAND[0] <= share < BAND[1]:
            return None
        members = [*story.members[:_ENDS], *story.members[_ENDS:][-_ENDS:]]
        texts = [self.texts[member.id] for member in members if member.id in self.texts]
        if not texts:
            return None
        likeness = self.opinion.likeness(self.texts[article_id], texts)
        if APART_BELOW <= likeness < SAME_FROM:
            return None
        return likeness >= SAME_FROM

    def keep_only(self, article_ids: Container[str]) -> None:
        """Forget the texts of all other articles."""
        self.texts = {id_: text for id_, text in self.texts.items() if id_ in article_ids}


def join_text(title: str, excerpt: str | None) -> str:
    """Return what of an article the opinion is asked about."""
    return f"{title}\n{excerpt}" if excerpt else title
