"""
Doing a thing once, however often it is asked for.

Who cannot know whether a command was done, since the connection was lost before the answer came, gives it an
idempotency key and asks again with the same. What was asked for and what was answered stand in the ledger
of the store, written in the unit of work of the effect: so they are there exactly if the effect is.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from attrs import field, frozen

from itsmkit._problems import is_name, shown
from itsmkit.errors import DefinitionError, IdempotencyError
from itsmkit.plugin import UnitOfWork, documents
from itsmkit.tickets import Actor

__all__ = ["Answer", "Plain", "Request"]

MAX_KEY_LENGTH = 255
"""How many characters an idempotency key has at most: so that every database can look it up."""

Plain = Mapping[str, Any]
"""Plain data, as it stands in the ledger."""

Result = TypeVar("Result")


class Answer(NamedTuple, Generic[Result]):
    """
    How what a command returns is kept, to be returned again.

    Args:
        write: Makes of it plain data that JSON holds: as little as is enough to find it again.
        read: Makes it again, of that and of what the store keeps.
    """

    write: Callable[[Result], Plain]
    read: Callable[[Plain, UnitOfWork], Result]


def _short(_request: object, _attribute: object, key: str) -> None:
    if not (is_name(key) and key.isprintable() and len(key) <= MAX_KEY_LENGTH):
        problem = (
            f"idempotency_key must be printable text of at most {MAX_KEY_LENGTH} characters, without "
            f"surrounding spaces, such as a UUID; not {shown(key)}"
        )
        raise DefinitionError(problem)


@frozen
class Request:
    """
    Something that is to be done once.

    Args:
        key: The idempotency key.
        digest: The digest of what is asked for.

    Raises:
        DefinitionError: If *key* is no text that a store can keep.
    """

    key: str = field(validator=_short)
    digest: str

    @classmethod
    def of(cls, key: str, command: str, actor: Actor, arguments: Sequence[object]) -> "Request":
        """
        Return what is asked for: a command, by whom, with which arguments.

        The last ones do not count as long as they say nothing, so that a command may get further ones.

        Raises:
            DefinitionError: If *key* is none, or an argument has no plain form, with its path.
        """
        given = list(arguments)
        while given and _says_nothing(given[-1]):
            given.pop()
        where = f"{command} with an idempotency key"
        plain = [documents.to_plain(each, where=where) for each in given]
        return cls(key, documents.digest({"command": command, "actor": actor.id, "arguments": plain}))

    def known(self, unit: UnitOfWork) -> Plain | None:
        """
        Return what was answered when it was done; ``None`` if it was not.

        Raises:
            IdempotencyError: If something else was done under its key.
        """
        entry = unit.remembered(self.key)
        if entry is None:
            return None
        if entry.request != self.digest:
            raise IdempotencyError(self.key, entry.at)
        return entry.answer


def _says_nothing(value: object) -> bool:
    return value is None or value is False or (isinstance(value, str | tuple | dict) and not value)
