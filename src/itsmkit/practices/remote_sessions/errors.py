"""
The errors of remote sessions.

.. code-block:: text

    RefusedError
    └── ConsentRequiredError   nobody has consented to it
"""

from itsmkit.errors import RefusedError

__all__ = ["ConsentRequiredError"]


class ConsentRequiredError(RefusedError):
    """
    A remote session was asked for to which nobody has consented, or not any more.

    Args:
        number: The number of the ticket.
        configuration_item: The machine.
        because: What there is of consent, and why it does not do.
    """

    def __init__(self, number: str, configuration_item: str, because: str) -> None:
        super().__init__(
            f"cannot start a remote session on {configuration_item} for {number}: {because}; ask for "
            "consent, and record it by `desk.remote_sessions.give_consent`"
        )
        self.args = (number, configuration_item, because)  # what it is pickled by
        self.number = number
        self.configuration_item = configuration_item
        self.because = because
