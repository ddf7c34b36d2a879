"""
What a desk is told when it is built: its rules as data, from Python, a mapping or a TOML file.

A file is checked as a whole. Every fault is reported at once, each with its path.
"""

from collections.abc import Callable, Iterable, Mapping
from importlib.resources import as_file, files
from os import PathLike
from pathlib import Path
from typing import Any, TypeVar

from attrs import evolve, field, fields, frozen

from itsmkit._documents import Form, load_toml, structure
from itsmkit._frozen import EMPTY, as_tuple, frozen_dict
from itsmkit._problems import distinct_problems, instance_problems
from itsmkit.calendars import BusinessCalendar
from itsmkit.cmdb import OPEN_MODEL, STANDARD_LEVELS, ClassModel, ConfigurationGraph, LevelChain
from itsmkit.cmdb.class_model_form import STANDARD, class_model_from, load_class_model
from itsmkit.cmdb.reconciliation import (
    ReconciliationRules,
    check_rules,
    load_reconciliation_rules,
    reconciliation_rules_from,
)
from itsmkit.conditions import Condition, condition_from, to_mapping
from itsmkit.errors import DefinitionError, NotFoundError
from itsmkit.interchange import EventLogFormat
from itsmkit.practices import EscalationPolicy, EscalationStep, KindOfWork, incident_kind
from itsmkit.practices.access import AccessRules, ConflictingDuties, Restriction, Role
from itsmkit.sla import (
    AgreementBook,
    LegChain,
    OperationalLevelAgreement,
    ServiceLevelAgreement,
    UnderpinningContract,
    agreements_from,
)
from itsmkit.tickets import STANDARD_PRIORITIES, PriorityMatrix
from itsmkit.workflow import Workflow, WorkflowDefinition, definition_from, incident_workflow
from itsmkit.workflow import to_mapping as workflow_to_mapping
from itsmkit.workflow.checks import errors_in

__all__ = ["ConfigurationRules", "DeskConfig", "TABLES_BESIDE_AGREEMENTS"]

T = TypeVar("T")


