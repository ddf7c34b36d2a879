"""
The document that describes the rules of a desk, and how it is read.

A file is checked as a whole. Every fault is reported at once, each with its path. What many a desk has no
table of is loaded when a document has one.
"""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import evolve, field, fields, frozen

from itsmkit._checks import is_a
from itsmkit._declared import declared
from itsmkit._documents import Form, structure, unknown_keys
from itsmkit._frozen import EMPTY
from itsmkit._lazy import lazily
from itsmkit.calendars import BusinessCalendar
from itsmkit.cmdb import OPEN_MODEL, STANDARD_LEVELS, ClassModel, LevelChain
from itsmkit.cmdb.reconciliation import ReconciliationRules
from itsmkit.conditions import Condition, condition_from, to_mapping
from itsmkit.desk._kind_forms import CategoriesTable, KindTable, Shorthand, categories_from, kinds_from
from itsmkit.desk.config import ConfigurationRules, DeskConfig
from itsmkit.errors import DefinitionError
from itsmkit.languages import Languages
from itsmkit.money import Money
from itsmkit.practices import (
    INCIDENT,
    Effect,
    EscalationPolicy,
    KindOfWork,
    TicketRules,
    placed_agreements,
    structure_problems,
)
from itsmkit.practices.access import AccessRules, ConflictingDuties, Restriction, Role
from itsmkit.practices.classification import ClassificationPolicy
from itsmkit.practices.conversations import ConversationRules
from itsmkit.practices.experience import ThemeRules
from itsmkit.practices.knowledge import KnowledgeRules
from itsmkit.practices.links import STANDARD_LINK_TYPES, LinkType
from itsmkit.practices.measuring import MeasuresPolicy
from itsmkit.practices.portal import PortalRules
from itsmkit.practices.work_aids import ReplyPolicy
from itsmkit.sla import AgreementBook, agreements_from
from itsmkit.tickets import STANDARD_PRIORITIES, PriorityMatrix
from itsmkit.tickets.structure import (
    Organisation,
    Person,
    Service,
    ServiceOffering,
    Site,
    Structure,
    SupportGroup,
)
from itsmkit.workflow import WorkflowDefinition, definition_from, incident_workflow
from itsmkit.workflow import to_mapping as workflow_to_mapping

if TYPE_CHECKING:
    from itsmkit.desk._rota_forms import RotaTable
    from itsmkit.interchange import EventLogFormat
    from itsmkit.practices import ImpactPolicy, PromisePolicy
    from itsmkit.practices.experience import SurveyPolicy
    from itsmkit.practices.routing import RoutingPolicy
    from itsmkit.rotas import Rota
else:
    # What many a desk has no table of is loaded when a document has one: see `declared`.
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.desk._rota_forms": ("RotaTable",),
            "itsmkit.interchange": ("EventLogFormat",),
            "itsmkit.practices": ("ImpactPolicy", "PromisePolicy"),
            "itsmkit.practices.experience": ("SurveyPolicy",),
            "itsmkit.practices.routing": ("RoutingPolicy",),
        },
    )

__all__ = ["TABLES_BESIDE_AGREEMENTS", "configuration_from"]

T = TypeVar("T")


# -- the shape of the document ---------------------------------------------------------------------


