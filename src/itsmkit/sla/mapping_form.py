"""
Agreements and their calendars as plain mappings, for TOML and JSON.

.. code-block:: toml

    [calendars.office]                             # see the mapping form of calendars
    hours = "Mon-Fri 09:00-17:00"
    time_zone = "Europe/Berlin"

    [[agreements]]
    name = "Gold"
    calendar = "office"
    when = { field = "customer", equals = "Bau AG" }         # all work, if left out
    calendars = [{ calendar = "plant", when = { field = "site", equals = "Essen" } }]

    [[agreements.targets]]
    clock = "respond"
    like = "respond"                               # respond, next_response, update_cadence or resolve
    within = "1h"                                  # "0h", or left out: no clock
    checkpoints = ["75%", "30min before", "breach", "2h after"]

    [[agreements.targets]]
    clock = "resolve"
    within = "8h"                                  # or "3 business days"
    when = { field = "priority", equals = "P1" }
    pause = { field = "waits_for", present = true }          # also start, stop, resume, reset, cancel, reopen
    reopens = false                                # or on_reopen = "continue" or "restart"
    from_own_start = true

    [[operational_agreements]]                     # and [[contracts]], which may say pauses_ours = true
    name = "Network"
    calendar = "office"
    within = "2h"
    when = { field = "support_group", equals = "Network" }

    [[chains]]
    clock = "resolve"
    agreement = "Gold"                             # every agreement, if left out
    legs = ["Network"]

A checkpoint that is called otherwise than it is written is a table: ``{ name, percent, offset }``. Business
days that are counted otherwise than usual are one, too: ``{ business_days, count_from, time_of_day }``.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar

from attrs import evolve, field, fields_dict, frozen

from itsmkit._checks import named
from itsmkit._documents import Form, duration, structure, unstructure
from itsmkit.calendars import BusinessCalendar, BusinessTime, calendar_from
from itsmkit.calendars import to_mapping as calendar_to_mapping
from itsmkit.calendars.amount import PlainAmount, amount_form, amount_to_plain
from itsmkit.conditions import ALWAYS, Condition, condition_from, to_mapping
from itsmkit.errors import DefinitionError
from itsmkit.sla.agreement import CalendarRule, Promise, ServiceLevelAgreement
from itsmkit.sla.agreement_book import AgreementBook
from itsmkit.sla.checkpoint import BREACH, Checkpoint
from itsmkit.sla.leg_chain import LegChain
from itsmkit.sla.legs import OperationalLevelAgreement, UnderpinningContract
from itsmkit.sla.target import Reopening, Target

__all__ = ["plain_book", "read_book"]

T = TypeVar("T")
_MICROSECOND = timedelta(microseconds=1)
_ZERO = timedelta(0)
_NO_TIME = PlainAmount(_ZERO)


def read_book(plain: Mapping[str, object], where: str, ignoring: Container[str]) -> AgreementBook:
    """Return the agreements that *plain* describes: see `agreements_from`."""
    mine = {key: value for key, value in plain.items() if key not in ignoring}
    reader = _Reader(where)
    calendars = reader.calendars(mine.get("calendars"))
    try:
        document = structure(_Document, mine, where=where, forms=_FORMS)
    except DefinitionError as error:
        raise DefinitionError(*error.problems, *reader.problems) from None
    return reader.book(document, calendars)


def plain_book(book: AgreementBook) -> dict[str, object]:
    """Return *book* as plain data: see `agreements_to_mapping`."""
    others = [name for name, calendar in book.calendars.items() if not isinstance(calendar, BusinessCalendar)]
    if others:
        problem = f"only declared calendars have a plain form, not {', '.join(map(repr, others))}"
        raise DefinitionError(problem)
    names = partial(_name_in, book.calendars)
    plain = {
        "calendars": {
            name: calendar_to_mapping(calendar)
            for name, calendar in book.calendars.items()
            if isinstance(calendar, BusinessCalendar)
        },
        "agreements": [_plain_agreement(agreement, names) for agreement in book.agreements],
        "operational_agreements": [
            _plain_leg(leg, names) for leg in book.legs if isinstance(leg, OperationalLevelAgreement)
        ],
        "contracts": [_plain_leg(leg, names) for leg in book.legs if isinstance(leg, UnderpinningContract)],
        "chains": [_plain_chain(chain) for chain in book.chains],
    }
    return {key: value for key, value in plain.items() if value}


# -- the shape of the document -----------------------------------------------------------------------


class _Like(StrEnum):
    RESPOND = "respond"
    NEXT_RESPONSE = "next_response"
    UPDATE_CADENCE = "update_cadence"
    RESOLVE = "resolve"


_CONDITIONS = ("start", "stop", "pause", "resume", "reset", "cancel", "reopen")


@frozen
class _Target:
    clock: str
    within: PlainAmount = _NO_TIME
    like: _Like = _Like.RESOLVE
    when: Condition = ALWAYS
    start: Condition | None = None
    stop: Condition | None = None
    pause: Condition | None = None
    resume: Condition | None = None
    reset: Condition | None = None
    cancel: Condition | None = None
    reopen: Condition | None = None
    reopens: bool = True
    on_reopen: Reopening | None = None
    from_own_start: bool = False
    checkpoints: tuple[Checkpoint, ...] = (BREACH,)

    def built(self) -> Promise:
        said = {name: getattr(self, name) for name in (*_CONDITIONS, "on_reopen")}
        changes: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
        if not self.reopens:
            if self.reopen is not None:
                problem = "has a condition to reopen, and reopens = false; leave out one of the two"
                raise DefinitionError(problem)
            changes["reopen"] = None
        usual: Target = getattr(Target, self.like.value)(None)
        target = evolve(
            usual,
            clock=self.clock,
            within=self.within.value,
            checkpoints=self.checkpoints,
            from_own_start=self.from_own_start,
            **changes,
        )
        return Promise(target, self.when)


@frozen
class _Rule:
    calendar: str
    when: Condition


@frozen
class _Agreement:
    name: str = field(validator=named)
    calendar: str
    targets: tuple[_Target, ...]
    when: Condition = ALWAYS
    calendars: tuple[_Rule, ...] = ()
    newest_calendar: bool = False
    scope: Condition = ALWAYS
    local_hours: bool = False


@frozen
class _Leg:
    name: str
    calendar: str
    within: PlainAmount
    when: Condition = ALWAYS
    pause: Condition | None = None
    checkpoints: tuple[Checkpoint, ...] = (BREACH,)
    held_by: str | None = None

    def built(self, calendar: BusinessTime) -> OperationalLevelAgreement | UnderpinningContract:
        return OperationalLevelAgreement(
            self.name, calendar, self.within.value, self.when, checkpoints=self.checkpoints, **self.said()
        )

    def said(self) -> dict[str, Any]:
        said = {"pause": self.pause, "held_by": self.held_by}
        return {name: value for name, value in said.items() if value is not None}


@frozen
class _Contract(_Leg):
    pauses_ours: bool = False

    def built(self, calendar: BusinessTime) -> UnderpinningContract:
        return UnderpinningContract(
            self.name,
            calendar,
            self.within.value,
            self.when,
            checkpoints=self.checkpoints,
            pauses_ours=self.pauses_ours,
            **self.said(),
        )


@frozen
class _Chain:
    clock: str
    legs: tuple[str, ...]
    agreement: str | None = None


@frozen
class _Document:
    calendars: Mapping[str, Any] = field(factory=dict)  # each is read by the room of calendars
    agreements: tuple[_Agreement, ...] = ()
    operational_agreements: tuple[_Leg, ...] = ()
    contracts: tuple[_Contract, ...] = ()
    chains: tuple[_Chain, ...] = ()


# -- checkpoints -------------------------------------------------------------------------------------


@frozen
class _Checkpoint:
    name: str
    percent: int
    offset: timedelta = _ZERO


def _checkpoint(plain: object) -> Checkpoint:
    """
    Return the checkpoint that *plain* describes, such as ``75%``, or a table.

    Raises:
        DefinitionError: If it is written otherwise.
    """
    if isinstance(plain, Mapping):
        table = structure(_Checkpoint, plain, where="a checkpoint")
        return Checkpoint(table.name, table.percent, table.offset)
    name = plain if isinstance(plain, str) else ""
    amount, _, side = name.partition(" ")
    if name == "breach":
        return BREACH
    if name.endswith("%") and name[:-1].isdecimal():
        return Checkpoint.at_share(int(name[:-1]), name=name)
    if side == "before":
        return Checkpoint.before_target(duration(amount), name=name)
    if side == "after":
        return Checkpoint.at_breach(after=duration(amount), name=name)
    problem = f"must be a checkpoint such as '75%', '30min before', 'breach' or '2h after', not {plain!r}"
    raise DefinitionError(problem)


def _plain_checkpoint(checkpoint: Checkpoint) -> object:
    try:
        if _checkpoint(checkpoint.name) == checkpoint:
            return checkpoint.name
    except DefinitionError:
        pass  # it has a name of its own
    return unstructure(_Checkpoint(checkpoint.name, checkpoint.percent, checkpoint.offset))


_FORMS = (
    amount_form,
    Form(Checkpoint, _checkpoint, _plain_checkpoint),
    Form(Condition, condition_from, to_mapping),
)


# -- from the document to the agreements -------------------------------------------------------------


class _Reader:
    """One reading of a document: what was found wrong so far, each with its path."""

    def __init__(self, where: str) -> None:
        self._where = where
        self.problems: list[str] = []

    def note(self, path: str, *problems: str) -> None:
        self.problems.extend(f"{self._where}: {path}: {problem}" for problem in problems)

    def attempt(self, path: str, make: Callable[[], T]) -> T | None:
        """Return what *make* returns, or ``None`` after noting why it returns nothing."""
        try:
            return make()
        except DefinitionError as error:
            self.note(path, *error.problems)
            return None

    def calendars(self, described: object) -> dict[str, BusinessTime]:
        """Return those of the *described* calendars that can be; their tables name those without a name."""
        found: dict[str, BusinessTime] = {}
        for name, plain in described.items() if isinstance(described, Mapping) else ():
            path = f"calendars.{name}"
            try:
                calendar = calendar_from(plain, where=self._where, at=path)
            except DefinitionError as error:
                self.problems.extend(error.problems)
                continue
            named_one = self.attempt(path, partial(_called, calendar, name))
            if named_one is not None:
                found[name] = named_one
        return found

    def book(self, document: _Document, calendars: Mapping[str, BusinessTime]) -> AgreementBook:
        """Return the agreements of *document*, or raise all that is wrong."""

        def calendar_of(path: str, name: str) -> BusinessTime | None:
            if name not in document.calendars:
                known = ", ".join(document.calendars) or "none is declared"
                self.note(path, f"unknown calendar {name!r}; known: {known}")
            return calendars.get(name)

        agreements = [
            self._agreement(f"agreements[{i}]", agreed, calendar_of)
            for i, agreed in enumerate(document.agreements)
        ]
        legs: dict[str, OperationalLevelAgreement | UnderpinningContract | None] = {}
        described: Iterable[tuple[str, Sequence[_Leg]]] = (
            ("operational_agreements", document.operational_agreements),
            ("contracts", document.contracts),
        )
        for table, i, leg in ((table, i, leg) for table, each in described for i, leg in enumerate(each)):
            path = f"{table}[{i}]"
            calendar = calendar_of(f"{path}.calendar", leg.calendar)
            if leg.name in legs:
                self.note(f"{path}.name", f"{leg.name!r} stands twice; every leg has its own name")
            made = None if calendar is None else self.attempt(path, partial(leg.built, calendar))
            legs[leg.name] = made
        chains = [self._chain(f"chains[{i}]", chain, legs) for i, chain in enumerate(document.chains)]
        if self.problems:
            raise DefinitionError(*self.problems)
        return AgreementBook(
            calendars,
            filter(None, agreements),
            filter(None, legs.values()),
            filter(None, chains),
        )

    def _agreement(
        self, path: str, agreed: _Agreement, calendar_of: Callable[[str, str], BusinessTime | None]
    ) -> ServiceLevelAgreement | None:
        calendar = calendar_of(f"{path}.calendar", agreed.calendar)
        rules = [
            (calendar_of(f"{path}.calendars[{i}].calendar", rule.calendar), rule.when)
            for i, rule in enumerate(agreed.calendars)
        ]
        made = [self.attempt(f"{path}.targets[{i}]", target.built) for i, target in enumerate(agreed.targets)]
        promises = [promise for promise in made if promise is not None]
        chosen = [CalendarRule(each, when) for each, when in rules if each is not None]
        if calendar is None or len(promises) < len(made) or len(chosen) < len(rules):
            return None
        return self.attempt(
            path,
            lambda: ServiceLevelAgreement(
                agreed.name,
                calendar,
                promises,
                agreed.when,
                calendars=chosen,
                newest_calendar=agreed.newest_calendar,
                scope=agreed.scope,
                local_hours=agreed.local_hours,
            ),
        )

    def _chain(
        self,
        path: str,
        chain: _Chain,
        legs: Mapping[str, OperationalLevelAgreement | UnderpinningContract | None],
    ) -> LegChain | None:
        for i, name in enumerate(chain.legs):
            if name not in legs:
                known = ", ".join(legs) or "none is declared"
                self.note(f"{path}.legs[{i}]", f"unknown leg {name!r}; known: {known}")
        made = [leg for leg in map(legs.get, chain.legs) if leg is not None]
        if len(made) < len(chain.legs):
            return None
        return self.attempt(path, lambda: LegChain(chain.clock, made, chain.agreement))


def _called(calendar: BusinessCalendar, name: str) -> BusinessCalendar:
    return calendar if calendar.name is not None else evolve(calendar, name=name)


# -- from the agreements to the document -------------------------------------------------------------


def _name_in(calendars: Mapping[str, BusinessTime], calendar: BusinessTime) -> str:
    return next(name for name, each in calendars.items() if each == calendar)


def _plain_agreement(
    agreement: ServiceLevelAgreement, name_of: Callable[[BusinessTime], str]
) -> dict[str, object]:
    return {
        "name": agreement.name,
        "calendar": name_of(agreement.calendar),
        **_plain_when(agreement.when),
        **_unless_empty(
            "calendars",
            [
                {"calendar": name_of(rule.calendar), "when": to_mapping(rule.when)}
                for rule in agreement.calendars
            ],
        ),
        **({"newest_calendar": True} if agreement.newest_calendar else {}),
        **({} if agreement.scope == ALWAYS else {"scope": to_mapping(agreement.scope)}),
        **({"local_hours": True} if agreement.local_hours else {}),
        "targets": [_plain_promise(promise) for promise in agreement.promises],
    }


def _plain_promise(promise: Promise) -> dict[str, object]:
    target = promise.target
    usual = fields_dict(Target)
    conditions = {
        name: to_mapping(condition)
        for name in _CONDITIONS
        if (condition := getattr(target, name)) is not None and condition != usual[name].default
    }
    return {
        "clock": target.clock,
        **({"within": amount_to_plain(target.within)} if target.is_promised else {}),
        **_plain_when(promise.when),
        **conditions,
        **({"reopens": False} if target.reopen is None else {}),
        **({"on_reopen": target.on_reopen.value} if target.on_reopen is not Reopening.CONTINUE else {}),
        **({"from_own_start": True} if target.from_own_start else {}),
        **_plain_checkpoints(target.checkpoints),
    }


def _plain_leg(
    leg: OperationalLevelAgreement | UnderpinningContract, name_of: Callable[[BusinessTime], str]
) -> dict[str, object]:
    usual = fields_dict(type(leg))
    return {
        "name": leg.name,
        "calendar": name_of(leg.calendar),
        "within": amount_to_plain(leg.within),
        **_plain_when(leg.when),
        **({"pause": to_mapping(leg.pause)} if leg.pause != usual["pause"].default else {}),
        **_plain_checkpoints(leg.checkpoints),
        **({"held_by": leg.held_by} if leg.held_by != usual["held_by"].default else {}),
        **({"pauses_ours": True} if isinstance(leg, UnderpinningContract) and leg.pauses_ours else {}),
    }


def _plain_chain(chain: LegChain) -> dict[str, object]:
    agreement = {} if chain.agreement is None else {"agreement": chain.agreement}
    return {"clock": chain.clock, **agreement, "legs": [leg.name for leg in chain.legs]}


def _plain_when(when: Condition) -> dict[str, object]:
    return {} if when == ALWAYS else {"when": to_mapping(when)}


def _plain_checkpoints(checkpoints: tuple[Checkpoint, ...]) -> dict[str, object]:
    if checkpoints == (BREACH,):
        return {}
    return {"checkpoints": [_plain_checkpoint(each) for each in checkpoints]}


def _unless_empty(key: str, values: list[dict[str, object]]) -> dict[str, object]:
    return {key: values} if values else {}
