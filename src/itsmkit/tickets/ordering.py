"""
What happens to orders of the service catalogue, and to the tasks by which they are fulfilled.

Answers may tell of people, and are erased with them. Which item was ordered, who approved, and how the tasks
went, is how the work was done, and stays: so an order that is open goes on after an erasure.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from attrs import field, frozen

from itsmkit._checks import member_of, named
from itsmkit._frozen import EMPTY, as_tuple, deeply_frozen, frozen_dict
from itsmkit.money import Money
from itsmkit.tickets.ticket_id import TicketId

__all__ = [
    "ANSWER",
    "ApprovalDecided",
    "ApprovalOpened",
    "ApproversAsked",
    "AskedToVote",
    "BallotCast",
    "Became",
    "FACTS_OF_ORDERS",
    "FulfilmentBegun",
    "FulfilmentEnded",
    "ItemOrdered",
    "TaskAdvanced",
    "TaskGiven",
    "details_of_order",
]

ANSWER = "answer."
"""What the facts of answers begin with on tickets."""

FACTS_OF_ORDERS = (ANSWER, "task.")
"""What the names of facts begin with that follow from the course of an order."""


class Became(StrEnum):
    """What has become of a task of an order."""

    GIVEN = "given"
    """A ticket was made for it."""

    STARTED = "started"
    DONE = "done"
    FAILED = "failed"
    """An attempt at it failed."""

    SKIPPED = "skipped"
    """Somebody decided to go on without it."""

    REOPENED = "reopened"
    """Somebody decided to try again."""


def _became(value: Became | str) -> Became:
    return member_of(Became, value, "what has become of a task")


def _frozen_mapping(values: Mapping[str, object]) -> Mapping[str, object]:
    return frozen_dict({name: deeply_frozen(each) for name, each in frozen_dict(values).items()})


@frozen
class ItemOrdered:
    """
    An item of the service catalogue was ordered by the ticket.

    Args:
        item: The key of the item.
        version: The version that was published then, to which the order keeps.
        answers: What was answered to its form, by the names of fields.
        price: What it costs once, if anything.
        approval_required: Whether it must be approved.
    """

    item: str = field(validator=named)
    version: int
    answers: Mapping[str, object] = field(default=EMPTY, converter=_frozen_mapping)
    price: Money | None = None
    approval_required: bool = False


@frozen
class TaskGiven:
    """
    The ticket is a task of an order.

    Args:
        origin: The order.
        task: The name of the task among those of the item.
        item: The key of the item.
        version: The version of the item.
        answers: What was answered, as on the order.
    """

    origin: TicketId
    task: str = field(validator=named)
    item: str = field(validator=named)
    version: int
    answers: Mapping[str, object] = field(default=EMPTY, converter=_frozen_mapping)


@frozen
class ApprovalOpened:
    """
    People were asked to approve the order.

    Args:
        request: The request with its policy and seats, as plain data: see
            `itsmkit.workflow.approvals.history_form`.
    """

    request: Mapping[str, object] = field(converter=_frozen_mapping)


@frozen
class AskedToVote:
    """
    That somebody is asked to vote.

    Args:
        stage: The stage of the approval.
        person: Who is asked.
        on_behalf_of: Whose seat it is, if it is not their own.
    """

    stage: str = field(validator=named)
    person: str = field(validator=named)
    on_behalf_of: str | None = None


@frozen
class ApproversAsked:
    """
    Others are asked to approve the order by now, since time has passed or somebody stands in for another.

    Args:
        asked: All who are asked now, those among them who were before.
    """

    asked: tuple[AskedToVote, ...] = field(default=(), converter=as_tuple)


@frozen
class BallotCast:
    """
    Who acts, voted on the order.

    Args:
        stage: The stage of the approval.
        vote: ``"approve"``, ``"reject"`` or ``"abstain"``.
        on_behalf_of: Whose seat it fills, if it is not their own.
        comment: What they say to it.
    """

    stage: str = field(validator=named)
    vote: str = field(validator=named)
    on_behalf_of: str | None = None
    comment: str = ""


@frozen
class ApprovalDecided:
    """
    The approval of the order came to its end.

    Args:
        outcome: ``"approved"`` or ``"rejected"``.
        because: Why, the end of a sentence.
    """

    outcome: str = field(validator=named)
    because: str = ""


@frozen
class FulfilmentBegun:
    """
    The work on the order began.

    Args:
        facts: What the conditions of its tasks are asked about, as it was then.
    """

    facts: Mapping[str, object] = field(default=EMPTY, converter=_frozen_mapping)


@frozen
class TaskAdvanced:
    """
    A task of the order went on.

    Args:
        task: The name of the task.
        became: What has become of it.
        other: The ticket of the task, if it has one.
        reason: Why, if it failed, was skipped or is tried again.
    """

    task: str = field(validator=named)
    became: Became = field(converter=_became)
    other: TicketId | None = None
    reason: str = ""


@frozen
class FulfilmentEnded:
    """All tasks of the order have ended."""


def details_of_order(
    fact: ItemOrdered
    | TaskGiven
    | ApprovalOpened
    | ApproversAsked
    | BallotCast
    | ApprovalDecided
    | FulfilmentBegun
    | TaskAdvanced
    | FulfilmentEnded,
) -> dict[str, object]:
    """Return the details of a ticket that change by what happens: what conditions can ask for."""
    match fact:
        case ItemOrdered(item=item, version=version, answers=answers, price=price):
            return {
                "catalogue_item": item,
                "catalogue_version": version,
                "approval_required": fact.approval_required,
                **({} if price is None else {"price": price.amount}),
                **dict(_answers(answers)),
            }
        case TaskGiven(task=task, item=item, version=version, answers=answers):
            return {
                "catalogue_item": item,
                "catalogue_version": version,
                "order_task": task,
                **dict(_answers(answers)),
            }
        case ApprovalOpened():
            return {"approval": "requested"}
        case ApprovalDecided(outcome=outcome):
            return {"approval": outcome}
        case TaskAdvanced(task=task, became=became):
            return {f"task.{task}": became.value}
        case FulfilmentEnded():
            return {"tasks_done": True}
    return {}


def _answers(answers: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Go through the facts of answers: an amount of money is its number, each of several choices is true."""
    for name, value in answers.items():
        yield f"{ANSWER}{name}", value.amount if isinstance(value, Money) else value
        if isinstance(value, tuple):
            for each in value:
                yield f"{ANSWER}{name}.{each}", True
