"""The lines of a text, whatever ends them."""

import re
from collections.abc import Iterator

from itsmkit.interchange.inventory._source_file import SourceFile
from itsmkit.interchange.inventory.errors import InventoryFileError
from itsmkit.interchange.inventory.limits import ImportLimits

__all__ = ["text_lines"]

_END = re.compile(r"\r\n|\n|\r(?!\Z)")


def text_lines(file: SourceFile, limits: ImportLimits, encoding: str | None = None) -> Iterator[str]:
    """
    Yield the lines of *file* with their ends: line feeds, carriage returns, or both.

    Raises:
        InventoryFileError: If a line is longer than a record may be, or the file is no text.
    """
    parts: list[str] = []  # of the line that has not ended yet
    length, number = 0, 1
    for chunk in file.text(encoding):
        parts.append(chunk)
        length += len(chunk)
        if "\n" in chunk or "\r" in chunk or parts[0].endswith("\r"):
            text = "".join(parts)
            at = 0
            for end in _END.finditer(text):
                yield text[at : end.end()]
                at = end.end()
                number += 1
            parts, length = [text[at:]], len(text) - at
        if length > limits.record_length:
            problem = f"is longer than {limits.record_length} characters; check that the file has lines"
            raise InventoryFileError(file.name, f"line {number}", problem)
    rest = "".join(parts)
    if rest:
        yield rest
