"""What changes from one version of the fields of a kind to another."""

from attrs import fields as attributes_of
from attrs import frozen

from itsmkit.errors import DefinitionError
from itsmkit.practices.fields.field import Field
from itsmkit.practices.fields.field_set import FieldSet

__all__ = ["FieldMigration", "migration"]


@frozen
class FieldMigration:
    """
    What changes from one version of the fields of a kind to another.

    Args:
        source: The version before.
        target: The version after.
        added: The names of fields that are new.
        removed: The names of fields that are gone. Their values stay readable, and nobody can give new ones.
        renamed: Former and present names.
        changed: For each field that stays, what is different, in words.
    """

    source: int
    target: int
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    changed: tuple[str, ...] = ()

    def __str__(self) -> str:
        told = [
            *(f"new: {name}" for name in self.added),
            *(f"gone, and readable where it stands: {name}" for name in self.removed),
            *(f"renamed: {former} to {present}" for former, present in self.renamed),
            *self.changed,
        ]
        return f"fields {self.source} to {self.target}: {'; '.join(told) or 'nothing changes'}"


def migration(before: FieldSet, after: FieldSet) -> FieldMigration:
    """
    Return what changes from *before* to *after*.

    Raises:
        DefinitionError: If the version after is not later.

    >>> before = FieldSet(1, [Field("file"), Field("hours")])
    >>> print(
    ...     migration(before, FieldSet(2, [Field("court_file", formerly=["file"]), Field("hours", "number")]))
    ... )
    fields 1 to 2: renamed: file to court_file; hours: kind was text and is number
    """
    if after.version <= before.version:
        problem = (
            f"version {after.version} does not come after version {before.version}; "
            "count the version up with each change of the fields"
        )
        raise DefinitionError(problem)
    renamed = [
        (name, field.name) for field in after.fields for name in field.formerly if name in before.by_name
    ]
    former = {name for name, _ in renamed}
    present = {name for _, name in renamed}
    pairs = [(before.by_name[name], after.by_name[found]) for name, found in renamed]
    pairs += [(field, after.by_name[field.name]) for field in before.fields if field.name in after.by_name]
    return FieldMigration(
        before.version,
        after.version,
        added=tuple(name for name in after.by_name if name not in before.by_name and name not in present),
        removed=tuple(name for name in before.by_name if name not in after.by_name and name not in former),
        renamed=tuple(renamed),
        changed=tuple(line for pair in pairs for line in _differences(*pair)),
    )


_COMPARED = ("kind", "choices", "required_when", "personal", "visible_to", "longest")


def _differences(old: Field, new: Field) -> list[str]:
    known = {each.name for each in attributes_of(Field)}
    assert known.issuperset(_COMPARED)  # noqa: S101  # they are names of attributes
    return [
        f"{new.name}: {name} was {_told(getattr(old, name))} and is {_told(getattr(new, name))}"
        for name in _COMPARED
        if getattr(old, name) != getattr(new, name)
    ]


def _told(value: object) -> str:
    return ", ".join(map(str, value)) or "none" if isinstance(value, tuple) else str(value)
