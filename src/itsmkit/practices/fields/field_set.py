"""The fields of a kind of work, in a version."""

from collections.abc import Collection, Mapping
from functools import cached_property

import attrs
from attrs import frozen

from itsmkit._checks import is_a
from itsmkit._frozen import FrozenDict, as_tuple, frozen_dict
from itsmkit._problems import close_to, distinct_problems, shown
from itsmkit.conditions import NEVER, Facts, FactSchema, Predicate, Presence, compile_condition
from itsmkit.errors import DefinitionError
from itsmkit.practices.fields.field import Field

__all__ = ["FieldSet", "ReadValues"]


@frozen
class ReadValues:
    """
    What was given for fields, read as their kinds.

    Args:
        values: The values by name; what could not be read stands in them as it was given.
        problems: A sentence for each value that could not be read, and for each name that there is not.
    """

    values: Mapping[str, object] = attrs.field(converter=frozen_dict)
    problems: tuple[str, ...] = ()


@frozen
class FieldSet:
    """
    The fields of a kind of work, in a version. Each ticket remembers under which one it was last written.

    Args:
        version: Counted from 1; one more with each change: see `migration`.
        fields: The fields, in the order in which people see them.

    Raises:
        DefinitionError: With everything that is wrong.

    >>> fields = FieldSet(1, [Field("hours", "number"), Field("court", "choice", choices=["Bonn", "Essen"])])
    >>> fields.read({"hours": "8", "court": "Esen", "curt": "Bonn"}, known=()).problems
    ("court must be one of its choices, not str 'Esen'; did you mean 'Essen'?", "there is no field 'curt'; did you mean 'court'?")
    """  # noqa: E501  # one sentence of an example

    version: int
    fields: tuple[Field, ...] = attrs.field(default=(), converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        problems = [
            f"fields[{place}]: must be a Field, not {shown(field)}"
            for place, field in enumerate(self.fields)
            if not is_a(field, Field)
        ]
        if type(self.version) is not int or self.version < 1:
            problems.append(f"version must be a whole number from 1 on, not {shown(self.version)}")
        if not problems:
            names = [name for field in self.fields for name in (field.name, *field.formerly)]
            problems += distinct_problems("fields", names)
        if problems:
            raise DefinitionError(*problems)

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """The fields by their names."""
        return FrozenDict({field.name: field for field in self.fields})

    @cached_property
    def _demands(self) -> tuple[tuple[str, Predicate, Predicate], ...]:
        """For each field that may be required: when, and whether it is there."""
        return tuple(
            (field.name, compile_condition(field.required_when), compile_condition(Presence(field.name)))
            for field in self.fields
            if field.required_when != NEVER
        )

    def read(self, given: Mapping[str, object], known: Collection[str]) -> ReadValues:
        """
        Return what is *given*, read as the kinds of the fields.

        Args:
            given: Values by name; ``None`` is as good as nothing.
            known: What may be given besides, as it is.
        """
        values: dict[str, object] = {}
        problems: list[str] = []
        for name, value in given.items():
            field = self.by_name.get(name)
            if field is not None:
                try:
                    values[name] = field.read(value)
                    continue
                except DefinitionError as error:
                    problems += (f"{name} {problem}" for problem in error.problems)
            elif name not in known:
                hint = close_to(name, [*self.by_name, *sorted(known)])
                problems.append(f"there is no field {name!r}; {hint}")
            values[name] = value
        return ReadValues(values, tuple(problems))

    def missing(self, facts: Facts) -> tuple[str, ...]:
        """Return the names of all fields that must have a value, as *facts* are, and have none."""
        return tuple(
            name
            for name, is_required, is_there in self._demands
            if is_required(facts) and not is_there(facts)
        )

    def brought_forward(self, details: Mapping[str, object]) -> dict[str, object]:
        """
        Return what changes in the *details* of a ticket that an earlier version wrote.

        What stands under a former name goes under the present one, unless something stands there; what can be
        read as the present kind, is. All else stays as it is, readable as it was.
        """
        changes: dict[str, object] = {}
        for field in self.fields:
            former = [name for name in field.formerly if details.get(name) is not None]
            changes |= dict.fromkeys(former)
            found = next(
                (details[name] for name in (field.name, *former) if details.get(name) is not None), None
            )
            if found is None:
                continue
            try:
                value = field.read(found)
            except DefinitionError:  # it was right when it was written, and stays
                value = found
            if (type(value), value) != (type(found), found) or field.name not in details:
                changes[field.name] = value
        return changes

    @property
    def fact_schema(self) -> FactSchema:
        """Return what conditions may ask of these fields."""
        return FactSchema({field.name: field.fact_type for field in self.fields})
