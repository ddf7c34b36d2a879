"""How people who work on tickets are measured, and what of it others may be shown: a policy as data."""

from attrs import field, frozen

from itsmkit._checks import is_a
from itsmkit._frozen import as_tuple
from itsmkit._problems import distinct_problems, name_problems, shown
from itsmkit.errors import DefinitionError

__all__ = ["MeasuresPolicy"]


@frozen(kw_only=True)
class MeasuresPolicy:
    """
    How people are measured, and what of it others are shown.

    Args:
        more_people_than: Figures of several people are shown only if they are more than so many; 2 or more.
        most_of_one: The largest share of the tickets of a team that one person may have, for it to be shown.
        adjust_for: The facts of tickets that make them easier or harder, the most important first.
        confidence: How likely the true ratio of a measure lies within its interval: above 0, below 1.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    more_people_than: int = 4
    most_of_one: float = 0.5
    adjust_for: tuple[str, ...] = field(default=("kind", "priority", "category"), converter=as_tuple)
    confidence: float = 0.95

    def __attrs_post_init__(self) -> None:
        problems = []
        least = self.more_people_than
        if type(least) is not int or least < 2:
            problems.append(f"more_people_than: must be a whole number of 2 or more, not {shown(least)}")
        if not is_a(self.most_of_one, float) or not 0 < self.most_of_one <= 1:
            problems.append(f"most_of_one: must be above 0, up to 1, not {shown(self.most_of_one)}")
        if not is_a(self.confidence, float) or not 0 < self.confidence < 1:
            problems.append(f"confidence: must lie between 0 and 1, not {shown(self.confidence)}")
        for place, name in enumerate(self.adjust_for):
            problems += name_problems(f"adjust_for[{place}]", name)
        problems += distinct_problems("adjust_for", self.adjust_for)
        if problems:
            raise DefinitionError(*(f"MeasuresPolicy: {each}" for each in problems))
