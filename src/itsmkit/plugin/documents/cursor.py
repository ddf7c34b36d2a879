"""How far a reader of a feed has read."""

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError

__all__ = ["Cursor", "counted"]


def counted(row: object, attribute: object, value: int) -> None:
    """Refuse what is no whole number, or less than 0: a validator of attrs."""
    if type(value) is not int or value < 0:
        name = getattr(attribute, "name", "")
        problem = f"{type(row).__name__}.{name} must be a whole number of 0 or more, not {shown(value)}"
        raise DefinitionError(problem)


@frozen
class Cursor:
    """
    How far somebody has read a feed.

    Args:
        reader: The name of the reader.
        position: The position of the last event that was read.
    """

    reader: str = field(validator=named)
    position: int = field(validator=counted)
