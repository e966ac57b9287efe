"""What a benchmark returns: figures with their goal."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured value; `goal` is what it is held against, `at_least` says on which side it should be."""

    name: str
    value: float
    unit: str
    n: int
    goal: float | None = None
    at_least: bool = False
    peer: float | None = None
    note: str = ""

    def reached(self) -> bool | None:
        """Say whether the goal was reached, or None where there is none."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.at_least else self.value <= self.goal
