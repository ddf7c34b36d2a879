"""
What a desk is told when it is built: its rules as data, from Python, a mapping or a TOML file.

A file is checked as a whole. Every fault is reported at once, each with its path.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from functools import partial
from importlib.resources import as_file, files
from operator import attrgetter
from os import PathLike
from pathlib import Path
from typing import Any, TypeVar

from attrs import evolve, field, frozen

from itsmkit._documents import Form, duration, load_toml, structure
from itsmkit._frozen import EMPTY, as_tuple, frozen_dict
from itsmkit.calendars import BusinessCalendar, calendar_from
from itsmkit.conditions import ALWAYS, Condition, condition_from, to_mapping
from itsmkit.errors import DefinitionError
from itsmkit.interchange import EventLogFormat
from itsmkit.practices import EscalationPolicy, EscalationStep, IncidentManagement
from itsmkit.sla import BREACH, Checkpoint, Promise, Reopening, ServiceLevelAgreement, Target
from itsmkit.tickets import STANDARD_PRIORITIES, PriorityMatrix
from itsmkit.workflow import Workflow, WorkflowDefinition, definition_from, incident_workflow
from itsmkit.workflow import to_mapping as workflow_to_mapping

__all__ = ["DeskConfig"]

T = TypeVar("T")


@frozen
class DeskConfig:
    """
    The rules of a desk.

    Args:
        name: What people call the desk.
        incidents: How incidents are handled.
        calendars: The desk's calendars, by name.
        agreements: The service-level agreements; of those that apply to a ticket, the first holds.
        escalation: Who is told at which checkpoint.
        reporting_hours: The calendar by which reports count business hours.
        log: How the event log of another system is read, if the desk takes one over. Read from a
            description that leaves its states out, it knows those of the workflow.
    """

    name: str
    incidents: IncidentManagement
    reporting_hours: BusinessCalendar
    calendars: Mapping[str, BusinessCalendar] = field(default=EMPTY, converter=frozen_dict)
    agreements: tuple[ServiceLevelAgreement, ...] = field(default=(), converter=as_tuple)
    escalation: EscalationPolicy = field(factory=EscalationPolicy)
    log: EventLogFormat | None = None

    @classmethod
    def standard(cls) -> "DeskConfig":
        """Return the rules of an ordinary IT service desk; the file ``standard.toml`` beside this module."""
        with as_file(files("itsmkit.desk") / "standard.toml") as path:
            return cls.load(path)

    @classmethod
    def load(cls, source: "str | PathLike[str] | Mapping[str, object]") -> "DeskConfig":
        """
        Return the rules that *source* describes.

        Args:
            source: The path of a TOML file, or a mapping of the same shape.

        Raises:
            DefinitionError: With every fault, each with its path.
        """
        if isinstance(source, Mapping):
            return _built(source, "the configuration")
        path = Path(source)
        return _built(load_toml(path), path.name)


# -- the shape of the document ---------------------------------------------------------------------


@frozen
class _Target:
    clock: str
    within: timedelta
    when: Condition = ALWAYS
    start: Condition | None = None
    stop: Condition | None = None
    pause: Condition | None = None
    cancel: Condition | None = None
    reopen: Condition | None = None
    reopens: bool = True
    on_reopen: Reopening = Reopening.CONTINUE
    checkpoints: tuple[Checkpoint, ...] = (BREACH,)

    def built(self) -> Promise:
        conditions = {
            name: condition
            for name in ("start", "stop", "pause", "cancel", "reopen")
            if (condition := getattr(self, name)) is not None
        }
        if not self.reopens:
            if self.reopen is not None:
                problem = "has a condition to reopen, and reopens = false; leave out one of the two"
                raise DefinitionError(problem)
            conditions["reopen"] = None
        target = Target(
            self.clock, self.within, on_reopen=self.on_reopen, checkpoints=self.checkpoints, **conditions
        )
        return Promise(target, self.when)


@frozen
class _Agreement:
    name: str
    calendar: str
    targets: tuple[_Target, ...]
    when: Condition = ALWAYS

    def built(self, calendar: BusinessCalendar, promises: Iterable[Promise]) -> ServiceLevelAgreement:
        return ServiceLevelAgreement(self.name, calendar, tuple(promises), self.when)


@frozen
class _Desk:
    name: str = "Service desk"
    number_prefix: str = "INC-"
    reporting_calendar: str | None = None


@frozen
class _Document:
    desk: _Desk = _Desk()
    workflow: WorkflowDefinition | None = None
    priority: PriorityMatrix = STANDARD_PRIORITIES
    calendars: Mapping[str, Any] = field(factory=dict)  # each is read by the room of calendars
    agreements: tuple[_Agreement, ...] = ()
    escalation: tuple[EscalationStep, ...] = ()
    log: EventLogFormat | None = None


def _checkpoint(text: object) -> Checkpoint:
    """
    Return the checkpoint that *text* names: ``75%``, ``30min before``, ``breach`` or ``2h after``.

    Raises:
        DefinitionError: If it is spelled otherwise.
    """
    name = text if isinstance(text, str) else ""
    amount, _, side = name.partition(" ")
    if name == "breach":
        return BREACH
    if name.endswith("%") and name[:-1].isdecimal():
        return Checkpoint.at_share(int(name[:-1]), name=name)
    if side == "before":
        return Checkpoint.before_target(duration(amount), name=name)
    if side == "after":
        return Checkpoint.at_breach(after=duration(amount), name=name)
    problem = f"must be a checkpoint such as '75%', '30min before', 'breach' or '2h after', not {text!r}"
    raise DefinitionError(problem)


_FORMS = (
    Form(Checkpoint, _checkpoint, attrgetter("name")),
    Form(Condition, condition_from, to_mapping),
    Form(WorkflowDefinition, definition_from, workflow_to_mapping),
)


# -- from the document to the rules ------------------------------------------------------------------


class _Problems:
    """Collects the faults of a document, each under its path."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.found: list[str] = []

    def add(self, path: str, problem: str) -> None:
        self.found.append(f"{self.where}: {path}: {problem}")

    def attempt(self, path: str, make: Callable[..., T], *args: object) -> T | None:
        """Return what *make* returns for *args*, or ``None`` after noting why it returns nothing."""
        try:
            return make(*args)
        except DefinitionError as error:
            for problem in error.problems:
                self.add(path, problem)
            return None

    def read(self, make: Callable[[], T]) -> T | None:
        """Return what *make* returns, or ``None`` after noting its problems, which bear their paths."""
        try:
            return make()
        except DefinitionError as error:
            self.found.extend(error.problems)
            return None


