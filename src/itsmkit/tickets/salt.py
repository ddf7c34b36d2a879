"""Salts: what nobody can guess, so that a digest with it says nothing of what it is of."""

import re
from typing import TYPE_CHECKING

from itsmkit._problems import shown
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from attrs import Attribute

__all__ = ["is_salt", "salt_or_none"]

_SALT = re.compile("[0-9a-f]{32}")


def is_salt(value: object) -> bool:
    """Tell whether *value* is a salt: 32 hexadecimal digits."""
    return isinstance(value, str) and _SALT.fullmatch(value) is not None


def salt_or_none(instance: object, attribute: "Attribute[str] | None", value: str) -> None:
    """
    Validate the field of an event that holds its salt, or is empty.

    Raises:
        DefinitionError: If it holds anything else.
    """
    if value != "" and not is_salt(value):
        name = f"{type(instance).__name__}.{attribute.name if attribute else 'salt'}"
        problem = f"{name} must be 32 hexadecimal digits, or empty, not {shown(value)}"
        raise DefinitionError(problem)
