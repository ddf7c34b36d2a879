"""A kind of records with a form of its own: how its values become what a store keeps, and are read again."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Generic, Protocol, TypeVar, cast

import attrs
from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._documents import Form
from itsmkit._frozen import as_tuple, thawed
from itsmkit._problems import shown
from itsmkit.conditions import Condition, parse_condition, to_text
from itsmkit.errors import DefinitionError
from itsmkit.plugin import Record
from itsmkit.plugin._json_pointers import escaped
from itsmkit.plugin.documents import Document, Documents, DocumentType, Upgrade

__all__ = ["Kept", "RecordKind"]


class Kept(Protocol):
    """What the value of a record, which is an attrs value, tells of itself."""

    @property
    def id(self) -> str:
        """What it is called among those of its kind."""

    @property
    def version(self) -> int:
        """How many events have made it; 0 for what was never saved."""


Value = TypeVar("Value", bound=Kept)


def _condition_from(plain: object) -> Condition:
    if not isinstance(plain, str):
        problem = f"must be the text of a condition, not {shown(plain)}"
        raise DefinitionError(problem)
    return parse_condition(plain)


_EACH = "*"

_FORMS = (Form(Condition, _condition_from, to_text),)


@frozen(eq=False)
class RecordKind(Generic[Value]):
    """
    A kind of records.

    The value of a record is a frozen attrs value with an ``id`` and a ``version``; the version is that of the
    record, and no part of its document. Fields are written as `itsmkit.plugin.documents` writes them;
    conditions are written as text.

    Args:
        name: The kind, such as ``"article"``; it stays for ever.
        value: The class of the values.
        upgrades: What turns documents of schema 1 into 2, and so on: see `DocumentType`.
        parts: The classes that stand in a field in place of their base class.
        forms: The plain forms of further classes that fields have.
        personal: What is personal in a document: the paths of fields, in which ``*`` stands for each of
            several, such as ``"answers.*.text"``. What they lead to is text, so that it can be erased.
        personal_said: What is personal in what is said besides (see `Outcome.said`), by name.

    Raises:
        DefinitionError: If *value* is no attrs class with these fields.
    """

    name: str = field(validator=named)
    value: type[Value]
    upgrades: tuple[Upgrade, ...] = field(default=(), converter=as_tuple, kw_only=True)
    parts: tuple[DocumentType, ...] = field(default=(), converter=as_tuple, kw_only=True)
    forms: tuple[Form, ...] = field(default=(), converter=as_tuple, kw_only=True)
    personal: tuple[str, ...] = field(default=(), converter=as_tuple, kw_only=True)
    personal_said: tuple[str, ...] = field(default=(), converter=as_tuple, kw_only=True)
    _documents: Documents = field(init=False, repr=False)

    @_documents.default
    def _of_its_own(self) -> Documents:
        lacking = [each for each in ("id", "version") if each not in _fields(self.value)]
        if lacking:
            problem = (
                f"the values of records of the kind {self.name!r} must have the fields id and version; "
                f"{self.value.__qualname__} lacks {' and '.join(lacking)}"
            )
            raise DefinitionError(problem)
        kind = DocumentType(self.name, self.value, upgrades=self.upgrades, without=["version"])
        return Documents([kind, *self.parts], forms=(*_FORMS, *self.forms))

    def to_document(self, value: Value) -> Document:
        """
        Return the document of a value.

        Raises:
            DefinitionError: With each part of it that has no plain form.
        """
        return self._documents.to_document(value)

    def from_document(self, document: Mapping[str, object], version: int) -> Value:
        """
        Return the value of a document, of whatever release, as the record is in a *version*.

        Raises:
            DefinitionError: With everything in it that cannot be read, and its path.
        """
        value = self._documents.from_document(thawed(document))
        return cast("Value", attrs.evolve(value, version=version))

    def personal_in(self, data: Mapping[str, object]) -> tuple[str, ...]:
        """Return where something personal stands in the data of an event, as JSON Pointers (RFC 6901)."""
        paths = [("changes", *path.split(".")) for path in self.personal]
        paths += ((name,) for name in self.personal_said)
        return tuple(place for path in paths for place in _places(data, path, ""))

    def of(self, record: Record) -> Value:
        """
        Return the value of a record that is no tombstone.

        Raises:
            DefinitionError: As `from_document`, with the id of the record.
        """
        try:
            return self.from_document(record.document, record.version)
        except DefinitionError as error:
            raise DefinitionError(
                *(f"{record.kind} {record.id!r}: {problem}" for problem in error.problems)
            ) from None


def _fields(kind: type) -> Iterable[str]:
    return attrs.fields_dict(kind) if attrs.has(kind) else ()


def _places(plain: object, path: tuple[str, ...], place: str) -> Iterator[str]:
    """Yield the places of texts to which *path* leads from *plain*, which stands at *place*."""
    if not path:
        if isinstance(plain, str):
            yield place
        return
    name, rest = path[0], path[1:]
    if isinstance(plain, Mapping):
        for key in plain if name == _EACH else (name,):
            if key in plain:
                yield from _places(plain[key], rest, f"{place}/{escaped(key)}")
    elif isinstance(plain, tuple | list) and name == _EACH:
        for number, each in enumerate(plain):
            yield from _places(each, rest, f"{place}/{number}")
