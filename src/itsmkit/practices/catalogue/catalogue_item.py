"""An item of the service catalogue, in one version: what is offered, to whom, and how it is fulfilled."""

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from types import NoneType

import attrs
from attrs import frozen

from itsmkit._checks import is_a, member_of
from itsmkit._frozen import FrozenDict, as_tuple
from itsmkit._problems import close_to, instance_problems, items_problems, name_problems, shown
from itsmkit.calendars import Amount, BusinessDays
from itsmkit.conditions import ALWAYS, Condition, FactSchema, FactType, fields_of, type_problems
from itsmkit.errors import DefinitionError
from itsmkit.money import Money
from itsmkit.practices.access import audience_problems
from itsmkit.practices.forms import Form
from itsmkit.practices.service_request import SERVICE_REQUEST
from itsmkit.tickets import ANSWER
from itsmkit.workflow.approvals import ApprovalPolicy, FactApprovers
from itsmkit.workflow.tasks import Task, TaskGraph

__all__ = [
    "CatalogueItem",
    "MANAGER",
    "MOST_TASKS",
    "Per",
    "RecurringPrice",
    "facts_of_orders",
    "nothing_asked",
]

MANAGER = "manager"
"""The fact of an order that names whom its requester reports to: whom a `FactApprovers` may ask."""

MOST_TASKS = 200
"""How many tasks an item has at most: all that are ready are given in one transaction."""

_TEXT = FactType("text")
_OF_THE_ORDER: Mapping[str, FactType] = FrozenDict(
    {
        **dict.fromkeys(("requester", "affected_person", "organisation", "site", "service"), _TEXT),
        "price": FactType("number"),
    }
)
"""What conditions of tasks and of stages may ask of an order beside the answers."""

_LONGEST_TITLE = 200


class Per(StrEnum):
    """How often a price recurs."""

    MONTH = "month"
    YEAR = "year"


def _per(per: Per | str) -> Per:
    return member_of(Per, per, "how often a price recurs")


@frozen
class RecurringPrice:
    """
    What has to be paid again and again.

    Args:
        amount: How much each time.
        per: How often.

    Raises:
        DefinitionError: If one of them is something else.

    >>> print(RecurringPrice(Money("9.90", "EUR"), "month"))
    9.90 EUR per month
    """

    amount: Money
    per: Per = attrs.field(converter=_per)

    def __attrs_post_init__(self) -> None:
        problems = [*_price_problems("amount", self.amount)]
        if problems:
            raise DefinitionError(*problems)

    def __str__(self) -> str:
        return f"{self.amount} per {self.per}"


def nothing_asked() -> Form:
    """Return the form of an item of which nothing is asked."""
    return Form("nothing is asked", ())


