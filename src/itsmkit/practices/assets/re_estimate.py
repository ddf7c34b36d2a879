"""What is found out later about the value of an asset, or how long it will last."""

from datetime import date

from attrs import field, frozen

from itsmkit._figures import plural
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError
from itsmkit.money import Money
from itsmkit.practices.assets._checks import amount_problems, date_problems
from itsmkit.practices.assets.depreciation_terms import LONGEST_LIFE

__all__ = ["ReEstimate"]


@frozen
class ReEstimate:
    """
    From some day on, an asset is expected to last otherwise, or is worth less.

    Args:
        on: The day. What is written off until it begins stays so; where months count, it is the first of one.
        remaining_months: How long it will last from then on.
        impairment: What its value falls by on that day, beside the wear.
        residual: What shall be left at the end; by default, as much as before.

    Raises:
        DefinitionError: With everything that cannot be.

    Source:
        IAS 16, paragraph 51 (a change of the useful life counts from then on), and IAS 36, paragraph 63
        (after an impairment, the rest is spread over the remaining life).
    """

    on: date
    remaining_months: int = field(kw_only=True)
    impairment: Money | None = field(default=None, kw_only=True)
    residual: Money | None = field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = list(date_problems("on", self.on))
        months = self.remaining_months
        if type(months) is not int or not 1 <= months <= LONGEST_LIFE:
            problems.append(
                f"remaining_months: must be a number of months from 1 to {LONGEST_LIFE}, not {shown(months)}"
            )
        for name in ("impairment", "residual"):
            amount = getattr(self, name)
            problems += [] if amount is None else amount_problems(name, amount)
        if problems:
            raise DefinitionError(*problems)

    def __str__(self) -> str:
        fallen = "" if self.impairment is None else f", worth {self.impairment} less"
        residual = "" if self.residual is None else f"; {self.residual} stays"
        return f"from {self.on}: {plural(self.remaining_months, 'month')} left{fallen}{residual}"
