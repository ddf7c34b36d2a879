"""
Whatever a command is handed, it answers or refuses with an error of itsmkit, and a refusal changes nothing.

What each command is handed when all is right is seen by asking for every use case; then each argument in turn
is replaced by something that it must not be.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from inspect import signature
from typing import Any, NamedTuple

import pytest

from itsmkit.desk import Desk, InMemoryStore
from itsmkit.errors import DefinitionError, ItsmkitError
from itsmkit.plugin import RowKind, StoreRow
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
