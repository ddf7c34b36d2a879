"""How much a source is believed, the less the longer ago it saw a thing."""

from datetime import timedelta
from fractions import Fraction

from attrs import field, frozen

from itsmkit._checks import is_a, named
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError

__all__ = ["ANY_SOURCE", "SourceConfidence"]

ANY_SOURCE = "*"
"""Stands for every source that is not named itself."""

_MICROSECOND = timedelta(microseconds=1)

_MOST_HALVINGS = 1_000
"""After so many, nothing is left: what would be, is less than anybody could ask for."""


@frozen
class SourceConfidence:
    """
    How much a source is believed when it has just seen a thing, and how fast that fades.

    It halves with every half-life; between two halvings it falls evenly. So it is exact, where a power of
    two would not be. After a thousand half-lives nothing is left. That it falls so is our choice.

    Args:
        source: The name of the source; ``"*"`` for every one that is not named itself.
        initial: How much it is believed at first: more than 0, at most 1; a whole number or a `Fraction`.
        half_life: After which time it is believed half as much; more than no time.

    Raises:
        DefinitionError: With everything that is none of these.

    >>> discovery = SourceConfidence("discovery", Fraction(9, 10), timedelta(days=30))
    >>> discovery.after(timedelta(days=30)), discovery.after(timedelta(days=45))
    (Fraction(9, 20), Fraction(27, 80))
    """

    source: str = field(validator=named)
    initial: int | Fraction
    half_life: timedelta

    def __attrs_post_init__(self) -> None:
        problems = []
        number = self.initial
        if isinstance(number, bool) or not is_a(number, int, Fraction) or not 0 < number <= 1:
            problems.append(
                "initial: must be a whole number or a Fraction, more than 0 and at most 1, not "
                f"{shown(number)}"
            )
        if not is_a(self.half_life, timedelta) or self.half_life <= timedelta():
            problems.append(
                f"half_life: must be a timedelta of more than no time, not {shown(self.half_life)}"
            )
        if problems:
            raise DefinitionError(*(f"source {self.source!r}: {problem}" for problem in problems))

    def after(self, age: timedelta) -> Fraction:
        """Return how much it is believed when it saw a thing so long ago; a negative *age* is none."""
        halvings, rest = divmod(max(age, timedelta()), self.half_life)
        if halvings >= _MOST_HALVINGS:
            return Fraction()
        between = Fraction(rest // _MICROSECOND, self.half_life // _MICROSECOND)
        return Fraction(self.initial) * Fraction(1, 2**halvings) * (1 - between / 2)

    def lasts(self, least: Fraction) -> timedelta:
        """
        Return how long ago at most it may have seen a thing to be believed by *least*, which is more than 0.

        If it never is, a negative time; if for longer than a ``timedelta`` can be, the longest there is.
        """
        if least > self.initial:
            return -_MICROSECOND
        halvings, left = 0, Fraction(self.initial)
        while left / 2 >= least and halvings < _MOST_HALVINGS:
            halvings, left = halvings + 1, left / 2
        half_life = self.half_life // _MICROSECOND
        if halvings == _MOST_HALVINGS:
            microseconds = halvings * half_life - 1
        else:
            microseconds = (halvings + 2 * (1 - least / left)) * half_life // 1
        return min(microseconds, timedelta.max // _MICROSECOND) * _MICROSECOND
