"""
What the reference page of the JSON of public values shows of it, and the JSON Schema beside it.

The prose of the page is written by hand. Between the marks stands what is made here; run this file to make
both anew. A test tells when that is due.
"""

import inspect
import json
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from itsmkit.plain import VALUES
from itsmkit.plugin.documents import DOCUMENTS

PAGE = Path(__file__).parent / "reference" / "values.md"
SCHEMA = Path(__file__).parent / "reference" / "values.schema.json"

_PART = re.compile(r"(<!-- made of types -->\n).*?(<!-- made until here -->)", re.DOTALL)


def page_text() -> str:
    """Return the page with all that is made."""
    return _PART.sub(lambda part: f"{part[1]}{''.join(_tables())}\n{part[2]}", PAGE.read_text("utf-8"))


def schema_text() -> str:
    """Return the JSON Schema of all types, one on each line, so that it shows which of them change."""
    schema = VALUES.json_schema()
    types = ",\n".join(
        f"    {json.dumps(name)}: {json.dumps(each)}" for name, each in schema["$defs"].items()
    )
    return (
        f'{{\n  "$schema": {json.dumps(schema["$schema"])},\n  "anyOf": {json.dumps(schema["anyOf"])},\n'
        f'  "$defs": {{\n{types}\n  }}\n}}\n'
    )


def _tables() -> Iterator[str]:
    kept = {each.name for each in DOCUMENTS.types}
    names = sorted((name for name in VALUES.names if name not in kept), key=_room)
    for room, members in groupby(names, key=_room):
        yield f"\n### `itsmkit.{room}`\n\n| Type | Value |\n| --- | --- |\n"
        yield from (f"| `{name}` | `{VALUES.kind_of(name).__name__}`: {_told(name)} |\n" for name in members)


def _room(name: str) -> str:
    return name.rpartition(".")[0]


def _told(name: str) -> str:
    """Return the first sentence of what a class says of itself."""
    paragraph = (inspect.getdoc(VALUES.kind_of(name)) or "").partition("\n\n")[0]
    sentence = re.split(r"(?<=\.) ", " ".join(paragraph.split()))[0]
    return sentence.replace("``", "`").replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page_text(), "utf-8")
    SCHEMA.write_text(schema_text(), "utf-8")
