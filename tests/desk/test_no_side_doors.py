"""Tickets are read by one door: no other module of the desk asks the store for them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import itsmkit.desk

ROOM = Path(next(iter(itsmkit.desk.__path__)))
READS = frozenset({"find", "count", "tickets", "find_ticket", "events"})
"""The methods of a store that give away tickets or what happened to them."""

ALLOWED = {
    "_reading.py": "the door itself",
    "_granted.py": "access grants, from which only roles are read",
    "_load_book.py": "how much work somebody has, which tells of no ticket",
    "_delivery.py": "observers, which are plugins of the host",
    "batch.py": "a store",
    "_feeding.py": "an index, of which nothing is shown before a reader has let it through",
    "_fulfilment.py": "an order and its tasks, which go on whoever may see them",
    "ordering.py": "an order that its actor may see or place, and what follows from it",
    "surveys.py": "who is asked about a ticket, may be told of it",
    "_rule_runs.py": "rules of automation, each of which acts with the rights of its actor",
    "automation.py": "the feed, of which a rehearsal shows nothing before a reader has let it through",
    "replay.py": "a program of the host, which asks for a privileged context",
}


def side_doors(text: str) -> Iterator[str]:
    """Go through the calls in *text* that ask something called ``store`` for tickets."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and node.attr in READS:
            asked = ast.unparse(node.value)
            if asked.endswith("store"):
                yield f"{asked}.{node.attr} in line {node.lineno}"


@pytest.mark.parametrize("module", sorted(ROOM.glob("*.py")), ids=lambda path: path.name)
def test_no_module_has_a_side_door(module: Path) -> None:
    found = [*side_doors(module.read_text("utf-8"))]
    if module.name in ALLOWED:
        return
    assert found == [], "read tickets by Runner.reader(...), so that who may not see them does not"


def test_a_side_door_is_found() -> None:
    assert [*side_doors("x = self._runner.store.find(query)\n")] == ["self._runner.store.find in line 1"]
    assert [*side_doors("x = reader.find(query)\n")] == []
