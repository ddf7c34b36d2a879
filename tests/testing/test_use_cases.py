"""Everything that a desk can be asked to do stands among the use cases."""

import inspect
from collections.abc import Iterator
from typing import Any

from itsmkit.desk import Desk, InMemoryStore, WorkCommands
from itsmkit.testing.faults import Faults
from itsmkit.testing.use_cases import USE_CASES, Stage, command_of

READS = {
    *("acting_as", "close", "events", "experience", "feed", "figures", "from_config", "may"),
    *("next_deadlines", "next_due", "of_tenant", "open", "parked_timers", "portal", "privileged", "report"),
    *("value", "what_if", "work"),
    "messages",
}
"""What a desk does that changes nothing in its store."""


def commands() -> Iterator[str]:
    """Go through all that changes something: of the rooms, whatever is done by somebody."""
    for name, member in inspect.getmembers(Desk):
        if name.startswith("_") or name in READS:
            continue
        if inspect.isfunction(member):
            yield name
        if isinstance(member, property):
            room = type(getattr(Desk(), name))
            # What all kinds of work share is one and the same, and incidents stand for it.
            shared = vars(WorkCommands) if issubclass(room, WorkCommands) and name != "incidents" else {}
            for command, method in inspect.getmembers(room, inspect.isfunction):
                if command in shared:
                    continue
                takes = inspect.signature(method).parameters
                if not command.startswith("_") and ("by" in takes or "idempotency_key" in takes):
                    yield f"{name}.{command}"


def test_every_command_has_a_use_case() -> None:
    assert {each.command for each in USE_CASES} == set(commands())


def test_no_two_use_cases_have_one_name() -> None:
    names = [each.name for each in USE_CASES]
    assert sorted(set(names)) == sorted(names)


def test_a_command_is_found_by_its_name() -> None:
    desk = Desk()
    assert command_of(desk, "deliver") == desk.deliver
    found: Any = command_of(desk, "tickets.comment")
    assert (found.__self__, found.__name__) == (desk.tickets, "comment")


def test_a_key_is_given_to_those_commands_that_take_one() -> None:
    desk = Stage.on(InMemoryStore(), Faults()).desk
    for each in USE_CASES:
        takes_one = "idempotency_key" in inspect.signature(command_of(desk, each.command)).parameters
        assert each.once(desk, "key") == ({"idempotency_key": "key"} if takes_one else {})
