"""
The errors of approvals.

.. code-block:: text

    RefusedError
    ├── BallotRefusedError       a ballot was cast, and does not count
    └── WithdrawalRefusedError   a request was to be taken back, and is not

A policy, a delegation or a document of these that cannot be right is a `WorkflowDefinitionError`; a history
that cannot have happened is a `DefinitionError`, as everywhere.
"""

from itsmkit.errors import RefusedError
from itsmkit.workflow.approvals.ballot import Ballot, Withdrawal

__all__ = ["BallotRefusedError", "WithdrawalRefusedError"]


class BallotRefusedError(RefusedError):
    """
    A ballot was cast, and does not count; nothing changed.

    Args:
        ballot: What was cast.
        reasons: Every reason, each a sentence.
    """

    def __init__(self, ballot: Ballot, reasons: tuple[str, ...]) -> None:
        super().__init__(*reasons)
        self.args = (ballot, reasons)  # what it is pickled by
        self.ballot = ballot

    def __str__(self) -> str:
        return f"{self.ballot.voter} cannot vote in stage {self.ballot.stage!r}: {super().__str__()}"


class WithdrawalRefusedError(RefusedError):
    """
    A request for approval was to be taken back, and is not; nothing changed.

    Args:
        withdrawal: What was tried.
        reasons: Every reason, each a sentence.
    """

    def __init__(self, withdrawal: Withdrawal, reasons: tuple[str, ...]) -> None:
        super().__init__(*reasons)
        self.args = (withdrawal, reasons)  # what it is pickled by
        self.withdrawal = withdrawal

    def __str__(self) -> str:
        return f"{self.withdrawal.by} cannot take the request back: {super().__str__()}"
