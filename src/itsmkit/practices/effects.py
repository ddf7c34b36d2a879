"""
Effects: what a desk does by itself once a ticket has moved.

A workflow names the effects of its transitions; what a name stands for is data of the desk.
"""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from attrs import field, frozen

from itsmkit._frozen import EMPTY, as_tuple, frozen_dict
from itsmkit._problems import close_to, names_problems
from itsmkit.errors import DefinitionError
from itsmkit.languages import Term, message
from itsmkit.practices.decision import Decision, Notice, Occasion, happen
from itsmkit.practices.escalation import holders
from itsmkit.tickets import Assigned, DetailsChanged, Fact, Ticket

__all__ = ["Effect", "STANDARD_EFFECTS", "with_effects"]

AnyTicket = TypeVar("AnyTicket", bound=Ticket)


@frozen(kw_only=True)
class Effect:
    """
    What is done once a ticket has moved, in this order.

    Args:
        support_group: The group that gets the work; by default, nobody else gets it.
        assignee: The person in it.
        fields: The new values of descriptive fields and further details, by name; ``None`` empties one.
        notify: Whom to tell: as in an `EscalationStep`.
        text: What they are told; by default, that the ticket has moved.

    Raises:
        DefinitionError: With every problem: it does nothing, gives the work to a person of no group, or tells
            nobody in particular.
    """

    support_group: str | None = None
    assignee: str | None = None
    fields: Mapping[str, object] = field(default=EMPTY, converter=frozen_dict)
    notify: tuple[str, ...] = field(default=(), converter=as_tuple)
    text: str | None = None

    def __attrs_post_init__(self) -> None:
        problems = [*names_problems("notify", self.notify)]
        if not (self.support_group or self.fields or self.notify):
            problems.append("it does nothing; give it a support_group, fields or notify")
        if self.assignee is not None and self.support_group is None:
            problems.append(f"assignee: {self.assignee!r} is of no group; name the support_group, too")
        if problems:
            raise DefinitionError(*problems)

    def facts(self, ticket: Ticket) -> Iterable[Fact]:
        """Return what it changes on *ticket*; nothing for what is so already."""
        place = (self.support_group, self.assignee)
        if self.support_group is not None and place != (ticket.support_group, ticket.assignee):
            yield Assigned(*place)
        news = {name: value for name, value in self.fields.items() if ticket.fact(name) != value}
        if news:
            yield DetailsChanged(news)

    def notices(self, ticket: Ticket, name: str) -> Iterable[Notice]:
        """Return what people are told of *ticket*, which has moved; *name* is what the effect is called."""
        number, state = ticket.number, Term("state", ticket.state)
        subject = message("{number}: {state}", number=number, state=state)
        body = self.text or message("{number} is {state} now", number=number, state=state)
        return (Notice(each, subject, body, f"effect/{name}") for each in holders(self.notify, ticket))


STANDARD_EFFECTS: Mapping[str, Effect] = frozen_dict(
    {
        "notify_author": Effect(notify=["requester"]),
        "notify_requester": Effect(notify=["requester"]),
        "notify_users": Effect(notify=["requester", "support_group"]),
        "open_approval": Effect(fields={"approval": "requested"}, notify=["approver"]),
        "open_recertification": Effect(fields={"recertification": "requested"}, notify=["approver"]),
        "publish_workaround": Effect(fields={"known_error": True}, notify=["support_group"]),
        "remind_assignee": Effect(notify=["assignee", "support_group"]),
        "request_review": Effect(notify=["reviewer"]),
        "suspend_template": Effect(fields={"template_approval": None}),
        "withdraw_approval": Effect(fields={"approval": None}),
        "withdraw_change_outcome": Effect(fields={"change_outcome": None}),
        "withdraw_review": Effect(fields={"review_result": None}),
        "withdraw_test_result": Effect(fields={"test_result": None}),
        "withdraw_verification_result": Effect(fields={"verification_result": None}),
        "withdraw_workaround": Effect(fields={"known_error": None}),
    }
)
"""What the effects stand for that the standard workflows name; a desk may say something else."""


def with_effects(
    decision: Decision[AnyTicket], occasion: Occasion, names: Iterable[str], known: Mapping[str, Effect]
) -> Decision[AnyTicket]:
    """
    Return *decision* with what follows from it.

    Args:
        decision: The move.
        occasion: When, and by whom.
        names: The effects of the transition, in order.
        known: What each name stands for.

    Raises:
        DefinitionError: If one stands for nothing.
    """
    for name in names:
        effect = known.get(name)
        if effect is None:
            problem = f"unknown effect {name!r}; {close_to(name, known)}"
            raise DefinitionError(problem)
        follows = happen(decision.ticket, occasion, *effect.facts(decision.ticket))
        decision = Decision(
            decision.before,
            (*decision.steps, *follows.steps),
            (*decision.notices, *effect.notices(follows.ticket, name)),
        )
    return decision
