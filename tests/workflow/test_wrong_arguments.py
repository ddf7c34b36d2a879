"""Whatever the values of approvals and tasks are made of: they are made, or it is told what is wrong."""

import inspect
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import attrs
import pytest

from itsmkit.errors import ItsmkitError
from itsmkit.workflow import approvals, tasks


def wrong_arguments() -> Iterator[Any]:
    """Go through all arguments of all values, each with two values that it cannot take for several."""
    for room in (approvals, tasks):
        for name in room.__all__:
            kind = getattr(room, name)
            if not (isinstance(kind, type) and attrs.has(kind)) or inspect.isabstract(kind):
                continue
            parameters = inspect.signature(kind).parameters.values()
            needed = {each.name: "x" for each in parameters if each.default is inspect.Parameter.empty}
            for each in parameters:
                for wrong in (None, 7):
                    arguments = {**needed, each.name: wrong}
                    yield pytest.param(kind, arguments, id=f"{name}-{each.name}-{wrong}")


@pytest.mark.parametrize(("kind", "arguments"), [*wrong_arguments()])
def test_a_wrong_argument_makes_no_error_but_one_that_tells(kind: type, arguments: dict[str, object]) -> None:
    with suppress(ItsmkitError):
        kind(**arguments)
