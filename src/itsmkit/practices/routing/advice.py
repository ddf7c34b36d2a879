"""What plugins advise about a ticket's way, and whether it is followed."""

from attrs import field, frozen
from attrs.validators import optional

from itsmkit._checks import is_a, named
from itsmkit._problems import instance_problems, shown
from itsmkit.errors import DefinitionError

__all__ = ["AdvicePolicy", "RoutingAdvice", "WeighedAdvice"]


def _is_share(value: object) -> bool:
    return type(value) in (int, float) and 0 <= value <= 1  # type: ignore[operator]  # it is a number


@frozen
class RoutingAdvice:
    """
    Where a plugin would send a ticket.

    Args:
        group: The id of the support group.
        person: The id of somebody in it; ``None`` to leave that to the strategy of the group.
        confidence: How sure the plugin is, 0 to 1.
        because: Why, in a few words.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    group: str = field(validator=named)
    person: str | None = field(default=None, validator=optional(named))
    confidence: float = 0.0
    because: str = ""

    def __attrs_post_init__(self) -> None:
        problems = [*instance_problems("because", self.because, str)]
        if not _is_share(self.confidence):
            problems.append(f"confidence: must be a number from 0 to 1, not {shown(self.confidence)}")
        if problems:
            raise DefinitionError(*(f"RoutingAdvice.{each}" for each in problems))

    def __str__(self) -> str:
        """Return it in words."""
        who = self.group if self.person is None else f"{self.person} in {self.group}"
        why = f": {self.because}" if self.because else ""
        return f"{who}, confidence {self.confidence:g}{why}"


@frozen(kw_only=True)
class AdvicePolicy:
    """
    What becomes of what plugins advise.

    Args:
        follow_from: From which confidence on it is followed; ``None`` for the shadow mode, in which it is
            recorded and never followed, so that one can see what it would have been worth.

    Raises:
        DefinitionError: If it is no number from 0 to 1.
    """

    follow_from: float | None = None

    def __attrs_post_init__(self) -> None:
        if self.follow_from is not None and not _is_share(self.follow_from):
            problem = f"follow_from: must be a number from 0 to 1, not {shown(self.follow_from)}"
            raise DefinitionError(problem)


@frozen
class WeighedAdvice:
    """
    What the surest plugin advised, and what became of it.

    Args:
        source: The plugin.
        advice: What it advised.
        is_followed: Whether its group was taken.
        because: Why, or why not.
    """

    source: str = field(validator=named)
    advice: RoutingAdvice
    is_followed: bool
    because: str

    def __attrs_post_init__(self) -> None:
        if not is_a(self.advice, RoutingAdvice):
            problem = f"WeighedAdvice.advice must be a RoutingAdvice, not {shown(self.advice)}"
            raise DefinitionError(problem)

    def __str__(self) -> str:
        """Return it in words."""
        done = "followed" if self.is_followed else "not followed"
        return f"{self.source} advised {self.advice}; {done}: {self.because}"
