"""
What people are asked for when they are asked how it was: the three measures of the field, exact.

=======  =====  ===================================================================================
Measure  Scale  Figure
=======  =====  ===================================================================================
CSAT     1–5    share of those who are satisfied: 4 or 5
NPS      0–10   share of promoters, 9 or 10, less the share of detractors, 0 to 6: from -1 to 1
CES      1–7    share of those who found it easy: 5, 6 or 7
=======  =====  ===================================================================================

Source:
    NPS: F. F. Reichheld, The one number you need to grow, Harvard Business Review, December 2003.
    CES: M. Dixon, K. Freeman, N. Toman, Stop trying to delight your customers, Harvard Business Review,
    July 2010; on the scale of its second form, 1 to 7. CSAT: the two top boxes of five.
"""

from collections.abc import Iterable
from enum import StrEnum
from fractions import Fraction

from itsmkit._problems import shown
from itsmkit.errors import DefinitionError

__all__ = ["Measure"]


class Measure(StrEnum):
    """What is asked."""

    CSAT = "csat"
    """Customer satisfaction: how content somebody is with what was done."""
    NPS = "nps"
    """Net promoter score: how likely somebody is to recommend the service."""
    CES = "ces"
    """Customer effort score: how easy it was."""

    @property
    def lowest(self) -> int:
        """The worst answer."""
        return _SCALES[self][0]

    @property
    def highest(self) -> int:
        """The best answer."""
        return _SCALES[self][1]

    def check(self, score: object, name: str = "score") -> None:
        """
        Let *score* pass if it is on the scale.

        Raises:
            DefinitionError: If it is not.

        >>> Measure.CSAT.check(6)
        Traceback (most recent call last):
        itsmkit.errors.DefinitionError: score: must be a whole number from 1 to 5, not int 6
        """
        if type(score) is not int or not self.lowest <= score <= self.highest:
            problem = (
                f"{name}: must be a whole number from {self.lowest} to {self.highest}, not {shown(score)}"
            )
            raise DefinitionError(problem)

    def figure(self, scores: Iterable[int]) -> Fraction | None:
        """
        Return the figure of many answers, as the table of this module has it; ``None`` of no answers.

        >>> Measure.NPS.figure([10, 9, 8, 3])
        Fraction(1, 4)
        """
        given = [*scores]
        if not given:
            return None
        _, _, good, bad = _SCALES[self]
        for_it = sum(score >= good for score in given)
        against = sum(score <= bad for score in given)
        return Fraction(for_it - against, len(given))

    def share(self, score: int) -> Fraction:
        """
        Return where an answer stands between the worst, 0, and the best, 1, so that measures can be compared.

        >>> Measure.CES.share(4)
        Fraction(1, 2)
        """
        return Fraction(score - self.lowest, self.highest - self.lowest)


_SCALES = {
    Measure.CSAT: (1, 5, 4, 0),
    Measure.NPS: (0, 10, 9, 6),
    Measure.CES: (1, 7, 5, 0),
}
"""The lowest and the highest answer; from which on one counts for it, and up to which against it."""