def _built(plain: Mapping[str, object], where: str) -> DeskConfig:
    problems = _Problems(where)
    every_hour = BusinessCalendar.always()
    calendars = _calendars(plain.get("calendars"), problems)
    try:
        document = structure(_Document, plain, where=where, forms=_FORMS)
    except DefinitionError as error:
        raise DefinitionError(*error.problems, *problems.found) from None

    def calendar_of(path: str, name: str) -> BusinessCalendar:
        if name not in document.calendars:
            known = ", ".join(document.calendars) or "none is declared"
            problems.add(path, f"unknown calendar {name!r}; known: {known}")
        return calendars.get(name, every_hour)

    agreements = []
    for i, agreed in enumerate(document.agreements):
        path = f"agreements[{i}]"
        calendar = calendar_of(f"{path}.calendar", agreed.calendar)
        promises = [
            problems.attempt(f"{path}.targets[{j}]", target.built) for j, target in enumerate(agreed.targets)
        ]
        if None not in promises:
            agreements.append(problems.attempt(path, agreed.built, calendar, promises))
    desk = document.desk
    if desk.reporting_calendar is None:
        hours = next(iter(calendars.values()), every_hour)
    else:
        hours = calendar_of("desk.reporting_calendar", desk.reporting_calendar)
    definition = document.workflow or incident_workflow()
    log = document.log
    if log is not None:
        log = problems.attempt("log", _with_known_states, log, definition)
    if problems.found:
        raise DefinitionError(*problems.found)
    return DeskConfig(
        name=desk.name,
        incidents=IncidentManagement(Workflow(definition), document.priority, desk.number_prefix),
        reporting_hours=hours,
        calendars=calendars,
        agreements=[made for made in agreements if made is not None],
        escalation=EscalationPolicy(document.escalation),
        log=log,
    )


def _calendars(described: object, problems: _Problems) -> dict[str, BusinessCalendar]:
    """Return those of the *described* calendars that can be. One without a name bears that of its table."""
    found = {}
    for name, plain in described.items() if isinstance(described, Mapping) else ():
        path = f"calendars.{name}"
        calendar = problems.read(partial(calendar_from, plain, where=problems.where, at=path))
        if calendar is not None and calendar.name is None:
            calendar = problems.attempt(path, partial(evolve, calendar, name=name))
        if calendar is not None:
            found[name] = calendar
    return found


def _with_known_states(log: EventLogFormat, definition: WorkflowDefinition) -> EventLogFormat:
    """
    Return *log* with only such states as the desk can put a ticket into.

    Raises:
        DefinitionError: With every state that the workflow lacks.
    """
    known = tuple(state.name for state in definition.states)
    problems = [
        f"states: the workflow has no state {name!r}; known: {', '.join(known)}"
        for name in log.states
        if name not in known
    ]
    if problems:
        raise DefinitionError(*problems)
    return log if log.states else evolve(log, states=known)
