"""The plain forms of what documents and stores of asset management have in common."""

from decimal import Decimal, InvalidOperation

from itsmkit._documents import Form
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError
from itsmkit.money import Money

__all__ = ["FORMS"]


def _decimal(plain: object) -> Decimal:
    if type(plain) is int:
        return Decimal(plain)
    try:
        if isinstance(plain, str):
            return Decimal(plain)
    except InvalidOperation:
        pass
    problem = f"must be a number as text, such as '0.1', so that it is exact, not {shown(plain)}"
    raise DefinitionError(problem)


FORMS = (Form(Money, Money.parse, Money.plain), Form(Decimal, _decimal, str))
"""Those of money and decimals: ``"1234.50 EUR"`` and ``"0.1"``."""
