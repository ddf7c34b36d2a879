"""What finds tickets and records: a condition, in one of the forms that people write it in."""

from collections.abc import Mapping

from itsmkit.conditions import Condition, condition_from

__all__ = ["Where", "condition"]

Where = Condition | str | Mapping[str, object]
"""A condition, its text, or its mapping form."""


def condition(where: Where) -> Condition:
    """
    Return the condition that *where* is, or spells.

    Raises:
        DefinitionError: With all that is wrong with it, each with its place.
    """
    return where if isinstance(where, Condition) else condition_from(where, where="where")
