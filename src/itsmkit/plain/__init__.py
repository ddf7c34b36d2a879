"""
Every public value of itsmkit as JSON, in one stable form: ``{"type": …, "schema": …, …}``.

`to_json` and `to_document` write a value of any room, `from_json` and `from_document` read one that this or
an earlier release wrote. `Values` takes further types of one's own.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.plain.errors import ReportedError
    from itsmkit.plain.values import VALUES, Values, from_document, from_json, to_document, to_json

__all__ = [
    "ReportedError",
    "VALUES",
    "Values",
    "from_document",
    "from_json",
    "to_document",
    "to_json",
]

__getattr__, __dir__ = lazily(
    __name__,
    {
        "itsmkit.plain.errors": ("ReportedError",),
        "itsmkit.plain.values": ("VALUES", "Values", "from_document", "from_json", "to_document", "to_json"),
    },
)