@frozen
class ConfigurationRules:
    """
    What is asked of the desk's configuration.

    Args:
        model: The classes and relation types that may be used; by default, the standard relation types and
            any class.
        levels: The levels that configuration items can be at.
        strict: Whether what is questionable is refused, such as a relation between classes that the model
            does not allow. Otherwise it is recorded, and is one of the findings.
        reconciliation: By which rules what the sources say becomes the configuration.

    Raises:
        DefinitionError: If one is something else, or with everything in the model that cannot be read on
            the levels, and in the rules that does not fit the model.
    """

    model: ClassModel = OPEN_MODEL
    levels: LevelChain = STANDARD_LEVELS
    strict: bool = True
    reconciliation: ReconciliationRules = field(default=ReconciliationRules(), kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = [
            f"{problem}; {way}"
            for path, value, kind, way in (
                ("model", self.model, ClassModel, "leave it out for any class, or give a ClassModel(...)"),
                ("levels", self.levels, LevelChain, 'write LevelChain(["up", ..., "down"])'),
                (
                    "reconciliation",
                    self.reconciliation,
                    ReconciliationRules,
                    "leave it out for the identifiers of the model, or give ReconciliationRules(...)",
                ),
            )
            for problem in instance_problems(path, value, kind)
        ]
        if problems:
            raise DefinitionError(*problems)
        # An empty graph refuses what no graph could be made of.
        ConfigurationGraph((), model=self.model, levels=self.levels)
        try:
            check_rules(self.reconciliation, self.model)
        except DefinitionError as error:
            raise DefinitionError(*(f"reconciliation: {problem}" for problem in error.problems)) from None


def _by_name(
    kinds: "Iterable[KindOfWork[Any]] | Mapping[str, KindOfWork[Any]]",
) -> Mapping[str, KindOfWork[Any]]:
    listed = [*(kinds.values() if isinstance(kinds, Mapping) else kinds)]
    problems = [*distinct_problems("kinds", (kind.name for kind in listed))]
    if problems:
        raise DefinitionError(*problems)
    return frozen_dict({kind.name: kind for kind in listed})


@frozen
class DeskConfig:
    """
    The rules of a desk.

    Args:
        name: What people call the desk.
        kinds: The kinds of work, each of a name of its own; as a mapping by their names.
        calendars: The desk's calendars, by name.
        agreements: The service-level agreements. Of those that apply to a ticket, the most specific one
            holds, among equals the first.
        escalation: Who is told at which checkpoint.
        reporting_hours: The calendar by which reports count business hours.
        legs: What teams and suppliers promise for their legs: see `read_legs`.
        chains: The legs that promises are made of: see `check_agreements`.
        cmdb: What is asked of the configuration.
        log: How the event log of another system is read, if the desk takes one over. Read from a
            description that leaves its states out, it knows those of the workflow.
        access: Who may see and do what; ``None`` for a desk on which everybody may everything.
    """

    name: str
    kinds: Mapping[str, KindOfWork[Any]] = field(converter=_by_name)
    reporting_hours: BusinessCalendar
    calendars: Mapping[str, BusinessCalendar] = field(default=EMPTY, converter=frozen_dict)
    agreements: tuple[ServiceLevelAgreement, ...] = field(default=(), converter=as_tuple)
    escalation: EscalationPolicy = field(factory=EscalationPolicy)
    log: EventLogFormat | None = None
    legs: tuple[OperationalLevelAgreement | UnderpinningContract, ...] = field(
        default=(), converter=as_tuple, kw_only=True
    )
    chains: tuple[LegChain, ...] = field(default=(), converter=as_tuple, kw_only=True)
    cmdb: ConfigurationRules = field(default=ConfigurationRules(), kw_only=True)
    access: AccessRules | None = field(default=None, kw_only=True)

    @property
    def prefixes(self) -> Mapping[str, str]:
        """What numbers begin with, by the series that they are drawn from: those of a restriction apart."""
        prefixes = {name: kind.prefix for name, kind in self.kinds.items()}
        for restriction in () if self.access is None else self.access.restrictions:
            prefixes |= {
                f"{name}.{restriction.name}": f"{kind.prefix}{restriction.prefix}"
                for name, kind in self.kinds.items()
            }
        return prefixes

    def kind(self, name: str) -> KindOfWork[Any]:
        """Return a kind of work by its name. Raises `NotFoundError` if there is none."""
        found = self.kinds.get(name)
        if found is None:
            raise NotFoundError("kind of work", name)
        return found

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
            source: The path of a TOML file, or a mapping of the same shape. Other files that it names are
                looked for beside it; those that a mapping names, in the current directory.

        Raises:
            DefinitionError: With every fault, each with its path.
        """
        if isinstance(source, Mapping):
            return _built(source, "the configuration", Path())
        path = Path(source)
        return _built(load_toml(path), path.name, path.parent)


# -- the shape of the document ---------------------------------------------------------------------


@frozen
class _Desk:
    name: str = "Service desk"
    number_prefix: str = "INC-"
    reporting_calendar: str | None = None


@frozen
class _Cmdb:
    model: Any = None  # text or a table, read by the room of the configuration
    strict: bool = True
    levels: tuple[str, ...] = STANDARD_LEVELS.names
    reconciliation: Any = None  # the same


@frozen
class _Document:
    desk: _Desk = _Desk()
    workflow: WorkflowDefinition | None = None
    priority: PriorityMatrix = STANDARD_PRIORITIES
    escalation: tuple[EscalationStep, ...] = ()
    log: EventLogFormat | None = None
    # These are read by the room of agreements; see `agreements_from`.
    calendars: Mapping[str, Any] = field(factory=dict)
    agreements: Any = ()
    operational_agreements: Any = ()
    contracts: Any = ()
    chains: Any = ()
    cmdb: Any = None  # see `_configuration_rules`
    roles: tuple[Role, ...] | None = None
    default_roles: tuple[str, ...] = ()
    restrictions: tuple[Restriction, ...] = ()
    separation_of_duties: tuple[ConflictingDuties, ...] = ()


_FORMS = (
    Form(Condition, condition_from, to_mapping),
    Form(WorkflowDefinition, definition_from, workflow_to_mapping),
)

_BOOK = ("calendars", "agreements", "operational_agreements", "contracts", "chains")

TABLES_BESIDE_AGREEMENTS = frozenset(each.name for each in fields(_Document)).difference(_BOOK)
"""The tables of a configuration that `agreements_from` does not read."""


# -- from the document to the rules ------------------------------------------------------------------


def _built(plain: Mapping[str, object], where: str, beside: Path) -> DeskConfig:
    problems: list[str] = []
    cmdb = _noting(problems, ConfigurationRules(), lambda: _configuration_rules(plain, where, beside))
    parts = {key: plain[key] for key in _BOOK if key in plain}
    book = _noting(problems, AgreementBook(), lambda: agreements_from(parts, where=where))
    try:
        document = structure(_Document, plain, where=where, forms=_FORMS)
    except DefinitionError as error:
        raise DefinitionError(
            *error.problems, *(each for each in problems if each not in error.problems)
        ) from None
    calendars = {
        name: calendar for name, calendar in book.calendars.items() if isinstance(calendar, BusinessCalendar)
    }
    desk = document.desk
    hours = next(iter(calendars.values()), BusinessCalendar.always())
    if desk.reporting_calendar is not None:
        if desk.reporting_calendar not in document.calendars:
            known = ", ".join(document.calendars) or "none is declared"
            unknown = f"unknown calendar {desk.reporting_calendar!r}; known: {known}"
            problems.append(f"{where}: desk.reporting_calendar: {unknown}")
        hours = calendars.get(desk.reporting_calendar, hours)
    if document.workflow is not None:
        problems += (f"{where}: workflow.{finding}" for finding in errors_in(document.workflow))
    definition = document.workflow or incident_workflow()
    log = document.log
    if log is not None:
        try:
            log = _with_known_states(log, definition)
        except DefinitionError as error:
            problems += (f"{where}: log: {problem}" for problem in error.problems)
    access = _noting(problems, None, lambda: _access_rules(document, where))
    if problems:
        raise DefinitionError(*problems)
    return DeskConfig(
        name=desk.name,
        kinds=[incident_kind(Workflow(definition), document.priority, desk.number_prefix)],
        reporting_hours=hours,
        calendars=calendars,
        agreements=book.agreements,
        legs=book.legs,
        chains=book.chains,
        escalation=EscalationPolicy(document.escalation),
        log=log,
        cmdb=cmdb,
        access=access,
    )


def _access_rules(document: _Document, where: str) -> AccessRules | None:
    """
    Return the rules of access that *document* describes; ``None`` for one that says nothing of roles.

    Raises:
        DefinitionError: With every fault, each with its path.
    """
    if document.roles is None:
        beside = [
            name
            for name in ("default_roles", "restrictions", "separation_of_duties")
            if getattr(document, name)
        ]
        if beside:
            raise DefinitionError(
                *(f"{where}: {name}: there are no roles; declare [[roles]] first" for name in beside)
            )
        return None
    try:
        return AccessRules(
            document.roles,
            restrictions=document.restrictions,
            default=document.default_roles,
            separation=document.separation_of_duties,
        )
    except DefinitionError as error:
        names = {"default": "default_roles", "separation": "separation_of_duties"}
        problems = []
        for problem in error.problems:
            table = problem.partition(":")[0].partition("[")[0]
            problems.append(f"{where}: {names.get(table, table)}{problem.removeprefix(table)}")
    raise DefinitionError(*problems)


def _noting(problems: list[str], otherwise: T, read: Callable[[], T]) -> T:
    """Return what *read* does; if something is wrong with it, note that and return *otherwise*."""
    try:
        return read()
    except DefinitionError as error:
        problems += error.problems
    return otherwise


def _configuration_rules(plain: Mapping[str, object], where: str, beside: Path) -> ConfigurationRules:
    """
    Return the rules that the table ``cmdb`` describes.

    Raises:
        DefinitionError: With every fault, each with its path.
    """
    table = structure(_Cmdb, plain.get("cmdb", {}), where=where, at="cmdb")
    problems: list[str] = []
    model = _noting(problems, OPEN_MODEL, lambda: _class_model(table.model, beside))
    rules = _noting(problems, ReconciliationRules(), lambda: _reconciliation(table.reconciliation, beside))
    levels = STANDARD_LEVELS
    try:
        levels = LevelChain(table.levels)
    except DefinitionError as error:
        problems += (f"cmdb.levels: {problem}" for problem in error.problems)
    if not problems:
        try:
            return ConfigurationRules(model, levels, table.strict, reconciliation=rules)
        except DefinitionError as error:
            problems += (f"cmdb: {problem}" for problem in error.problems)
    raise DefinitionError(*(f"{where}: {problem}" for problem in problems))


def _class_model(plain: object, beside: Path) -> ClassModel:
    if plain is None:
        return OPEN_MODEL
    if not isinstance(plain, str) or plain == STANDARD:
        return class_model_from(plain, where="cmdb.model")
    try:
        return load_class_model(beside / plain)
    except DefinitionError as error:
        raise DefinitionError(*(f"cmdb.model: {problem}" for problem in error.problems)) from None


def _reconciliation(plain: object, beside: Path) -> ReconciliationRules:
    if plain is None:
        return ReconciliationRules()
    if not isinstance(plain, str):
        return reconciliation_rules_from(plain, where="cmdb.reconciliation")
    try:
        return load_reconciliation_rules(beside / plain)
    except DefinitionError as error:
        raise DefinitionError(*(f"cmdb.reconciliation: {problem}" for problem in error.problems)) from None


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
