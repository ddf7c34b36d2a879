"""
What a desk is told when it is built: its rules as data, from Python, a mapping or a TOML file.

A file is checked as a whole. Every fault is reported at once, each with its path.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property, partial
from importlib.resources import as_file, files
from itertools import combinations
from os import PathLike
from pathlib import Path
from tomllib import loads
from typing import Any, TypeVar

from attrs import evolve, field, fields, frozen

from itsmkit._checks import is_a
from itsmkit._documents import Form, load_toml, structure
from itsmkit._frozen import EMPTY, as_tuple, frozen_dict
from itsmkit._problems import close_to, distinct_problems, instance_problems
from itsmkit.calendars import BusinessCalendar
from itsmkit.cmdb import OPEN_MODEL, STANDARD_LEVELS, ClassModel, ConfigurationGraph, LevelChain
from itsmkit.cmdb.class_model_form import STANDARD, class_model_from, load_class_model
from itsmkit.cmdb.reconciliation import (
    ReconciliationRules,
    check_rules,
    load_reconciliation_rules,
    reconciliation_rules_from,
)
from itsmkit.conditions import Condition, FactSchema, condition_from, to_mapping
from itsmkit.desk._kind_forms import CategoriesTable, KindTable, Shorthand, categories_from, kinds_from
from itsmkit.desk._rota_forms import RotaTable, rotas_from
from itsmkit.desk.operations import unknown_operation, unknown_permits
from itsmkit.desk.profiles import profile_text
from itsmkit.errors import DefinitionError, NotFoundError
from itsmkit.interchange import EventLogFormat
from itsmkit.languages import Languages
from itsmkit.money import Money
from itsmkit.practices import (
    INCIDENT,
    CategoryTree,
    Effect,
    EscalationPolicy,
    ImpactPolicy,
    KindOfWork,
    PromisePolicy,
    TicketRules,
    impact_policy_problems,
    placed_agreements,
    structure_problems,
)
from itsmkit.practices.access import AccessRules, ConflictingDuties, Restriction, Role
from itsmkit.practices.classification import ClassificationPolicy
from itsmkit.practices.conversations import ConversationRules
from itsmkit.practices.effects import STANDARD_EFFECTS
from itsmkit.practices.escalation import calendar_problems
from itsmkit.practices.experience import SurveyPolicy, ThemeRules
from itsmkit.practices.fields import fact_schema
from itsmkit.practices.fields.ticket_facts import ticket_condition_problems
from itsmkit.practices.forms import Form as QuestionForm
from itsmkit.practices.forms import form_from, form_to_mapping
from itsmkit.practices.handling import commanded_problems
from itsmkit.practices.knowledge import KnowledgeRules
from itsmkit.practices.links import STANDARD_LINK_TYPES, LinkType, link_types_problems, unknown_moves
from itsmkit.practices.measuring import MeasuresPolicy
from itsmkit.practices.portal import PortalRules
from itsmkit.practices.routing import RoutingPolicy, routing_policy_problems
from itsmkit.practices.work_aids import ReplyPolicy
from itsmkit.rotas import Rota
from itsmkit.sla import (
    AgreementBook,
    Agreements,
    LegChain,
    OperationalLevelAgreement,
    UnderpinningContract,
    agreements_from,
    as_agreements,
)
from itsmkit.tickets import STANDARD_PRIORITIES, PriorityMatrix, Ticket
from itsmkit.tickets.structure import (
    Organisation,
    Person,
    Service,
    ServiceOffering,
    Site,
    Structure,
    SupportGroup,
)
from itsmkit.workflow import WorkflowDefinition, definition_from, incident_workflow, resolve_effects
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


def _same_numbers(prefixes: Mapping[str, str]) -> Iterator[str]:
    """List the kinds of work two tickets of which could get the same number."""
    for (one, first), (other, second) in combinations(prefixes.items(), 2):
        longer, shorter = sorted((first, second), key=len, reverse=True)
        rest = longer.removeprefix(shorter)
        if longer.startswith(shorter) and (not rest or rest.isdecimal()):
            yield (
                f"kinds: numbers of {one} begin with {first!r} and those of {other} with {second!r}, "
                "so that two tickets could have the same; change a prefix"
            )


def _beside_the_standard(effects: Mapping[str, Effect]) -> Mapping[str, Effect]:
    return frozen_dict({**STANDARD_EFFECTS, **effects})


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
        escalation: Who is told at which checkpoint and as time goes by, and who has the work then.
        reporting_hours: The calendar by which reports count business hours.
        legs: What teams and suppliers promise for their legs: see `read_legs`.
        chains: The legs that promises are made of: see `check_agreements`.
        effects: What the desk does once a ticket has moved, by the names that transitions have for it; beside
            those of the standard workflows.
        promises: What requesters are told of when the work will be done, and of each change of that;
            ``None`` if they are not told by the desk.
        timer_tries: How often a timer may fail before it is parked: see `Desk.parked_timers`.
        cmdb: What is asked of the configuration.
        link_types: How tickets may be linked, and what moves along.
        categories: What tickets can be classified as, of each kind that has no categories of its own.
        structure: People, groups, organisations, sites, services. Agreements are for those whom it gives them
            to, once they went through `placed_agreements`, as those of a file did.
        log: How the event log of another system is read, if the desk takes one over. Read from a
            description that leaves its states out, it knows those of the workflow.
        tickets: What holds for tickets of every kind.
        access: Who may see and do what; ``None`` for a desk on which everybody may everything.
        impact: How the impact of tickets follows from the configuration; ``None`` if people judge it.
        surveys: Who is asked how it was, and when; each of a name of its own.
        themes: How many complaints about one thing are a matter for continual improvement.
        measures: How people who work on tickets are measured, and what of it others are shown.
        replies: From which confidence on suggested replies are sent or noted.
        conversations: How it talks with people: its bots, and what becomes of what they cannot solve.
        classification: What is predicted of tickets, and from which confidence on something is done with it.
        portal: What a portal offers.
        languages: Which languages it speaks, and in which it speaks to those whose own is not known.
        knowledge: In which languages articles are written.
        routing: Which group tickets go to, and who in it; ``None`` if people assign them all.
        rotas: Who is on duty for which team; each of a name of its own. Teams and people are looked up in
            *structure*, as far as it knows any.

    Raises:
        DefinitionError: With every problem: a transition names an effect that is not among *effects*, an
            effect sets a field that only a command may change, a timer of a state counts on a calendar that
            the desk has not, *impact* names a kind, a level of impact or of items that it has not, or
            *timer_tries* is not at least 1.
    """

    name: str
    kinds: Mapping[str, KindOfWork[Any]] = field(converter=_by_name)
    reporting_hours: BusinessCalendar
    calendars: Mapping[str, BusinessCalendar] = field(default=EMPTY, converter=frozen_dict)
    agreements: Agreements = field(default=Agreements(), converter=as_agreements)
    escalation: EscalationPolicy = field(factory=EscalationPolicy)
    log: EventLogFormat | None = None
    legs: tuple[OperationalLevelAgreement | UnderpinningContract, ...] = field(
        default=(), converter=as_tuple, kw_only=True
    )
    chains: tuple[LegChain, ...] = field(default=(), converter=as_tuple, kw_only=True)
    cmdb: ConfigurationRules = field(default=ConfigurationRules(), kw_only=True)
    link_types: tuple[LinkType, ...] = field(default=STANDARD_LINK_TYPES, converter=as_tuple, kw_only=True)
    tickets: TicketRules = field(default=TicketRules(), kw_only=True)
    categories: CategoryTree | None = field(default=None, kw_only=True)
    effects: Mapping[str, Effect] = field(default=EMPTY, converter=_beside_the_standard, kw_only=True)
    promises: PromisePolicy | None = field(default=None, kw_only=True)
    timer_tries: int = field(default=10, kw_only=True)
    structure: Structure = field(default=Structure(), kw_only=True)
    access: AccessRules | None = field(default=None, kw_only=True)
    impact: ImpactPolicy | None = field(default=None, kw_only=True)
    surveys: tuple[SurveyPolicy, ...] = field(default=(), converter=as_tuple, kw_only=True)
    themes: ThemeRules = field(default=ThemeRules(), kw_only=True)
    measures: MeasuresPolicy = field(default=MeasuresPolicy(), kw_only=True)
    replies: ReplyPolicy = field(default=ReplyPolicy(), kw_only=True)
    classification: ClassificationPolicy = field(default=ClassificationPolicy(), kw_only=True)
    portal: PortalRules = field(default=PortalRules(), kw_only=True)
    languages: Languages = field(default=Languages(), kw_only=True)
    knowledge: KnowledgeRules = field(default=KnowledgeRules(), kw_only=True)
    routing: RoutingPolicy | None = field(default=None, kw_only=True)
    rotas: tuple[Rota, ...] = field(default=(), converter=as_tuple, kw_only=True)
    conversations: ConversationRules = field(default=ConversationRules(), kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.categories is not None:
            kinds = {
                name: kind if kind.categories is not None else evolve(kind, categories=self.categories)
                for name, kind in self.kinds.items()
            }
            object.__setattr__(self, "kinds", frozen_dict(kinds))
        problems = [
            *_same_numbers(self.prefixes),
            *self._wrong_conditions(),
            *link_types_problems("link_types", self.link_types),
            *unknown_moves("link_types", self.link_types, self._triggers()),
            *self._wrong_effects(),
            *self._wrong_impacts(),
            *self._wrong_escalation(),
            *self._wrong_surveys(),
            *self._wrong_rotas(),
            *self._wrong_replies(),
            *self._wrong_classification(),
            *self._wrong_portal(),
            *self._wrong_routing(),
            *self._wrong_conversations(),
            *(() if self.access is None else unknown_permits(self.access, self.kinds, self._triggers())),
        ]
        if problems:
            raise DefinitionError(*problems)

    def _triggers(self) -> set[str]:
        """Return the names of all moves that there are, of all kinds."""
        definitions = (each for kind in self.kinds.values() for each in kind.definitions)
        return {way.trigger for definition in definitions for way in definition.transitions}

    def _wrong_conditions(self) -> Iterator[str]:
        """List what agreements ask of tickets that tickets can never answer."""
        for place, agreement in enumerate(self.agreements):
            for path, condition in (
                ("when", agreement.when),
                *((f"targets[{each}].when", found.when) for each, found in enumerate(agreement.promises)),
            ):
                yield from self.condition_problems(condition, where=f"agreements[{place}].{path}")

    def condition_problems(self, condition: Condition, *, where: str = "where") -> tuple[str, ...]:
        """
        Return everything in a condition on tickets, such as one to find them by, that can never be meant.

        A fact that is neither of all tickets nor a field of a kind may be a detail that nobody declared, and
        is let pass.

        Args:
            condition: The condition.
            where: Its path, which starts every problem's path.

        >>> from itsmkit.conditions import parse_condition
        >>> DeskConfig.standard().condition_problems(parse_condition('state_category = "actve"'))
        ... # doctest: +ELLIPSIS
        ('where.equals: must be one of "new", "active", ..., not the text "actve"',)
        """
        return ticket_condition_problems(condition, self.fact_schema, where=where)

    @cached_property
    def fact_schema(self) -> FactSchema:
        """What conditions may ask of its tickets, as far as that is known: see `itsmkit.practices.fields`."""
        return fact_schema(kind.fields for kind in self.kinds.values())

    def _wrong_surveys(self) -> Iterator[str]:
        """List what surveys ask of the desk that it has not."""
        yield from distinct_problems("surveys", (each.name for each in self.surveys))
        for place, policy in enumerate(self.surveys):
            where = f"surveys[{place}]"
            if policy.low is not None and policy.follow_up not in self.kinds:
                known = close_to(policy.follow_up, self.kinds)
                yield f"{where}.follow_up: there is no kind of work {policy.follow_up!r}; {known}"
            yield from self.condition_problems(policy.when, where=f"{where}.when")

    def _wrong_rotas(self) -> Iterator[str]:
        """List what rotas ask of the desk that it has not."""
        yield from distinct_problems("rotas", (each.name for each in self.rotas))
        groups = [each.id for each in self.structure.groups]
        people = [each.id for each in self.structure.people]
        for place, rota in enumerate(self.rotas):
            if groups and rota.team not in groups:
                known = close_to(rota.team, groups)
                yield f"rotas[{place}].team: there is no support group {rota.team!r}; {known}"
            for number, layer in enumerate(rota.layers):
                for person in dict.fromkeys(layer.people) if people else ():
                    if person not in people:
                        known = close_to(person, people)
                        where = f"rotas[{place}].layers[{number}].people"
                        yield f"{where}: there is no person {person!r}; {known}"

    def _wrong_replies(self) -> Iterator[str]:
        """List what the policy of suggested replies asks of the desk that it has not."""
        yield from self.condition_problems(self.replies.never_when, where="replies.never_when")
        move, known = self.replies.counts_as_response, sorted(self._triggers())
        if move is not None and move not in known:
            told = close_to(move, known)
            yield f"replies.counts_as_response: no workflow of the desk has a move {move!r}; {told}"

    def _wrong_classification(self) -> Iterator[str]:
        """List what the policy of classification asks of the desk that it has not."""
        policy = self.classification
        yield from self.condition_problems(policy.never_when, where="classification.never_when")
        for place, name in enumerate(policy.kinds):
            if name not in self.kinds and policy.is_on:
                known = close_to(name, self.kinds)
                yield f"classification.kinds[{place}]: there is no kind of work {name!r}; {known}"

    def _wrong_portal(self) -> Iterator[str]:
        """List what the portal asks of the desk that it has not."""
        yield from self.condition_problems(self.portal.outages, where="portal.outages")

    def _wrong_routing(self) -> Iterator[str]:
        """List what the rules of routing name that the desk has not got, as far as it knows its people."""
        if self.routing is None:
            return
        groups = {group.id for group in self.structure.groups}
        people = {person.id for person in self.structure.people}
        for problem in routing_policy_problems(self.routing, self.kinds, groups, people):
            yield f"routing.{problem}"
        for place, rule in enumerate(self.routing.rules):
            yield from self.condition_problems(rule.when, where=f"routing.rules[{place}].when")

    def _wrong_conversations(self) -> Iterator[str]:
        """List what the rules of conversations ask of the desk that it has not."""
        kind = self.conversations.kind
        if self.conversations.bots and kind not in self.kinds:
            known = close_to(kind, self.kinds)
            yield f"conversations.kind: there is no kind of work {kind!r}; {known}"
        for place, bot in enumerate(self.conversations.bots):
            for number, intent in enumerate(bot.intents):
                unknown = None if intent.act is None else unknown_operation(intent.act.command, self.kinds)
                if unknown is not None:
                    yield f"conversations.bots[{place}].intents[{number}].act.command: {unknown}"

    def _wrong_effects(self) -> Iterator[str]:
        """List what is wrong with effects and timers of states, of all kinds."""
        for name, effect in self.effects.items():
            for problem in commanded_problems("a ticket", effect.fields):
                yield f"effects.{name}.fields: {problem}"
        if type(self.timer_tries) is not int or self.timer_tries < 1:
            yield f"timer_tries must be a whole number, at least 1, not {self.timer_tries!r}"
        for name, kind in self.kinds.items():
            for definition in kind.definitions:
                try:
                    resolve_effects(definition, self.effects)
                except DefinitionError as error:
                    yield from (f"kinds.{name}: workflow.{problem}" for problem in error.problems)
                for state in definition.states:
                    for timer in state.timers:
                        if timer.calendar is not None and timer.calendar not in self.calendars:
                            yield (
                                f"kinds.{name}: workflow.states.{state.name}: the timer that fires "
                                f"{timer.trigger!r} counts on an unknown calendar {timer.calendar!r}; "
                                f"{close_to(timer.calendar, self.calendars)}"
                            )

    def _wrong_escalation(self) -> Iterator[str]:
        """List what the policy of escalation asks of the desk that it has not."""
        policy = self.escalation
        for problem in calendar_problems(policy, self.calendars):
            yield f"escalation.{problem}"
        conditions = {f"ladders[{place}]": each.when for place, each in enumerate(policy.ladders)}
        conditions |= {f"routes[{place}]": each.when for place, each in enumerate(policy.routes)}
        for path, when in conditions.items():
            yield from self.condition_problems(when, where=f"escalation.{path}.when")

    def _wrong_impacts(self) -> Iterator[str]:
        """List what the policy of impacts names that the desk has not got."""
        if self.impact is not None:
            for problem in impact_policy_problems(self.impact, self.kinds, self.cmdb.levels):
                yield f"impact.{problem}"

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

    def kind_of(self, ticket: Ticket) -> KindOfWork[Any]:
        """Return the kind of work that *ticket* is. Raises `NotFoundError` if the desk has it no more."""
        return self.kind(ticket.kind)

    @classmethod
    def standard(cls) -> "DeskConfig":
        """
        Return the rules of an ordinary IT service desk; the file ``standard.toml`` beside this module.

        It is read once: rules are values, which all that ask for them can share.
        """
        return _standard()

    @classmethod
    def profile(cls, name: str) -> "DeskConfig":
        """
        Return the rules of a profile: see `itsmkit.desk.profiles`.

        Args:
            name: One of ``"helpdesk"``, ``"service_desk"`` and ``"dispatch"``.

        Raises:
            DefinitionError: If there is no profile of this name.

        >>> DeskConfig.profile("dispatch").kind("incident").prefix
        'JOB-'
        """
        # A file says where it is wrong by its own name; this one is never wrong.
        return cls.load(loads(profile_text(name)))

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


@cache
def _standard() -> DeskConfig:
    with as_file(files("itsmkit.desk") / "standard.toml") as path:
        return DeskConfig.load(path)


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
    promises: PromisePolicy | None = None
    impact: ImpactPolicy | None = None
    log: EventLogFormat | None = None
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
    surveys: tuple[SurveyPolicy, ...] = ()
    themes: ThemeRules = field(factory=ThemeRules)
    measures: MeasuresPolicy = field(factory=MeasuresPolicy)
    replies: ReplyPolicy = field(factory=ReplyPolicy)
    classification: ClassificationPolicy = field(factory=ClassificationPolicy)
    portal: PortalRules = field(factory=PortalRules)
    translations: Mapping[str, Mapping[str, str]] = field(factory=dict)
    knowledge: KnowledgeRules = field(factory=KnowledgeRules)
    routing: RoutingPolicy | None = None
    rotas: tuple[RotaTable, ...] = ()
    conversations: ConversationRules = field(factory=ConversationRules)


_FORMS = (
    Form(Condition, condition_from, to_mapping),
    Form(WorkflowDefinition, definition_from, workflow_to_mapping),
    Form(Money, Money.parse, Money.plain),
    Form(QuestionForm, form_from, form_to_mapping),
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
    if document.workflow is not None:
        problems += (f"{where}: workflow.{finding}" for finding in errors_in(document.workflow))
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
    rotas = _noting(problems, no_rotas, lambda: rotas_from(document.rotas, calendars, where))
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
    if not is_a(plain.get("escalation"), list, tuple):
        return structure(_Document, plain, where=where, forms=_FORMS)
    whole = {**plain, "escalation": {"steps": plain["escalation"]}}
    try:
        return structure(_Document, whole, where=where, forms=_FORMS)
    except DefinitionError as error:
        raise DefinitionError(
            *(each.replace(" escalation.steps", " escalation", 1) for each in error.problems)
        ) from None


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


def _with_known_states(log: EventLogFormat, definition: WorkflowDefinition, where: str) -> EventLogFormat:
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
