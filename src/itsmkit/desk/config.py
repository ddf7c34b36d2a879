"""
What a desk is told when it is built: its rules as data, from Python, a mapping or a TOML file.

A file is checked as a whole. Every fault is reported at once, each with its path.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from itertools import combinations
from os import PathLike
from pathlib import Path
from tomllib import loads
from typing import TYPE_CHECKING, Any

from attrs import evolve, field, frozen

from itsmkit._documents import load_toml
from itsmkit._frozen import EMPTY, as_tuple, frozen_dict
from itsmkit._packaged import packaged
from itsmkit._problems import close_to, distinct_problems, instance_problems
from itsmkit.calendars import BusinessCalendar
from itsmkit.cmdb import OPEN_MODEL, STANDARD_LEVELS, ClassModel, LevelChain
from itsmkit.cmdb.reconciliation import ReconciliationRules, check_rules
from itsmkit.conditions import Condition, FactSchema
from itsmkit.desk.operations import unknown_operation, unknown_permits
from itsmkit.desk.profiles import profile_text
from itsmkit.errors import DefinitionError, NotFoundError
from itsmkit.languages import Languages
from itsmkit.practices import Effect, EscalationPolicy, KindOfWork, TicketRules
from itsmkit.practices.access import AccessRules
from itsmkit.practices.classification import ClassificationPolicy
from itsmkit.practices.conversations import ConversationRules
from itsmkit.practices.effects import STANDARD_EFFECTS
from itsmkit.practices.escalation import calendar_problems
from itsmkit.practices.experience import ThemeRules
from itsmkit.practices.fields import fact_schema
from itsmkit.practices.fields.ticket_facts import ticket_condition_problems
from itsmkit.practices.handling import commanded_problems
from itsmkit.practices.knowledge import KnowledgeRules
from itsmkit.practices.links import STANDARD_LINK_TYPES, LinkType, link_types_problems, unknown_moves
from itsmkit.practices.measuring import MeasuresPolicy
from itsmkit.practices.portal import PortalRules
from itsmkit.practices.work_aids import ReplyPolicy
from itsmkit.sla import Agreements, as_agreements
from itsmkit.tickets import Ticket
from itsmkit.tickets.structure import Structure
from itsmkit.workflow import resolve_effects

if TYPE_CHECKING:
    from itsmkit.interchange import EventLogFormat
    from itsmkit.practices import CategoryTree, ImpactPolicy, PromisePolicy
    from itsmkit.practices.experience import SurveyPolicy
    from itsmkit.practices.routing import RoutingPolicy
    from itsmkit.rotas import Rota
    from itsmkit.sla import LegChain, OperationalLevelAgreement, UnderpinningContract

__all__ = ["ConfigurationRules", "DeskConfig"]


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
        problems = problems or [*self.model.level_problems(self.levels)]
        if problems:
            raise DefinitionError(*problems)
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
    log: "EventLogFormat | None" = None
    legs: "tuple[OperationalLevelAgreement | UnderpinningContract, ...]" = field(
        default=(), converter=as_tuple, kw_only=True
    )
    chains: "tuple[LegChain, ...]" = field(default=(), converter=as_tuple, kw_only=True)
    cmdb: ConfigurationRules = field(default=ConfigurationRules(), kw_only=True)
    link_types: tuple[LinkType, ...] = field(default=STANDARD_LINK_TYPES, converter=as_tuple, kw_only=True)
    tickets: TicketRules = field(default=TicketRules(), kw_only=True)
    categories: "CategoryTree | None" = field(default=None, kw_only=True)
    effects: Mapping[str, Effect] = field(default=EMPTY, converter=_beside_the_standard, kw_only=True)
    promises: "PromisePolicy | None" = field(default=None, kw_only=True)
    timer_tries: int = field(default=10, kw_only=True)
    structure: Structure = field(default=Structure(), kw_only=True)
    access: AccessRules | None = field(default=None, kw_only=True)
    impact: "ImpactPolicy | None" = field(default=None, kw_only=True)
    surveys: "tuple[SurveyPolicy, ...]" = field(default=(), converter=as_tuple, kw_only=True)
    themes: ThemeRules = field(default=ThemeRules(), kw_only=True)
    measures: MeasuresPolicy = field(default=MeasuresPolicy(), kw_only=True)
    replies: ReplyPolicy = field(default=ReplyPolicy(), kw_only=True)
    classification: ClassificationPolicy = field(default=ClassificationPolicy(), kw_only=True)
    portal: PortalRules = field(default=PortalRules(), kw_only=True)
    languages: Languages = field(default=Languages(), kw_only=True)
    knowledge: KnowledgeRules = field(default=KnowledgeRules(), kw_only=True)
    routing: "RoutingPolicy | None" = field(default=None, kw_only=True)
    rotas: "tuple[Rota, ...]" = field(default=(), converter=as_tuple, kw_only=True)
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
        from itsmkit.practices.routing import routing_policy_problems  # noqa: PLC0415  # many a desk has none

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
            from itsmkit.practices import impact_policy_problems  # noqa: PLC0415  # as above

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


def _built(plain: Mapping[str, object], where: str, beside: Path) -> DeskConfig:
    """Return the rules that a document describes: see `configuration_from`."""
    from itsmkit.desk._config_document import configuration_from  # noqa: PLC0415  # it makes a `DeskConfig`

    return configuration_from(plain, where, beside)


@cache
def _standard() -> DeskConfig:
    text = packaged("itsmkit.desk", "standard.toml").decode()
    return _built(loads(text), "standard.toml", Path())
