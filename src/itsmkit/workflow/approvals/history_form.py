"""
Requests for approval, their histories and delegations as plain data, for JSON and TOML.

Instants are text in ISO 8601, with their offset; TOML's own may stand too. A history is a list of tables:

.. code-block:: json

    [{"event": "ballot", "stage": "board", "voter": "kim", "vote": "approve",
      "at": "2026-03-02T09:00:00+00:00", "on_behalf_of": "lee", "comment": "fine"},
     {"event": "withdrawal", "by": "noa", "at": "2026-03-02T10:00:00+00:00"}]

"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from itsmkit._documents import Form, structure, unstructure
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError
from itsmkit.workflow.approvals.ballot import ApprovalEvent, Ballot, Withdrawal
from itsmkit.workflow.approvals.delegation import Delegations
from itsmkit.workflow.approvals.mapping_form import policy_from, policy_to_mapping
from itsmkit.workflow.approvals.policy import ApprovalPolicy
from itsmkit.workflow.approvals.request import ApprovalRequest
from itsmkit.workflow.errors import WorkflowDefinitionError

__all__ = [
    "delegations_from",
    "delegations_to_list",
    "events_from",
    "events_to_list",
    "request_from",
    "request_to_mapping",
]

_EVENTS: Mapping[str, type[Ballot] | type[Withdrawal]] = {"ballot": Ballot, "withdrawal": Withdrawal}


def events_from(plain: object, *, where: str = "the history") -> tuple[ApprovalEvent, ...]:
    """
    Return the events that *plain* describes: the inverse of `events_to_list`.

    Args:
        plain: A list of tables.
        where: The name of the document, for the sentences of the faults.

    Raises:
        DefinitionError: With every problem and its path.

    >>> events_from([{"event": "ballot", "stage": "board", "voter": "kim", "vote": "maybe"}])
    Traceback (most recent call last):
        ...
    itsmkit.errors.DefinitionError: 2 problems:
    - the history: [0].vote: must be one of 'approve', 'reject', 'abstain', not 'maybe'
    - the history: [0].at: is missing
    """
    problems: list[str] = []
    events: list[ApprovalEvent] = []
    for index, each in enumerate(_listed(plain, where)):
        kind = _EVENTS.get(str(each.get("event"))) if isinstance(each, Mapping) else None
        if kind is None:
            choices = ", ".join(map(repr, _EVENTS))
            problems.append(
                f"{where}: [{index}]: must be a table whose event is one of {choices}, not {shown(each)}"
            )
            continue
        try:
            told = {key: value for key, value in each.items() if key != "event"}
            events.append(structure(kind, told, where=where, at=f"[{index}]", forms=_FORMS))
        except DefinitionError as error:
            problems += error.problems
    if problems:
        raise DefinitionError(*problems)
    return tuple(events)


def events_to_list(events: Iterable[ApprovalEvent]) -> list[dict[str, object]]:
    """
    Return *events* as plain data that JSON can hold: the inverse of `events_from`.

    >>> from datetime import UTC
    >>> events_to_list([Withdrawal("noa", datetime(2026, 3, 2, 9, tzinfo=UTC))])
    [{'event': 'withdrawal', 'by': 'noa', 'at': '2026-03-02T09:00:00+00:00', 'comment': ''}]
    """
    return [
        {
            "event": next(name for name, kind in _EVENTS.items() if type(event) is kind),
            **unstructure(event, forms=_FORMS),
        }
        for event in events
    ]


def delegations_from(plain: object, *, where: str = "the delegations") -> Delegations:
    """
    Return the delegations that *plain* describes: the inverse of `delegations_to_list`.

    Args:
        plain: A list of tables.
        where: The name of the document, for the sentences of the faults.

    Raises:
        WorkflowDefinitionError: With every problem and its path, loops among them.
    """
    try:
        listed = {"delegations": _listed(plain, where)}
        return structure(Delegations, listed, where=where, forms=_FORMS)
    except DefinitionError as error:
        raise WorkflowDefinitionError(*error.problems) from None


def delegations_to_list(delegations: Delegations) -> list[dict[str, object]]:
    """Return *delegations* as plain data that JSON can hold: the inverse of `delegations_from`."""
    return [unstructure(each, forms=_FORMS) for each in delegations.delegations]


def request_from(plain: object, *, where: str = "the request") -> ApprovalRequest:
    """
    Return the request that *plain* describes: the inverse of `request_to_mapping`.

    Args:
        plain: A table.
        where: The name of the document, for the sentences of the faults.

    Raises:
        DefinitionError: With every problem and its path.
    """
    return structure(ApprovalRequest, plain, where=where, forms=_FORMS)


def request_to_mapping(request: ApprovalRequest) -> dict[str, object]:
    """
    Return *request*, with its policy and its seats, as plain data that JSON can hold.

    It is what has to be kept of a request, beside its history: the inverse of `request_from`.
    """
    plain: dict[str, object] = unstructure(request, forms=_FORMS)
    return plain


def _listed(plain: object, where: str) -> list[Any]:
    if not isinstance(plain, list | tuple):
        problem = f"{where}: must be a list, not {shown(plain)}"
        raise DefinitionError(problem)
    return list(plain)


def _instant(plain: object) -> datetime:
    """
    Return the instant that *plain* is, or is the text of.

    Raises:
        DefinitionError: If it is neither.
    """
    if isinstance(plain, datetime):
        return plain  # whether it has a zone is for the value to say
    try:
        return datetime.fromisoformat(plain)  # type: ignore[arg-type]  # anything else is no text
    except (TypeError, ValueError):
        problem = f"must be an instant such as '2026-03-02T09:00:00+00:00', not {shown(plain)}"
    raise DefinitionError(problem)


def _policy(plain: object) -> ApprovalPolicy:
    return policy_from(plain, where="")


_FORMS = (
    Form(datetime, _instant, datetime.isoformat),
    Form(ApprovalPolicy, _policy, policy_to_mapping),
)
