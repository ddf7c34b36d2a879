"""
The errors of access management.

.. code-block:: text

    RefusedError
    └── AccessDeniedError   who asks may see it, and may not do it
"""

from itsmkit.errors import RefusedError

__all__ = ["AccessDeniedError"]


class AccessDeniedError(RefusedError):
    """
    Somebody asked for what they are not permitted.

    It is never raised about a ticket that they may not see: for them, that is not there.

    Args:
        operation: What was asked for, such as ``"tickets.comment"``.
        person: Who asked; ``None`` if the desk was bound to nobody.
        reasons: Why not, each a sentence.
        roles: The roles that are permitted it, if only on some tickets.
    """

    def __init__(
        self, operation: str, person: str | None, reasons: tuple[str, ...], roles: tuple[str, ...] = ()
    ) -> None:
        super().__init__(*reasons)
        self.args = (operation, person, reasons, roles)  # what it is pickled by
        self.operation = operation
        self.person = person
        self.roles = roles

    def __str__(self) -> str:
        who = "nobody" if self.person is None else repr(self.person)
        may = ", ".join(self.roles) or "no role"
        return f"{who} may not {self.operation}: {'; '.join(self.reasons)}; permitted it: {may}"
