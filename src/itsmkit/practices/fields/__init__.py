"""
Fields of a desk's own: typed, versioned, and checked wherever a value comes in.

A kind of work that has a `FieldSet` takes no other details than those, what its workflow asks for, and what
all tickets share. Their values are facts like any other, so that conditions, queries, figures and permissions
see them by their names.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.practices.fields.errors import FieldsRefusedError
    from itsmkit.practices.fields.field import Field, FieldKind
    from itsmkit.practices.fields.field_set import FieldSet, ReadValues
    from itsmkit.practices.fields.migrating import FieldMigration, migration
    from itsmkit.practices.fields.ticket_facts import TICKET_FACTS, fact_schema
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.practices.fields.errors": ("FieldsRefusedError",),
            "itsmkit.practices.fields.field": ("Field", "FieldKind"),
            "itsmkit.practices.fields.field_set": ("FieldSet", "ReadValues"),
            "itsmkit.practices.fields.migrating": ("FieldMigration", "migration"),
            "itsmkit.practices.fields.ticket_facts": ("TICKET_FACTS", "fact_schema"),
        },
    )

__all__ = [
    "Field",
    "FieldKind",
    "FieldMigration",
    "FieldSet",
    "FieldsRefusedError",
    "ReadValues",
    "TICKET_FACTS",
    "fact_schema",
    "migration",
]
