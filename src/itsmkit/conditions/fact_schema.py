"""
What facts there are, and of which kind: what conditions, forms and queries are checked against.

.. code-block:: text

    priority    = { kind = "text", choices = ["P1", "P2", "P3"], optional = false }
    waited      = { kind = "duration" }
    vip         = "truth"                            the same as { kind = "truth" }
    labels      = "collection"
"""

import reprlib
from collections.abc import Iterable, Mapping
from enum import StrEnum

import attrs
from attrs import frozen

from itsmkit._frozen import FrozenDict
from itsmkit.conditions._plain_scalars import from_plain, to_plain
from itsmkit.conditions._scalars import Kind, Scalar, classified, plain_scalar
from itsmkit.conditions._wording import close_to, told
from itsmkit.errors import DefinitionError

__all__ = ["FactKind", "FactSchema", "FactType", "kind_of", "schema_from", "schema_to_mapping"]


class FactKind(StrEnum):
    """What the value of a fact is: one of the kinds that conditions compare, or a collection."""

    TEXT = "text"
    TRUTH = "truth"
    """True or false."""

    NUMBER = "number"
    INSTANT = "instant"
    """A datetime with a zone."""

    DURATION = "duration"
    COLLECTION = "collection"
    """Several values: a tuple, list, set, frozenset or mapping. Nothing but its presence can be asked."""


_KINDS = {
    Kind.TEXT: FactKind.TEXT,
    Kind.TRUTH: FactKind.TRUTH,
    Kind.NUMBER: FactKind.NUMBER,
    Kind.INSTANT: FactKind.INSTANT,
    Kind.DURATION: FactKind.DURATION,
}
_WITHOUT_CHOICES = frozenset({FactKind.TRUTH, FactKind.COLLECTION})


def kind_of(value: Scalar) -> FactKind:
    """Return the kind of a literal."""
    found = classified(value)
    assert found is not None  # noqa: S101  # a literal has a kind
    return _KINDS[found[0]]


def _kind(kind: str) -> FactKind:
    try:
        return FactKind(kind)
    except ValueError:
        problem = f"unknown kind {kind!r}; known: {', '.join(FactKind)}"
        raise DefinitionError(problem) from None


def _choices(choices: Iterable[Scalar] | None) -> tuple[Scalar, ...] | None:
    if choices is None:
        return None
    if isinstance(choices, str):  # iterable, but never meant letter by letter
        problem = f"choices are several values, not the text {choices!r}; put it into a tuple"
        raise DefinitionError(problem)
    return tuple(plain_scalar(choice, "a choice") for choice in choices)


