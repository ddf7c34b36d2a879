"""What holds for all assets of a class."""

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._problems import instance_problems
from itsmkit.errors import DefinitionError
from itsmkit.practices.assets.depreciation_terms import DepreciationTerms

__all__ = ["AssetClass"]


@frozen
class AssetClass:
    """
    What holds for all assets of a class.

    Args:
        name: Such as ``"laptop"``.
        holds_data: Whether they may hold data, so that they need a certificate of their wiping to be disposed
            of. What nobody knows is not free of data, so that this is the default.
        depreciation: How their cost is spread over their life, or ``None`` if it is not.

    Raises:
        DefinitionError: With everything that cannot be.
    """

    name: str = field(validator=named)
    holds_data: bool = field(default=True, kw_only=True)
    depreciation: DepreciationTerms | None = field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = list(instance_problems("holds_data", self.holds_data, bool))
        if self.depreciation is not None:
            problems += instance_problems("depreciation", self.depreciation, DepreciationTerms)
        if problems:
            raise DefinitionError(*(f"asset class {self.name!r}: {problem}" for problem in problems))
