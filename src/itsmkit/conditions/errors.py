"""
The errors of conditions.

.. code-block:: text

    RefusedError
    └── UndecidedError    a question about a condition with too many cases to try

A condition that cannot be right when it is declared is a `DefinitionError`, as everywhere.
"""

from itsmkit.errors import RefusedError

__all__ = ["UndecidedError"]


class UndecidedError(RefusedError):
    """
    A question about a condition was left open: it has too many cases to try.

    Args:
        cases: How many there are.
        limit: How many are tried at most.
    """

    def __init__(self, cases: int, limit: int) -> None:
        super().__init__(cases, limit)  # type: ignore[arg-type]  # facts, from which the reason is made
        self.cases = cases
        self.limit = limit
        reason = (
            f"cannot decide about a condition with {cases:,} cases, at most {limit:,} are tried; "
            "let it ask for fewer facts"
        )
        self.reasons = (reason,)

    def __str__(self) -> str:
        return self.reasons[0]