@frozen(kw_only=True)
class CatalogueItem:
    """
    What can be ordered, in one version. A version that was published does not change any more.

    Args:
        key: What it is called among the items; it stays for ever.
        version: Counted from 1.
        title: What people read, in a line.
        description: What else there is to say.
        service: The service that it is a part of.
        offering: The id of the service offering that it belongs to: it is there for those whose catalogue
            names that, beside being among the *audience*. Left out, it belongs to none.
        owner: Who answers for the offer.
        audience: Who may see and order it: a condition on who looks, such as
            ``viewer.organisation = "acme"``. Everybody, by default.
        price: What it costs once.
        recurring: What it costs again and again.
        form: What is asked of who orders.
        approval: How an order is approved; ``None`` if it needs no approval.
        tasks: By what an order is fulfilled, and what comes after what. Their conditions may ask for answers,
            such as ``answer.size``, and for the outcomes of tasks before: see `TaskGraph
            <itsmkit.workflow.tasks.TaskGraph>`. Their groups are the support groups that get them.
        agreement: The name of the agreement that comes with it, to be told.
        delivery: How long it takes as a rule, as open time or in business days.
        hours: The name of the calendar in which there is support for it.
        kind: The kind of work that an order is.
        restriction: The name of the restriction that an order is under from the beginning, and with it the
            tickets of its tasks; ``None`` for none.

    Raises:
        DefinitionError: With everything that is wrong, each with its path: cycles of tasks, an answer that is
            asked for and does not exist, or is personal, so that it may be erased before the work is done.
    """

    key: str
    version: int = 1
    title: str
    description: str = ""
    service: str | None = None
    offering: str | None = None
    owner: str | None = None
    audience: Condition = ALWAYS
    price: Money | None = None
    recurring: RecurringPrice | None = None
    form: Form = attrs.field(factory=nothing_asked)
    approval: ApprovalPolicy | None = None
    tasks: tuple[Task, ...] = attrs.field(default=(), converter=as_tuple)
    agreement: str | None = None
    delivery: Amount | None = None
    hours: str | None = None
    kind: str = SERVICE_REQUEST
    restriction: str | None = None

    def __attrs_post_init__(self) -> None:
        problems = [*self._head_problems(), *self._part_problems()]
        if not problems:
            problems += self._graph_problems()
        if problems:
            raise DefinitionError(*problems)

    def _head_problems(self) -> Iterator[str]:
        yield from name_problems("key", self.key)
        if type(self.version) is not int or self.version < 1:
            yield f"version: must be a whole number from 1 on, not {shown(self.version)}"
        yield from name_problems("title", self.title, "a line")
        if is_a(self.title, str) and ("\n" in self.title or len(self.title) > _LONGEST_TITLE):
            yield f"title: must be one line of {_LONGEST_TITLE} characters at most, not {shown(self.title)}"
        yield from instance_problems("description", self.description, str)
        for path in ("service", "offering", "owner", "agreement", "hours", "restriction"):
            name = getattr(self, path)
            if name is not None:
                yield from name_problems(path, name)
        yield from name_problems("kind", self.kind)
        yield from audience_problems("audience", self.audience)

    def _part_problems(self) -> Iterator[str]:
        if self.price is not None:
            yield from _price_problems("price", self.price)
        if not is_a(self.recurring, RecurringPrice, NoneType):
            yield f"recurring: must be a RecurringPrice, not {shown(self.recurring)}"
        yield from instance_problems("form", self.form, Form)
        if not is_a(self.approval, ApprovalPolicy, NoneType):
            yield f"approval: must be an ApprovalPolicy, not {shown(self.approval)}"
        if len(self.tasks) > MOST_TASKS:
            yield f"tasks: must be {MOST_TASKS} at most, not {len(self.tasks)}"
        yield from items_problems("tasks", self.tasks, Task)
        if not _is_amount(self.delivery):
            yield f"delivery: must be a length of time of more than nothing, not {shown(self.delivery)}"

    def _graph_problems(self) -> Iterator[str]:
        for place, task in enumerate(self.tasks):
            if task.gives.types:
                yield (
                    f"tasks[{place}].gives: a task of an order gives no facts; ask for "
                    f"{', '.join(task.gives.types)} by the form"
                )
            for name in sorted(self._personal & fields_of(task.when)):
                yield (
                    f"tasks[{place}].when: asks for {name!r}, which is personal: it may be erased before the "
                    "work is done; ask for another answer"
                )
        yield from self._approval_problems()
        try:
            # What is asked of it later was made by then.
            self.graph  # noqa: B018
        except DefinitionError as error:
            yield from error.problems

    def _approval_problems(self) -> Iterator[str]:
        if self.approval is None:
            return
        known = FactSchema({**self.facts.types, MANAGER: _TEXT})
        for stage in self.approval.stages:
            path = f"approval.stages[{stage.name!r}]"
            yield from type_problems(stage.when, known, where=f"{path}.when")
            for place, source in enumerate(stage.approvers):
                if isinstance(source, FactApprovers) and source.fact not in known.types:
                    yield (
                        f"{path}.approvers[{place}].fact: there is no fact {source.fact!r} of an order; "
                        f"{close_to(source.fact, known.types)}"
                    )

    def is_in(self, catalogue: Collection[str] | None) -> bool:
        """
        Tell whether it is in the catalogue of a place.

        Args:
            catalogue: The ids of its service offerings; ``None`` if nobody names any, and all are in it.
        """
        return self.offering is None or catalogue is None or self.offering in catalogue

    @cached_property
    def facts(self) -> FactSchema:
        """What conditions of tasks and of stages may ask of an order."""
        return facts_of_orders(self.form)

    @cached_property
    def _personal(self) -> frozenset[str]:
        """The facts of answers that may be erased."""
        return frozenset(
            f"{ANSWER}{name}" for each in self.form.fields if each.personal for name in each.facts
        )

    @cached_property
    def graph(self) -> TaskGraph:
        """The tasks by which an order is fulfilled, as the engine runs them."""
        return TaskGraph(self.key, self.tasks, facts=self.facts, version=str(self.version))

    @cached_property
    def asked_facts(self) -> frozenset[str]:
        """The facts of an order for which the conditions of its tasks ask."""
        asked = frozenset[str]().union(*(fields_of(task.when) for task in self.tasks))
        return asked & self.facts.types.keys()


def facts_of_orders(form: Form) -> FactSchema:
    """Return what conditions of tasks and of stages may ask of an order with such a form."""
    answers = {f"{ANSWER}{name}": kind for name, kind in form.answer_facts.types.items()}
    return FactSchema({**_OF_THE_ORDER, **answers})


def _price_problems(path: str, price: object) -> Iterator[str]:
    if not isinstance(price, Money):
        yield f"{path}: must be Money, not {shown(price)}"
    elif price.amount < 0 or not price.is_whole:
        yield f"{path}: must be nothing or more, in whole minor units, not {price}"


def _is_amount(delivery: object) -> bool:
    match delivery:
        case None:
            return True
        case timedelta():
            return delivery > timedelta(0)
        case BusinessDays():
            return delivery.number > 0
    return False