@frozen
class FactType:
    """
    What values a fact can have.

    Args:
        kind: A `FactKind`, or its text.
        choices: All values that there are, each of the kind; ``None`` for any value of the kind. The choices
            of a text have no order, whatever the code points say.
        optional: Whether the fact may be missing, which is to say that it is not present: see `Presence`.

    Raises:
        DefinitionError: With every problem: an unknown kind, no choice at all, a choice of another kind, one
            that is blank or given twice, choices for true or false or for a collection.
    """

    kind: FactKind = attrs.field(converter=_kind)
    choices: tuple[Scalar, ...] | None = attrs.field(default=None, converter=_choices, kw_only=True)
    optional: bool = attrs.field(default=True, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = (
            []
            if isinstance(self.optional, bool)
            else [f"optional must be true or false, not {told(self.optional)}"]
        )
        if self.choices is not None:
            problems += self._wrong_choices(self.choices)
        if problems:
            raise DefinitionError(*problems)

    @property
    def is_ordered(self) -> bool:
        """Whether values can be compared by less and greater."""
        return self.kind not in _WITHOUT_CHOICES and not (self.kind is FactKind.TEXT and self.choices)

    def has_choice(self, value: object) -> bool:
        """Tell whether *value* is one of the choices, or whether there are none to choose from."""
        return self.choices is None or classified(value) in map(classified, self.choices)

    def _wrong_choices(self, choices: tuple[Scalar, ...]) -> list[str]:
        if self.kind in _WITHOUT_CHOICES:
            return [f"a fact of kind {self.kind} has no choices; leave them out"]
        if not choices:
            return ["choices are at least one value; leave them out if any value will do"]
        problems = [
            f"each choice must be of kind {self.kind}, not {told(choice)}"
            for choice in choices
            if kind_of(choice) is not self.kind
        ]
        problems += [
            f"{told(choice)} is no value and cannot be chosen"
            for choice in choices
            if isinstance(choice, str) and not choice.strip()
        ]
        seen = set()
        for choice in choices:
            if classified(choice) in seen:
                problems.append(f"{told(choice)} is given twice")
            seen.add(classified(choice))
        return problems


def _types(types: Mapping[str, FactType]) -> FrozenDict[str, FactType]:
    problems = [
        f"the name of a fact is text without surrounding spaces, not {told(name)}"
        for name in types
        if not _is_name(name)
    ]
    problems += [
        f"{name}: must be a FactType, not {told(found)}"
        for name, found in types.items()
        if not isinstance(found, FactType)
    ]
    if problems:
        raise DefinitionError(*problems)
    return FrozenDict(types)


@frozen
class FactSchema:
    """
    Which facts there are: each name with its type. There are no others.

    Args:
        types: The types by the names of the facts.

    Raises:
        DefinitionError: With every name that is none, and everything that is no type.

    >>> tickets = FactSchema({"priority": FactType("text", choices=["P1", "P2"], optional=False)})
    >>> tickets | FactSchema({"waited": FactType("duration")})
    ... # doctest: +ELLIPSIS
    FactSchema(types={'priority': FactType(kind=<FactKind.TEXT: 'text'>, ...), 'waited': FactType(...)})
    """

    types: Mapping[str, FactType] = attrs.field(converter=_types)

    def __or__(self, other: "FactSchema") -> "FactSchema":
        """
        Return the schema of the facts of both.

        Raises:
            DefinitionError: With every fact that both know, as different types.
        """
        if not isinstance(other, FactSchema):
            return NotImplemented
        problems = [
            f"{name} is declared twice, and differently; leave one of them out"
            for name, found in other.types.items()
            if self.types.get(name, found) != found
        ]
        if problems:
            raise DefinitionError(*problems)
        return FactSchema({**self.types, **other.types})


def schema_from(document: object, *, where: str = "") -> FactSchema:
    """
    Return the schema that *document* describes: the inverse of `schema_to_mapping`.

    Args:
        document: A mapping of plain data; each fact is a kind, or a mapping of ``kind`` and, if need be,
            ``choices`` and ``optional``. Choices are written as the values in the mapping form of conditions.
        where: The path of *document* in what it was taken from, which then starts every problem's path.

    Raises:
        DefinitionError: With every problem and its path.

    >>> schema_from({"priority": {"kind": "text", "choices": ["P1", 2]}, "vip": "thruth"}, where="facts")
    Traceback (most recent call last):
        ...
    itsmkit.errors.DefinitionError: 2 problems:
    - facts.priority: each choice must be of kind text, not the number 2
    - facts.vip: unknown kind 'thruth'; did you mean truth?
    """
    reader = _Reader()
    types = reader.types(document, where)
    if reader.problems:
        raise DefinitionError(*reader.problems)
    return FactSchema(types)


def schema_to_mapping(schema: FactSchema) -> dict[str, object]:
    """
    Return *schema* as plain data that TOML and JSON can hold: the inverse of `schema_from`.

    >>> schema_to_mapping(FactSchema({"vip": FactType("truth", optional=False)}))
    {'vip': {'kind': 'truth', 'optional': False}}
    """
    return {name: _type_to_mapping(found) for name, found in schema.types.items()}


def _type_to_mapping(found: FactType) -> dict[str, object]:
    mapping: dict[str, object] = {"kind": found.kind.value}
    if found.choices is not None:
        mapping["choices"] = [to_plain(choice) for choice in found.choices]
    if not found.optional:
        mapping["optional"] = False
    return mapping


class _Reader:
    """One reading of a document, and what was found wrong so far."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def types(self, document: object, path: str) -> dict[str, FactType]:
        if not isinstance(document, Mapping):
            self._note(path or "schema", f"must be a mapping from facts to their types, not {told(document)}")
            return {}
        types = {}
        for name, content in document.items():
            if not _is_name(name):
                self._note(
                    path or "schema",
                    f"the name of a fact is text without surrounding spaces, not {told(name)}",
                )
            elif (found := self._type(content, _join(path, name))) is not None:
                types[name] = found
        return types

    def _type(self, content: object, path: str) -> FactType | None:
        table = {"kind": content} if isinstance(content, str) else content
        if not isinstance(table, Mapping):
            self._note(path, f"must be a kind or a mapping, not {told(content)}")
            return None
        known = [each.name for each in attrs.fields(FactType)]
        for key in table:
            if key not in known:
                self._note(path, f"unknown key {reprlib.repr(key)}; known: {', '.join(known)}")
        kind = self._kind(table.get("kind"), path)
        choices = self._choices(table.get("choices"), _join(path, "choices"))
        optional = table.get("optional", True)
        if not isinstance(optional, bool):
            self._note(_join(path, "optional"), f"must be true or false, not {told(optional)}")
        if kind is None or not isinstance(optional, bool):
            return None
        try:
            return FactType(kind, choices=choices, optional=optional)
        except DefinitionError as error:
            for problem in error.problems:
                self._note(path, problem)
            return None

    def _kind(self, kind: object, path: str) -> FactKind | None:
        if isinstance(kind, str):
            try:
                return FactKind(kind)
            except ValueError:
                close = close_to(kind, FactKind)
                hint = f"did you mean {close}?" if close else f"known: {', '.join(FactKind)}"
                self._note(path, f"unknown kind {reprlib.repr(kind)}; {hint}")
        else:
            found = "has no kind" if kind is None else f"the kind must be a text, not {told(kind)}"
            self._note(path, f"{found}; known: {', '.join(FactKind)}")
        return None

    def _choices(self, content: object, path: str) -> list[Scalar] | None:
        if content is None:
            return None
        if not isinstance(content, list | tuple):
            self._note(path, f"must be a list of values, not {told(content)}")
            return None
        choices = []
        for index, choice in enumerate(content):
            try:
                choices.append(from_plain(choice))
            except DefinitionError as error:
                self._note(f"{path}[{index}]", str(error))
        return choices if len(choices) == len(content) else None

    def _note(self, path: str, problem: str) -> None:
        self.problems.append(f"{path}: {problem}")


def _is_name(name: object) -> bool:
    return isinstance(name, str) and bool(name) and name == name.strip()


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
