"""What is not as it always should be, in the store or in the published tree."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Violation:
    """One thing that is wrong: ``place`` names it, ``problem`` says what is wrong, ``advice`` what to do.

    Where it ``is_mendable`` it can be made right again from what is stored.
    """

    place: str
    problem: str
    advice: str
    is_mendable: bool

    def __str__(self) -> str:
        """Return it as one line."""
        return f"{self.place}: {self.problem}: {self.advice}"


MEND = "`aggregator verify --repair` mends it"
"""The advice for what can be made right again."""
