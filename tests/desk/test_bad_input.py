"""
Whatever a command is handed, it answers or refuses with an error of itsmkit, and a refusal changes nothing.

What each command is handed when all is right is seen by asking for every use case; then each argument in turn
is replaced by something that it must not be.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from inspect import getmembers, isroutine, signature
from typing import Any, NamedTuple

import pytest
from attrs import evolve

from itsmkit.desk import Desk, InMemoryStore
from itsmkit.errors import DefinitionError, ItsmkitError
from itsmkit.plugin import RowKind, StoreRow
from itsmkit.practices.access import AccessRules, Role, Scope
from itsmkit.testing.faults import Faults
from itsmkit.testing.use_cases import USE_CASES, Stage, UseCase
from itsmkit.tickets import Actor


class Call(NamedTuple):
    """How a command was called."""

    command: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


class Witness:
    """
    Stands for a desk, or a part of it, and notes how it is called.

    Args:
        part: What it stands for.
        calls: Where calls are noted.
        path: How one comes to *part* from the desk.
    """

    def __init__(self, part: Any, calls: list[Call], path: str = "") -> None:
        self._part, self._calls, self._path = part, calls, path

    def __getattr__(self, name: str) -> "Witness":
        return Witness(getattr(self._part, name), self._calls, f"{self._path}.{name}".lstrip("."))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self._calls.append(Call(self._path, args, kwargs))
        return self._part(*args, **kwargs)


class Untold:
    """A class that nobody knows."""


def bad_values() -> Iterator[Any]:
    deep: Any = "bottom"
    for _ in range(5_000):
        deep = {"a": deep}
    yield from (
        *(
            5,
            -1,
            10**30,
            1.5,
            float("nan"),
            True,
            b"bytes",
            Untold(),
            Untold,
            [],
            ["x"],
            {},
            (),
            Decimal("NaN"),
        ),
        *("", " ", " padded ", "no such thing", "x" * 2_000_000),
        *("a\x00b", "a\nb", "right \u202e to left", "half \ud800", "\u2066isolated"),
        *({"a": Untold()}, {5: 5}, deep),
        *(datetime(2026, 3, 2), timedelta.max, Actor("mallory")),  # noqa: DTZ001 - that is what is bad
    )


BAD_VALUES = [*bad_values()]


def stage() -> Stage:
    return Stage.on(InMemoryStore(), Faults())


def kept(there: Stage) -> list[StoreRow]:
    """Return all that is kept but the series of numbers: those of what was refused are left out."""
    return [row for row in there.store.dump() if row.kind is not RowKind.SERIES]


def call_of(case: UseCase) -> Call | None:
    """Return how a use case calls its command; ``None`` for what is no single call with arguments."""
    calls: list[Call] = []
    there = stage()
    given = case.before(there)
    witness: Any = Witness(there.desk, calls)
    case.ask(witness, given, {})
    found = [each for each in calls if each.command == case.command and (each.args or each.kwargs)]
    return found[0] if found else None


def replaced(call: Call, value: Any, options: Iterable[str]) -> Iterator[tuple[str, Call]]:
    """Go through *call* with each of its arguments replaced by *value*."""
    for place in range(len(call.args)):
        yield f"argument {place}", call._replace(args=(*call.args[:place], value, *call.args[place + 1 :]))
    for name in call.kwargs:
        yield name, call._replace(kwargs={**call.kwargs, name: value})
    for name in options:
        yield name, call._replace(kwargs={**call.kwargs, name: value})


def command(desk: Desk, path: str) -> Callable[..., Any]:
    found: Any = desk
    for name in path.split("."):
        found = getattr(found, name)
    method: Callable[..., Any] = found
    return method


CASES = [
    pytest.param(case, id=case.name)
    for case in USE_CASES
    if case.command.split(".")[0] not in ("batch", "forget", "deliver") and "." in case.command
]


@pytest.mark.no_cover  # a law: what is refused, and where, is covered by examples
@pytest.mark.parametrize("case", CASES)
def test_what_it_is_handed_is_refused_or_done(case: UseCase) -> None:
    call = call_of(case)
    if call is None:
        return
    there = stage()
    case.before(there)
    before = kept(there)
    # Who answers a survey is known by the token.
    options = {"by", "idempotency_key"}.intersection(signature(command(there.desk, case.command)).parameters)
    for value in BAD_VALUES:
        for _, bad in replaced(call, value, options):
            try:
                command(there.desk, case.command)(*bad.args, **bad.kwargs)
            except ItsmkitError:
                assert kept(there) == before
            else:
                # It was as good as another: what came of it can be written, and read again.
                assert there.steady.audit.verify().findings == ()
                there = stage()
                case.before(there)
                before = kept(there)


@pytest.mark.parametrize("value", [5, "1h", None, True, float("nan"), timedelta(0)])
def test_what_is_no_length_of_time_is_refused(value: Any) -> None:
    desk = stage().steady
    asks: list[Callable[[], object]] = [
        lambda: desk.run_due(lease=value),
        lambda: desk.deliver(lease=value),
        lambda: desk.forget(older_than=value),
    ]
    for ask in asks:
        with pytest.raises(DefinitionError, match="must be"):
            ask()


# -- what the desk itself is asked -------------------------------------------------------------------------

DESK_CALLS: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "may": (("tickets.comment", None), {}),
    "acting_as": ((Actor("ann"),), {}),
    "privileged": (("worker",), {}),
    "of_tenant": (("acme",), {}),
    "work": (("incident",), {}),
    "events": ((), {"after": 0, "limit": 10}),
    "feed": ((), {}),
    "report": (("incident",), {}),
    "figures": (("priority",), {"where": "is_open = true"}),
    "experience": ((), {"where": "is_open = true", "weights": None}),
    "value": ((), {"self_service": 3}),
    "portal": ((Actor("ann"),), {}),
    "messages": (("ann",), {"language": "de", "time_zone": "Europe/Berlin"}),
    "next_due": ((), {}),
    "next_deadlines": ((5,), {}),
    "parked_timers": ((), {}),
    "what_if": (([],), {}),
    "run_due": ((), {"lease": timedelta(minutes=1), "stop": bool, "turn": None}),
    "deliver": ((), {"lease": timedelta(minutes=1), "stop": bool, "turn": None}),
    "reread_agreements": ((), {"limit": 10, "stop": bool, "turn": None}),
    "forget": ((), {"older_than": timedelta(days=2)}),
}
"""Each method of a desk that takes arguments, and what it may be handed."""

NOT_ASKED = {"batch", "close", "from_config", "open"}


def test_every_method_of_a_desk_is_handed_what_is_wrong() -> None:
    methods = {name for name, _ in getmembers(Desk, isroutine) if not name.startswith("_")}
    assert methods == DESK_CALLS.keys() | NOT_ASKED
    for name, (args, kwargs) in DESK_CALLS.items():
        assert len(signature(getattr(Desk, name)).parameters) - 1 == len(args) + len(kwargs), name


@pytest.mark.parametrize("rules", [False, True], ids=["open", "with rules of access"])
@pytest.mark.parametrize("name", DESK_CALLS)
def test_what_a_desk_is_handed_is_refused_or_answered(name: str, rules: bool) -> None:
    there = stage()
    incident = there.steady.incidents.log("No network", impact="high", urgency="high")
    desk = there.steady
    if rules:
        admin = Role("admin", sees=[Scope()], permits=["*"])
        config = evolve(desk.config, access=AccessRules([admin], default=["admin"]))
        desk = Desk(config, store=there.store, clock=there.clock).acting_as(Actor("ann"))
    args, kwargs = DESK_CALLS[name]
    if name == "may":
        args = ("tickets.comment", incident)
    ask = getattr(desk, name)
    gone_through(ask(*args, **kwargs))
    before = [row for row in kept(there) if row.kind is not RowKind.RECORD]
    for value in BAD_VALUES:
        for _, bad in replaced(Call(name, args, kwargs), value, ()):
            with suppress(ItsmkitError):
                gone_through(ask(*bad.args, **bad.kwargs))
            assert [row for row in kept(there) if row.kind is not RowKind.RECORD] == before
    # Nothing that was handed in stays with it.
    assert desk.tickets.get(incident.id) == incident


def gone_through(answer: object) -> None:
    """Go through what is answered bit by bit."""
    if isinstance(answer, Iterator):
        for _ in answer:
            pass


@pytest.mark.parametrize(
    ("ask", "problem"),
    [
        pytest.param(lambda desk: desk.what_if("ab"), "agreements: must be an Iterable", id="a text"),
        pytest.param(
            lambda desk: desk.what_if([*desk.config.agreements, "gold", 7]),
            r"agreements\[\d\]: must be a ServiceLevelAgreement, not str 'gold'",
            id="names of agreements",
        ),
        pytest.param(lambda desk: desk.may(5), "operation: must be text", id="a number as operation"),
        pytest.param(lambda desk: desk.may("x", "INC-1"), "ticket: must be a Ticket", id="a number"),
        pytest.param(lambda desk: desk.next_deadlines("5"), "limit: must be a whole number", id="text"),
        pytest.param(lambda desk: desk.acting_as("ann"), "actor: must be an Actor", id="a name"),
        pytest.param(lambda desk: desk.events(after=-1), "after must be 0 or more, not -1", id="before all"),
        pytest.param(lambda desk: desk.events(limit=0), "limit must be 1 or more, not 0", id="none"),
        pytest.param(lambda desk: desk.run_due(stop=True), "stop: must be a Callable", id="no question"),
        pytest.param(lambda desk: desk.deliver(turn=5), "turn: must be a timedelta", id="a number as turn"),
        pytest.param(lambda desk: desk.reread_agreements(limit=0), "limit must be 1 or more", id="nothing"),
        pytest.param(lambda desk: desk.report(None), "kind: must be text", id="no kind"),
        pytest.param(lambda desk: desk.work(["a"]), "kind: must be text", id="several kinds"),
    ],
)
def test_a_desk_tells_what_is_wrong(ask: Callable[[Desk], object], problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        ask(stage().steady)
