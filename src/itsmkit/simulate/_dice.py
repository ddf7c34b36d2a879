"""Chance that comes out the same on every machine."""

from bisect import bisect
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import accumulate
from random import Random
from typing import TypeVar

__all__ = ["Dice"]

T = TypeVar("T")


class Dice:
    """
    Draws, the same ones for the same seed.

    Each is made from `random.Random.random`, the one method whose sequence Python promises to keep from
    version to version, by steps that floating point defines exactly.

    Args:
        seed: Whatever its sequence is to be known by.

    Source:
        The Python documentation, module ``random``, "Notes on Reproducibility".
    """

    def __init__(self, seed: int) -> None:
        self._draw = Random(seed).random  # noqa: S311  it is play; nothing is kept secret by it

    def below(self, end: int) -> int:
        """Return one of 0 up to, but not including, *end*."""
        return int(self._draw() * end)

    def chance(self, percent: int) -> bool:
        """Tell whether something happens that happens in *percent* of all cases."""
        return self.below(100) < percent

    def pick(self, items: Sequence[T]) -> T:
        """Return one of *items*, each as likely as any other."""
        return items[self.below(len(items))]

    def weighted(self, weights: Mapping[T, int]) -> T:
        """Return one of the keys of *weights*, each as likely as it weighs."""
        return self.draws(weights, 1)[0]

    def draws(self, weights: Mapping[T, int], times: int) -> list[T]:
        """Return what `weighted` returns, *times* over."""
        items = tuple(weights)
        sums = tuple(accumulate(weights.values()))
        return [items[bisect(sums, self.below(sums[-1]))] for _ in range(times)]

    def minutes(self, low: int, high: int) -> timedelta:
        """Return *low* up to *high* minutes, in whole seconds; most draws are short, few are long."""
        draw = self._draw()
        return timedelta(minutes=low, seconds=int(draw * draw * draw * (high - low) * 60))
