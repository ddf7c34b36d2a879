"""
Kinds of work: what makes an incident an incident, a question a question.

A kind is data: a name, a workflow, fields, a series of numbers and a matrix of priorities. What all kinds
share stands in `itsmkit.practices.handling`.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Generic, TypeVar

from attrs import evolve, field, frozen

from itsmkit._checks import named
from itsmkit._frozen import EMPTY, frozen_dict
from itsmkit._problems import close_to, instance_problems, shown
from itsmkit.conditions import fields_of
from itsmkit.errors import DefinitionError
from itsmkit.practices.categories import CategoryTree
from itsmkit.practices.decision import Decision, Occasion, happen, unchanged
from itsmkit.practices.effects import Effect
from itsmkit.practices.fields import FieldSet, FieldsRefusedError, ReadValues
from itsmkit.practices.handling import (
    COMMANDED,
    checked,
    describe,
    differences,
    refuse_commanded,
    refuse_settled,
    transition,
)
from itsmkit.practices.ownership import first_owner
from itsmkit.practices.ticket_rules import STANDARD_TICKET_RULES, TicketRules
from itsmkit.tickets import (
    DESCRIPTIVE_FIELDS,
    STANDARD_PRIORITIES,
    DetailsChanged,
    ImpactDerived,
    PriorityMatrix,
    Ticket,
    TicketEvent,
    TicketId,
    TicketLogged,
)
from itsmkit.workflow import State, Transition, Workflow, WorkflowDefinition

__all__ = ["KindOfWork", "Variants", "begin"]

AnyTicket = TypeVar("AnyTicket", bound=Ticket)


@frozen
class Variants:
    """
    Several workflows of one kind of work, one of which a ticket follows all its life.

    Args:
        by: The detail that says which, told when the ticket is logged.
        workflows: The workflows by its values.

    Raises:
        DefinitionError: If there is no workflow.
    """

    by: str = field(validator=named)
    workflows: Mapping[str, Workflow] = field(converter=frozen_dict)

    def __attrs_post_init__(self) -> None:
        problems = [
            problem
            for name, workflow in self.workflows.items()
            for problem in instance_problems(f"workflows.{name}", workflow, Workflow)
        ]
        if not self.workflows:
            problems.append("workflows: must be at least one; leave the variants out")
        if problems:
            raise DefinitionError(*problems)

    def problem(self, value: object) -> str | None:
        """Return what is wrong with a value of the detail, or ``None``."""
        if value is None or (isinstance(value, str) and value in self.workflows):
            return None
        return f"{self.by} must be one of its choices, not {shown(value)}; {close_to(value, self.workflows)}"


_OF_ALL_KINDS = frozenset(
    {
        "support_group",
        "assignee",
        "owner",
        "restricted_to",
        "resolution",
        "resolution_code",
        "workaround",
        "cause",
        "schedule",
        "scheduled_for",
    }
)
"""What tickets of every kind may be told, whatever fields the kind has."""


@frozen
class KindOfWork(Generic[AnyTicket]):
    """
    A kind of work, and how a desk handles it.

    Args:
        name: What it is called: `Ticket.kind` of each ticket, and the series of their numbers.
        workflow: The states and moves.
        ticket_class: The class of its tickets; `Ticket` itself for a kind of the desk's own.
        priorities: The matrix of impact and urgency.
        prefix: What display numbers begin with.
        fields: The fields that its tickets have beside those of all kinds. Without, they take any detail.
        categories: What its tickets can be classified as. Without, as anything.
        variants: Other workflows, by a detail of a ticket: see `workflow_of`.
    """

    name: str = field(validator=named)
    workflow: Workflow
    ticket_class: type[AnyTicket]
    priorities: PriorityMatrix = STANDARD_PRIORITIES
    prefix: str = field(default="", kw_only=True)
    fields: FieldSet | None = field(default=None, kw_only=True)
    categories: CategoryTree | None = field(default=None, kw_only=True)
    variants: Variants | None = field(default=None, kw_only=True)

    # -- what it knows ---------------------------------------------------------------------------

    def workflow_of(self, ticket: Ticket) -> Workflow:
        """Return the workflow that *ticket* follows: that of its variant, if the kind has variants."""
        return self.workflow if self.variants is None else self.workflow_for(ticket.details)

    def workflow_for(self, details: Mapping[str, object]) -> Workflow:
        """Return the workflow that a ticket of these *details* follows."""
        if self.variants is None:
            return self.workflow
        found = details.get(self.variants.by)
        return self.variants.workflows.get(found, self.workflow) if isinstance(found, str) else self.workflow

    @property
    def definitions(self) -> tuple[WorkflowDefinition, ...]:
        """The definitions of all its workflows, each once."""
        others = () if self.variants is None else self.variants.workflows.values()
        return tuple(dict.fromkeys(each.definition for each in (self.workflow, *others)))

    @cached_property
    def known(self) -> frozenset[str]:
        """The names of what its tickets may be told beside its `fields`: what its workflows ask for, too."""
        asked = {name for each in self.definitions for name in _asked_by(each)}
        variant = set() if self.variants is None else {self.variants.by}
        own = {
            name
            for each in self.ticket_class.__mro__
            if each is not Ticket and issubclass(each, Ticket)
            for name, member in vars(each).items()
            if isinstance(member, property)
        }
        return frozenset(asked | variant | own | DESCRIPTIVE_FIELDS | _OF_ALL_KINDS) - (
            COMMANDED.keys() - _OF_ALL_KINDS
        )

    def read(self, given: Mapping[str, object]) -> ReadValues:
        """
        Return what a ticket is told, as it keeps it, with all that is wrong with it.

        Args:
            given: The values by name, of fields and of all else; ``None`` is as good as nothing.
        """
        values, problems = dict(given), []
        if self.fields is not None:
            found = self.fields.read(given, self.known)
            values, problems = dict(found.values), [*found.problems]
        category = values.get("category")
        if self.categories is not None and category is not None:
            try:
                values["category"] = self.categories.path(category)
            except DefinitionError as error:
                problems += error.problems
        return ReadValues(values, tuple(problems))

    def read_leniently(self, given: Mapping[str, object]) -> ReadValues:
        """Return as `read` does what another system tells, which is taken whatever is wrong with it."""
        if self._takes_anything:
            return ReadValues(given)
        told = self.read(given)
        if self.fields is None:
            return told
        return ReadValues({**told.values, "fields_version": self.fields.version}, told.problems)

    @property
    def _takes_anything(self) -> bool:
        return self.fields is None and self.categories is None and self.variants is None

    def _missing(self, facts: Mapping[str, object]) -> tuple[str, ...]:
        return () if self.fields is None else self.fields.missing(facts)

    def _settled(self, ticket: Ticket, values: Mapping[str, object]) -> Iterator[str]:
        """List what would change the way of a ticket that is on its way."""
        variants = self.variants
        if variants is None or variants.by not in values:
            return
        if values[variants.by] != ticket.details.get(variants.by):
            yield f"{variants.by} is settled when a ticket is logged; cancel it, and log another"

    def _brought_forward(self, ticket: Ticket) -> dict[str, object]:
        """Return what changes in a ticket that was last written under other fields."""
        fields = self.fields
        if fields is None or ticket.fields_version == fields.version:
            return {}
        return {**fields.brought_forward(ticket.details), "fields_version": fields.version}

    # -- what happens to its tickets -------------------------------------------------------------

    @cached_property
    def timed_states(self) -> frozenset[str]:
        """The states in which a ticket does not stay for ever: see `StateTimer`."""
        return frozenset(state.name for state in self.workflow.definition.states if state.timers)

    def log(
        self,
        ticket_id: TicketId,
        number: str,
        occasion: Occasion,
        *,
        opened_at: datetime | None = None,
        impact: str | None = None,
        urgency: str | None = None,
        details: Mapping[str, object] = EMPTY,
        rules: TicketRules = STANDARD_TICKET_RULES,
        restricted_to: str | None = None,
        derived: ImpactDerived | None = None,
    ) -> Decision[AnyTicket]:
        """
        Log a new ticket of this kind.

        Args:
            ticket_id: Its key.
            number: Its display number.
            occasion: When, and by whom.
            opened_at: When the requester's need arose; by default, when it is logged.
            impact: A level of the matrix; by default, that of *derived*, or else the least grave one.
            urgency: A level of the matrix; by default, the least urgent one.
            details: Title, requester, channel, support group and further fields, by name; ``None`` is as good
                as nothing. Without an ``owner`` among them, it is that of `first_owner`.
            restricted_to: The restriction that it is under from the beginning.
            derived: Which impact follows from the configuration: see `derive_impact`. It is noted, whether it
                holds or *impact* does.
            rules: What the desk asks of every ticket.

        Raises:
            DefinitionError: If a level is unknown, or the instant of a need is naive.
            RefusedError: If a name in *details* is one that they cannot set, such as ``state``.
            FieldsRefusedError: With every field that is missing, and every value that its fields do not take.
        """
        refuse_commanded(number, details.keys() - {"support_group", "assignee", "owner"})
        told = checked(details)
        wrong: tuple[str, ...] = ()
        if not self._takes_anything:
            found = self.read({name: value for name, value in told.items() if value is not None})
            told, wrong = found.values, found.problems
        given, impact = impact, impact or (derived and derived.impact) or self.priorities.impacts[-1]
        urgency = urgency or self.priorities.urgencies[-1]
        workflow = self.workflow_for(told)
        start = workflow.definition.initial
        judged: dict[str, object] = {
            "impact": impact,
            "urgency": urgency,
            "priority": self.priorities.priority_of(impact, urgency),
            "owner": first_owner(details, occasion, rules.default_owner),
        }
        if self.fields is not None:
            judged["fields_version"] = self.fields.version
        if restricted_to is not None:
            judged["restricted_to"] = restricted_to
        fact = TicketLogged(
            kind=self.name,
            number=number,
            state=start,
            category=workflow.category_of(start).value,
            opened_at=opened_at or occasion.at,
            details={**{name: value for name, value in told.items() if value is not None}, **judged},
        )
        decision = begin(self, occasion.event(ticket_id, 1, fact, not_before=fact.opened_at))
        if not self._takes_anything:
            settled = None if self.variants is None else self.variants.problem(told.get(self.variants.by))
            wrong = wrong if settled is None else (*wrong, settled)
            self._refuse(f"log {number}", self._missing(decision.ticket.facts()), wrong)
        if derived is None:
            return decision
        return decision.then(happen(decision.ticket, occasion, evolve(derived, given=given)))

    def transition(
        self,
        ticket: AnyTicket,
        trigger: str,
        occasion: Occasion,
        details: Mapping[str, object] = EMPTY,
        *,
        rules: TicketRules = STANDARD_TICKET_RULES,
        effects: Mapping[str, Effect] = EMPTY,
    ) -> Decision[AnyTicket]:
        """
        Move a ticket of this kind through its workflow.

        Args:
            ticket: The ticket.
            trigger: What is asked for, such as ``"resolve"``.
            occasion: When, and by whom.
            details: What the move needs to be told, such as the resolution; kept with the ticket. A
                ``support_group`` or ``assignee`` among them is given the work first.
            rules: What the desk asks of every ticket.
            effects: What the effects stand for that the workflow names, by their names.

        Raises:
            DefinitionError: If the group or person to give the work to is no text, or an effect stands for
                nothing.
            TransitionRefusedError: If the workflow, the rules or a field stand against it, with every reason:
                each field that is missing, whoever asks for it, and each value that is wrong.
            RefusedError: If a name in *details* is set by another command, such as ``priority``.
        """
        workflow = self.workflow_of(ticket)
        if self._takes_anything:
            return transition(ticket, workflow, trigger, occasion, details, rules=rules, effects=effects)
        refuse_commanded(ticket.number, details.keys() - {"support_group", "assignee"})
        told = self.read(details)
        wrong = (*told.problems, *self._settled(ticket, told.values))
        values = {**self._brought_forward(ticket), **told.values}

        def demands(facts: Mapping[str, object]) -> tuple[tuple[str, ...], tuple[str, ...]]:
            return self._missing(facts), wrong

        return transition(
            ticket, workflow, trigger, occasion, values, rules=rules, demands=demands, effects=effects
        )

    def describe(
        self, ticket: AnyTicket, occasion: Occasion, changes: Mapping[str, object]
    ) -> Decision[AnyTicket]:
        """
        Change descriptive fields and further details of a ticket of this kind.

        Args:
            ticket: The ticket.
            occasion: When, and by whom.
            changes: The new values by name; ``None`` empties. Those equal to the present ones are dropped.

        Raises:
            RefusedError: If a name is one that only another command may change, such as ``state``.
            FieldsRefusedError: With every value that its fields do not take, and every field that would be
                missing and was not before.
        """
        if self._takes_anything:
            return describe(ticket, occasion, changes)
        refuse_commanded(ticket.number, changes)
        refuse_settled(ticket, changes)
        told = self.read(changes)
        wrong = (*told.problems, *self._settled(ticket, told.values))
        news = differences(ticket, {**self._brought_forward(ticket), **told.values})
        is_news = bool(news.keys() - {"fields_version"})
        decision = happen(ticket, occasion, DetailsChanged(news)) if is_news else unchanged(ticket)
        before = self._missing(ticket.facts())
        missing = tuple(name for name in self._missing(decision.ticket.facts()) if name not in before)
        self._refuse(f"describe {ticket.number}", missing, wrong)
        return decision

    @staticmethod
    def _refuse(what: str, missing: tuple[str, ...], wrong: tuple[str, ...]) -> None:
        if missing or wrong:
            raise FieldsRefusedError(what, missing, wrong)


def _asked_by(definition: WorkflowDefinition) -> Iterator[str]:
    """Go through the facts that a workflow asks for."""
    asking: tuple[State | Transition, ...] = (*definition.states, *definition.transitions)
    for each in asking:
        yield from each.required
        for guard in each.guards:
            yield from fields_of(guard.condition)


def begin(kind: KindOfWork[AnyTicket], event: TicketEvent) -> Decision[AnyTicket]:
    """Return the decision that the history of a ticket of *kind* begins with *event*."""
    return Decision(None, ((event, kind.ticket_class.logged(event)),))
