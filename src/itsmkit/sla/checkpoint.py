"""Points on a clock at which somebody wants to know."""

from datetime import timedelta

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit.errors import DefinitionError

__all__ = ["BREACH", "Checkpoint"]

_MICROSECOND = timedelta(microseconds=1)
_ZERO = timedelta(0)


@frozen
class Checkpoint:
    """
    A point on a clock, told by how much of the target has been used.

    Use the constructors: `at_share`, `before_target`, `at_breach`.

    Args:
        name: Unique on its target; part of the key under which its passing is recorded.
        percent: The share of the target that has been used, 0 to 100.
        offset: Time added to that: negative before the target, positive after it.

    Raises:
        DefinitionError: If *percent* is no such share.
    """

    name: str = field(validator=named)
    percent: int
    offset: timedelta

    def __attrs_post_init__(self) -> None:
        if type(self.percent) is not int or not 0 <= self.percent <= 100:
            problem = f"checkpoint {self.name!r}: percent must be from 0 to 100, not {self.percent!r}"
            raise DefinitionError(problem)

    @classmethod
    def at_share(cls, percent: int, *, name: str | None = None) -> "Checkpoint":
        """
        Return the point at which *percent* of the target are used.

        Raises:
            DefinitionError: If it is not between 1 and 100.
        """
        if type(percent) is not int or not 1 <= percent <= 100:
            problem = f"a checkpoint's share must be a whole percentage from 1 to 100, not {percent!r}"
            raise DefinitionError(problem)
        return cls(name or f"{percent}%", percent, _ZERO)

    @classmethod
    def before_target(cls, remaining: timedelta, *, name: str | None = None) -> "Checkpoint":
        """
        Return the point at which *remaining* is left of the target, in the calendar's open time.

        Raises:
            DefinitionError: If it is not more than zero.
        """
        if not isinstance(remaining, timedelta) or remaining <= _ZERO:
            problem = f"the time remaining at a checkpoint must be more than zero, not {remaining!r}"
            raise DefinitionError(problem)
        return cls(name or f"{remaining} before", 100, -remaining)

    @classmethod
    def at_breach(cls, *, after: timedelta = _ZERO, name: str | None = None) -> "Checkpoint":
        """
        Return the first microsecond beyond the target, or *after* that.

        A target that is used up exactly is met, so the breach stands one microsecond later: for a target
        that ends with Friday's closing, on Monday's opening.

        Raises:
            DefinitionError: If *after* is negative.
        """
        if not isinstance(after, timedelta) or after < _ZERO:
            problem = f"a checkpoint after the breach must lie zero or more after it, not {after!r}"
            raise DefinitionError(problem)
        return cls(name or ("breach" if not after else f"{after} after"), 100, after + _MICROSECOND)

    def point(self, within: timedelta) -> timedelta:
        """
        Return the elapsed time at which a target of *within* passes this point.

        Shares are rounded up to the microsecond.
        """
        microseconds = within // _MICROSECOND
        share = -(-microseconds * self.percent // 100)
        return timedelta(microseconds=share) + self.offset


BREACH = Checkpoint.at_breach()
"""The breach itself."""
