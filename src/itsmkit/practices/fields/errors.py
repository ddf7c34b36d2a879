"""
The errors of fields.

.. code-block:: text

    ItsmkitError
    └── RefusedError
        └── FieldsRefusedError   what a ticket was told does not fit the fields of its kind
"""

from itsmkit.errors import RefusedError

__all__ = ["FieldsRefusedError"]


class FieldsRefusedError(RefusedError):
    """
    What a ticket was told does not fit the fields of its kind, and nothing changed.

    A move that is refused for its fields is a `~itsmkit.workflow.TransitionRefusedError`.

    Args:
        what: What was asked for, such as ``"log a complaint"``.
        missing: The names of all fields that have to be there and are not.
        wrong: A sentence for each value that cannot be taken, and each name that there is not.
    """

    def __init__(self, what: str, missing: tuple[str, ...], wrong: tuple[str, ...]) -> None:
        super().__init__(*(f"{name} is missing" for name in missing), *wrong)
        self.args = (what, missing, wrong)  # what it is pickled by
        self.what = what
        self.missing = missing
        self.wrong = wrong

    def __str__(self) -> str:
        return f"cannot {self.what}: {super().__str__()}"
