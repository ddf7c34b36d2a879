"""Checks of what commands are handed, which come from people and programs of all kinds."""

from typing import TypeVar

from itsmkit._problems import instance_problems
from itsmkit.errors import DefinitionError

__all__ = ["instance", "text"]

Kind = TypeVar("Kind")


def instance(what: str, value: Kind, kind: type[Kind]) -> Kind:
    """
    Return *value* if it is a *kind*.

    Args:
        what: The name of the argument for the error's sentence.
        value: Anything.
        kind: What it must be.

    Raises:
        DefinitionError: If it is something else.
    """
    problems = [*instance_problems(what, value, kind)]
    if problems:
        raise DefinitionError(*problems)
    return value


def text(what: str, value: str) -> str:
    """Return *value* if it is text: see `instance`."""
    return instance(what, value, str)