@frozen
class _Desk:
    name: str = "Service desk"
    number_prefix: str = "INC-"
    reporting_calendar: str | None = None
    timer_tries: int = 10
    language: str = "en"


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
    kinds: Mapping[str, KindTable] = field(factory=dict)
    categories: CategoriesTable | None = None
    escalation: EscalationPolicy = field(factory=EscalationPolicy)
    effects: Mapping[str, Effect] = EMPTY
    promises: "PromisePolicy | None" = None
    impact: "ImpactPolicy | None" = None
    log: "EventLogFormat | None" = None
    link_types: tuple[LinkType, ...] = ()
    tickets: TicketRules = field(factory=TicketRules)
    # These are read by the room of agreements; see `agreements_from`.
    calendars: Mapping[str, Any] = field(factory=dict)
    agreements: Any = ()
    operational_agreements: Any = ()
    contracts: Any = ()
    chains: Any = ()
    cmdb: Any = None  # see `_configuration_rules`
    people: tuple[Person, ...] = ()
    groups: tuple[SupportGroup, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    sites: tuple[Site, ...] = ()
    services: tuple[Service, ...] = ()
    offerings: tuple[ServiceOffering, ...] = ()
    roles: tuple[Role, ...] | None = None
    default_roles: tuple[str, ...] = ()
    restrictions: tuple[Restriction, ...] = ()
    separation_of_duties: tuple[ConflictingDuties, ...] = ()
    surveys: "tuple[SurveyPolicy, ...]" = ()
    themes: ThemeRules = field(factory=ThemeRules)
    measures: MeasuresPolicy = field(factory=MeasuresPolicy)
    replies: ReplyPolicy = field(factory=ReplyPolicy)
    classification: ClassificationPolicy = field(factory=ClassificationPolicy)
    portal: PortalRules = field(factory=PortalRules)
    translations: Mapping[str, Mapping[str, str]] = field(factory=dict)
    knowledge: KnowledgeRules = field(factory=KnowledgeRules)
    routing: "RoutingPolicy | None" = None
    rotas: "tuple[RotaTable, ...]" = ()
    conversations: ConversationRules = field(factory=ConversationRules)


_FORMS = (
    Form(Condition, condition_from, to_mapping),
    Form(WorkflowDefinition, definition_from, workflow_to_mapping),
    Form(Money, Money.parse, Money.plain),
)

_BOOK = ("calendars", "agreements", "operational_agreements", "contracts", "chains")

TABLES_BESIDE_AGREEMENTS = frozenset(each.name for each in fields(_Document)).difference(_BOOK)
"""The tables of a configuration that `agreements_from` does not read."""


# -- from the document to the rules ------------------------------------------------------------------


def configuration_from(plain: Mapping[str, object], where: str, beside: Path) -> DeskConfig:
    """
    Return the rules that a document describes.

    Args:
        plain: The document.
        where: Its name, for sentences.
        beside: Where other files are looked for that it names.

    Raises:
        DefinitionError: With every fault, each with its path.
    """
    problems: list[str] = []
    cmdb = _noting(problems, ConfigurationRules(), lambda: _configuration_rules(plain, where, beside))
    parts = {key: plain[key] for key in _BOOK if key in plain}
    book = _noting(problems, AgreementBook(), lambda: agreements_from(parts, where=where))
    try:
        document = _document(plain, where)
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
    problems += _workflow_faults(document.workflow, where)
    shorthand = Shorthand(document.workflow, desk.number_prefix, document.priority)
    none: tuple[KindOfWork[Any], ...] = ()
    kinds = _noting(problems, none, lambda: kinds_from(document.kinds, shorthand, where, beside))
    table = document.categories
    categories = None
    if table is not None:
        categories = _noting(problems, None, partial(categories_from, table, where))
    definition = next(
        (kind.workflow.definition for kind in kinds if kind.name == INCIDENT),
        document.workflow or incident_workflow(),
    )
    log = document.log
    if log is not None:
        log = _noting(problems, log, partial(_with_known_states, log, definition, where))
    own = {link_type.name: link_type for link_type in document.link_types}
    link_types = (*(each for each in STANDARD_LINK_TYPES if each.name not in own), *document.link_types)
    whole = _noting(problems, Structure(), lambda: _structure(document, where))
    if not problems:
        named = structure_problems(
            whole,
            calendars=calendars,
            agreements=(agreement.name for agreement in book.agreements),
        )
        problems += (f"{where}: {problem}" for problem in named)
    no_rotas: tuple[Rota, ...] = ()
    rotas = _noting(problems, no_rotas, lambda: _rotas(document, calendars, where))
    access = _noting(problems, None, lambda: _access_rules(document, where))
    languages = _noting(problems, Languages(), lambda: _languages(document, where))
    if problems:
        raise DefinitionError(*problems)
    try:
        return DeskConfig(
            name=desk.name,
            kinds=kinds,
            reporting_hours=hours,
            calendars=calendars,
            agreements=placed_agreements(book.agreements, whole, book.calendars),
            legs=book.legs,
            chains=book.chains,
            escalation=document.escalation,
            log=log,
            cmdb=cmdb,
            link_types=link_types,
            tickets=document.tickets,
            categories=categories,
            effects=document.effects,
            promises=document.promises,
            timer_tries=desk.timer_tries,
            structure=whole,
            access=access,
            impact=document.impact,
            surveys=document.surveys,
            themes=document.themes,
            measures=document.measures,
            replies=document.replies,
            classification=document.classification,
            portal=document.portal,
            languages=languages,
            knowledge=document.knowledge,
            routing=document.routing,
            rotas=rotas,
            conversations=document.conversations,
        )
    except DefinitionError as error:
        raise DefinitionError(*(f"{where}: {problem}" for problem in error.problems)) from None


def _document(plain: Mapping[str, object], where: str) -> _Document:
    """
    Return what *plain* describes; of escalation, it may say nothing but the steps at checkpoints.

    Raises:
        DefinitionError: With every fault, each with its path.
    """
    short = is_a(plain.get("escalation"), list, tuple)
    told = {**plain, "escalation": {"steps": plain["escalation"]}} if short else plain
    problems: list[str] = []
    read: dict[str, Any] = {}
    known = [each.name for each in fields(_Document)]
    for name in known:
        if name in told:
            read[name] = _noting(problems, None, partial(_table, name, told[name], where))
    problems += unknown_keys(told, known, where=where)
    if problems and short:
        problems = [each.replace(" escalation.steps", " escalation", 1) for each in problems]
    if problems:
        raise DefinitionError(*problems)
    return _Document(**read)


def _table(name: str, plain: object, where: str) -> Any:
    """Return what one table of a document describes. Raises `DefinitionError` with every fault."""
    forms: tuple[Form, ...] = _FORMS
    if name == "conversations":
        from itsmkit.practices import forms as questions  # noqa: PLC0415  # only bots ask any here

        forms = (*forms, Form(questions.Form, questions.form_from, questions.form_to_mapping))
    return structure(declared(_Document, name), plain, where=where, at=name, forms=forms)


def _workflow_faults(definition: WorkflowDefinition | None, where: str) -> list[str]:
    if definition is None:
        return []
    from itsmkit.workflow.checks import errors_in  # noqa: PLC0415  # many a desk has standard ones

    return [f"{where}: workflow.{finding}" for finding in errors_in(definition)]


def _rotas(document: _Document, calendars: Mapping[str, BusinessCalendar], where: str) -> "tuple[Rota, ...]":
    """Return the rotas that *document* describes. Raises `DefinitionError` with every fault."""
    if not document.rotas:
        return ()
    from itsmkit.desk._rota_forms import rotas_from  # noqa: PLC0415  # many a desk has none

    return rotas_from(document.rotas, calendars, where)


def _structure(document: _Document, where: str) -> Structure:
    """
    Return the people and the structure that *document* describes.

    Raises:
        DefinitionError: With every problem of the whole, each with its path.
    """
    try:
        return Structure(**{each.name: getattr(document, each.name) for each in fields(Structure)})
    except DefinitionError as error:
        raise DefinitionError(*(f"{where}: {problem}" for problem in error.problems)) from None


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


def _languages(document: _Document, where: str) -> Languages:
    """
    Return the languages that *document* describes.

    Raises:
        DefinitionError: With every fault, each with its path.
    """
    try:
        return Languages(document.desk.language, own=document.translations)
    except DefinitionError as error:
        paths = {problem: "desk." if problem.startswith("language:") else "" for problem in error.problems}
        raise DefinitionError(*(f"{where}: {path}{problem}" for problem, path in paths.items())) from None


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
    from itsmkit.cmdb.class_model_form import (  # noqa: PLC0415  # many a desk has tickets only
        STANDARD,
        class_model_from,
        load_class_model,
    )

    if not isinstance(plain, str) or plain == STANDARD:
        return class_model_from(plain, where="cmdb.model")
    try:
        return load_class_model(beside / plain)
    except DefinitionError as error:
        raise DefinitionError(*(f"cmdb.model: {problem}" for problem in error.problems)) from None


def _reconciliation(plain: object, beside: Path) -> ReconciliationRules:
    if plain is None:
        return ReconciliationRules()
    from itsmkit.cmdb.reconciliation import (  # noqa: PLC0415  # few desks have sources of their own
        load_reconciliation_rules,
        reconciliation_rules_from,
    )

    if not isinstance(plain, str):
        return reconciliation_rules_from(plain, where="cmdb.reconciliation")
    try:
        return load_reconciliation_rules(beside / plain)
    except DefinitionError as error:
        raise DefinitionError(*(f"cmdb.reconciliation: {problem}" for problem in error.problems)) from None


def _with_known_states(log: "EventLogFormat", definition: WorkflowDefinition, where: str) -> "EventLogFormat":
    """
    Return *log* with only such states as the desk can put a ticket into.

    Raises:
        DefinitionError: With every state that is named and that the workflow lacks.
    """
    known = tuple(state.name for state in definition.states)
    problems = [
        f"states: the workflow has no state {name!r}; known: {', '.join(known)}"
        for name in log.states
        if name not in known
    ]
    try:
        if problems:
            raise DefinitionError(*problems)
        return log if log.states else evolve(log, states=known)
    except DefinitionError as error:
        raise DefinitionError(*(f"{where}: log: {problem}" for problem in error.problems)) from None
