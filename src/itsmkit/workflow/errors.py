"""
The errors of workflows.

.. code-block:: text

    ItsmkitError
    ├── DefinitionError
    │   └── WorkflowDefinitionError   states and transitions that do not fit together
    ├── RefusedError
    │   ├── MigrationRefusedError     tickets are in states that lead nowhere
    │   └── TransitionRefusedError    the trigger is not legal here, or something stands in its way
    └── NotFoundError
        └── UnknownStateError         the workflow has no such state
"""

from itsmkit._problems import distinct
from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.workflow.availability import Availability

__all__ = [
    "MigrationRefusedError",
    "TransitionRefusedError",
    "UnknownStateError",
    "WorkflowDefinitionError",
]


class WorkflowDefinitionError(DefinitionError):
    """
    A workflow that cannot be right.

    Args:
        *problems: Every problem found, each starting with its path, such as ``transitions[3].target``.
    """


class TransitionRefusedError(RefusedError):
    """
    A trigger was fired, and nothing changed.

    Beside what is listed here, ``missing`` names the required facts without a value, ``failed`` the
    guards that do not hold, and ``roles`` those of which the actor has none; all are empty if the trigger is
    not declared for the state.

    Args:
        trigger: The trigger that was fired.
        state: The name of the state that it was fired from.
        legal: The triggers that are declared for that state, in the order of their declaration.
        found: What stands in the way of each transition that the trigger could have taken. Empty if the
            trigger is not among the legal ones.
    """

    def __init__(
        self, trigger: str, state: str, legal: tuple[str, ...], found: tuple[Availability, ...] = ()
    ) -> None:
        super().__init__(*(_reasons(found) if found else [_only(legal)]))
        self.args = (trigger, state, legal, found)  # what it is pickled by
        self.trigger = trigger
        self.state = state
        self.legal = legal
        self.found = found

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the required facts without a value."""
        return distinct(way.missing for way in self.found)

    @property
    def failed(self) -> tuple[str, ...]:
        """The names of the guards that do not hold."""
        return distinct(way.failed for way in self.found)

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles of which the actor needs one and has none."""
        return distinct(way.roles for way in self.found)

    def __str__(self) -> str:
        return f"cannot {self.trigger} from {self.state}: {super().__str__()}"


def _reasons(found: tuple[Availability, ...]) -> tuple[str, ...]:
    if len(found) == 1:
        return found[0].reasons
    return tuple(f"to {way.target}: {reason}" for way in found for reason in way.reasons)


def _only(legal: tuple[str, ...]) -> str:
    if not legal:
        return "nothing is legal here"
    return f"legal here {'is' if len(legal) == 1 else 'are'} {', '.join(legal)}"


class MigrationRefusedError(RefusedError):
    """
    Tickets are in states that lead nowhere in a new definition; none was moved.

    Args:
        workflow: The name of the definition.
        version: The version that they should have followed.
        tickets: Every ticket that cannot move, with the state that it is in.
    """

    def __init__(self, workflow: str, version: str, tickets: tuple[tuple[str, str], ...]) -> None:
        by_state: dict[str, list[str]] = {}
        for ticket, state in tickets:
            by_state.setdefault(state, []).append(ticket)
        super().__init__(
            *(
                f"{state} leads nowhere, and there {'is' if len(names) == 1 else 'are'} {', '.join(names)}"
                for state, names in by_state.items()
            )
        )
        self.args = (workflow, version, tickets)  # what it is pickled by
        self.workflow = workflow
        self.version = version
        self.tickets = tickets

    def __str__(self) -> str:
        return (
            f"cannot migrate to version {self.version} of workflow {self.workflow!r}: {super().__str__()}; "
            "map these states"
        )


class UnknownStateError(NotFoundError):
    """
    A workflow has no state of that name.

    Args:
        workflow: The name of the workflow.
        state: The name that was asked for.
        known: The names of its states, in the order of their declaration.
    """

    def __init__(self, workflow: str, state: str, known: tuple[str, ...]) -> None:
        super().__init__("state", state)
        self.args = (workflow, state, known)  # what it is pickled by
        self.workflow = workflow
        self.state = state
        self.known = known

    def __str__(self) -> str:
        return f"{super().__str__()} in workflow {self.workflow!r}; known: {', '.join(self.known)}"
