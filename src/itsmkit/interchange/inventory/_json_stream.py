"""
JSON of any size, one piece at a time.

Only what is descended into is walked step by step; everything below is decoded by the standard library as
one piece as soon as enough of the text is there. That is several times faster than building values from the
events of a parser, it knows the line of each piece, and it notices what a parser hides: keys that stand
twice, halves of surrogate pairs, numbers without end.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from attrs import frozen

from itsmkit.interchange.inventory._excess import excess
from itsmkit.interchange.inventory._source_file import SourceFile
from itsmkit.interchange.inventory._text_lines import text_lines
from itsmkit.interchange.inventory.errors import InventoryFileError
from itsmkit.interchange.inventory.limits import ImportLimits

__all__ = ["JsonPath", "JsonPiece", "JsonValues", "is_json_lines", "json_lines", "json_pieces", "path_text"]

JsonPath = tuple[str | int, ...]

_NEAR_END = 16
"""An error this close to the end of the text at hand may be one of there being no more of it yet."""
_CUT = re.compile(r"\s*|-|t(?:ru?)?|f(?:a(?:ls?)?)?|n(?:ul?)?|\\|\\?u[0-9a-fA-F]{0,4}|[,:]\s*|\.|[eE][+-]?")
"""What can stand at the end of a text that goes on."""
_NUMBER = re.compile(r"[-+.0-9eE]*")
_CUT_OFF = "it ends in the middle of a value; it was cut off: fetch it again"


def path_text(path: JsonPath) -> str:
    """
    Return how to write *path*.

    >>> path_text(("content", "softwares", 3))
    'content.softwares[3]'
    """
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


@frozen
class JsonPiece:
    """
    One value, decoded as a whole.

    Args:
        path: Where it stands in the file.
        line: The line where it begins, from 1.
        value: What it is; ``None`` if there is a problem.
        problem: Why it cannot be taken; empty if it can.
    """

    path: JsonPath
    line: int
    value: Any
    problem: str = ""

    @property
    def place(self) -> str:
        """Where it stands, for a finding."""
        return f"{path_text(self.path)} (line {self.line})" if self.path else f"line {self.line}"


def json_pieces(file: SourceFile, limits: ImportLimits, *descend: str | JsonPath) -> Iterator[JsonPiece]:
    """
    Yield the values of a JSON file in the order in which they stand there.

    Args:
        file: The file.
        limits: What is too much. A piece that has too much comes as one with a problem.
        *descend: The paths of the lists and objects of which each item comes as a piece of its own, such as
            ``""`` for the outermost and ``"content.softwares"``; ``"*"`` stands for any step, and capital
            letters make no difference. A path that ends in ``"[]"`` is of a list only. Steps with a dot in
            them are given as a tuple. What stands above a path must be among them, too. A value that cannot
            be taken apart comes as it is.

    Raises:
        InventoryFileError: Where the text stops being JSON.
    """
    text = _Text(file, limits)
    wanted = _Wanted(descend)
    text.require_value("nothing is in it; export it again")
    yield from _walk(text, (), wanted)
    if text.peek():
        raise text.error("more follows after the end of the value; remove it, or name it .jsonl")


def _walk(text: "_Text", path: JsonPath, wanted: "_Wanted") -> Iterator[JsonPiece]:
    opening = text.peek()
    if opening not in ("[", "{") or not wanted.has(path, opening):
        yield text.piece(path)
        return
    text.advance()
    closing = "]" if opening == "[" else "}"
    seen: set[str] = set()
    number = 0
    if text.peek() == closing:
        text.advance()
        return
    while True:
        if opening == "[":
            yield from _walk(text, (*path, number), wanted)
            number += 1
        else:
            key = text.key()
            below = (*path, key)
            if key in seen:
                piece = text.piece(below)
                yield JsonPiece(below, piece.line, None, f"the key {key!r} stands twice in one object")
            else:
                seen.add(key)
                yield from _walk(text, below, wanted)
        match text.peek():
            case ",":
                text.advance()
            case found if found == closing:
                text.advance()
                return
            case "":
                raise text.error(_CUT_OFF)
            case _:
                raise text.error(f"a comma or {closing!r} is missing before it; export it again")


class _Wanted:
    """The lists and objects that are taken apart."""

    def __init__(self, descend: Iterable[str | JsonPath]) -> None:
        self._paths: dict[tuple[str, ...], bool] = {}
        for path in descend:
            steps: JsonPath = path if isinstance(path, tuple) else ()
            if isinstance(path, str) and path:
                steps = tuple(path.removesuffix("[]").split("."))
            self._paths[_folded(steps)] = isinstance(path, str) and path.endswith("[]")
        self._patterns = [steps for steps in self._paths if "*" in steps]

    def has(self, path: JsonPath, opening: str) -> bool:
        """Tell whether what stands at *path*, and opens like this, is one of them."""
        steps = _folded(path)
        found = [steps] if steps in self._paths else []
        found += [each for each in self._patterns if _matches(each, steps)]
        return any(opening == "[" or not self._paths[each] for each in found)


def _folded(path: JsonPath) -> tuple[str, ...]:
    return tuple(str(step).casefold() for step in path)


def _matches(pattern: tuple[str, ...], steps: tuple[str, ...]) -> bool:
    return len(pattern) == len(steps) and all(
        asked in ("*", step) for asked, step in zip(pattern, steps, strict=True)
    )


class JsonValues:
    """Decodes values, and notes what is wrong with the last of them."""

    def __init__(self, limits: ImportLimits) -> None:
        self._limits = limits
        self._problems: list[str] = []
        self._scan = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_int=self._whole,
            parse_float=self._fraction,
            parse_constant=self._constant,
            strict=False,
        ).raw_decode

    def decode(self, text: str, start: int) -> tuple[Any, int, str]:
        """
        Return the value that begins at *start*, where it ends, and why it cannot be taken, if it cannot.

        Raises:
            json.JSONDecodeError: If none begins there.
            RecursionError: If it is nested deeper than Python can follow.
        """
        self._problems.clear()
        value, end = self._scan(text, start)
        if not self._problems:
            self._problems += excess(value, self._limits, text, start, end)
        return value, end, self._problems[0] if self._problems else ""

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in found if keys.count(key) > 1)
            self._problems.append(f"the key {twice!r} stands twice in one object")
        return found

    def _whole(self, digits: str) -> int:
        return 0 if self._is_too_long(digits) else int(digits)

    def _fraction(self, digits: str) -> float:
        number = 0.0 if self._is_too_long(digits) else float(digits)
        if number in (float("inf"), float("-inf")):
            self._problems.append(f"the number {digits} is too large")
        return number

    def _is_too_long(self, digits: str) -> bool:
        if len(digits) > self._limits.digits:
            self._problems.append(f"a number has more than {self._limits.digits} digits")
            return True
        return False

    def _constant(self, name: str) -> None:
        self._problems.append(f"{name} is no number of JSON")


class _Text:
    """The text of a file, of which only the part at hand is held."""

    def __init__(self, file: SourceFile, limits: ImportLimits) -> None:
        self._name = file.name
        self._chunks = file.text()
        self._limit = limits.record_length
        self._values = JsonValues(limits)
        self._text, self._at = "", 0
        self._origin, self._line, self._column = 0, 1, 1  # what is counted from
        self._is_all = False

    def _more(self, length: int) -> bool:
        """Take in *length* more characters, or what there is, in place of what was read; tell if any came."""
        parts, got = [], 0
        while got < length:
            chunk = next(self._chunks, "")
            if not chunk:
                self._is_all = True
                break
            parts.append(chunk)
            got += len(chunk)
        if got:
            self._settle()
            self._text = "".join([self._text[self._at :], *parts])
            self._at = self._origin = 0
        return got > 0

    def _settle(self) -> None:
        """Count lines from here."""
        self._line, self._column = self._where(self._at)
        self._origin = self._at

    def _where(self, at: int) -> tuple[int, int]:
        newlines = self._text.count("\n", self._origin, at)
        if not newlines:
            return self._line, self._column + at - self._origin
        return self._line + newlines, at - self._text.rindex("\n", self._origin, at)

    def peek(self) -> str:
        """Return the next character that is no space; empty at the end of the file."""
        while True:
            text, at = self._text, self._at
            while at < len(text) and text[at] in " \t\n\r":
                at += 1
            self._at = at
            if at < len(text):
                return text[at]
            if not self._more(1):
                return ""

    def advance(self) -> None:
        """Go on behind the next character."""
        self._at += 1

    def require_value(self, otherwise: str) -> None:
        """Refuse a file in which nothing follows."""
        if not self.peek():
            raise self.error(otherwise)

    def error(self, problem: str, at: int | None = None) -> InventoryFileError:
        """Return the error of what stands here."""
        line, column = self._where(self._at if at is None else at)
        return InventoryFileError(self._name, f"line {line}, column {column}", problem)

    def key(self) -> str:
        """Return the key that stands here, and go on to its value."""
        if self.peek() not in ('"', ""):
            raise self.error("the key of a value must stand here, in double quotes; export it again")
        key = self._value()[0]
        match self.peek():
            case ":":
                self.advance()
                return str(key)
            case "":
                raise self.error(_CUT_OFF)
            case _:
                raise self.error(f"a colon is missing after the key {key!r}; export it again")

    def piece(self, path: JsonPath) -> JsonPiece:
        """Return the value that stands here."""
        self.peek()
        self._settle()
        line = self._line
        value, problem = self._value()
        return JsonPiece(path, line, None if problem else value, problem)

    def _value(self) -> tuple[Any, str]:
        if not self.peek():
            raise self.error(_CUT_OFF)
        while True:
            try:
                value, end, problem = self._values.decode(self._text, self._at)
            except json.JSONDecodeError as error:
                is_near_end = error.msg.startswith("Unterminated") or error.pos + _NEAR_END > len(self._text)
                if is_near_end and self._grow():
                    continue
                problem = _CUT_OFF if is_near_end and self._is_cut(error) else _told(error)
                raise self.error(problem, min(error.pos, len(self._text))) from error
            except RecursionError as error:
                problem = "lists and objects are nested too deeply; mend the file"
                raise self.error(problem) from error
            if not self._may_go_on(value, end) or not self._grow():
                self._at = end
                return value, problem

    def _may_go_on(self, value: Any, end: int) -> bool:
        """Tell whether what is not read yet may belong to the value that was read: it is a number then."""
        return isinstance(value, int | float) and _NUMBER.fullmatch(self._text, end) is not None

    def _is_cut(self, error: json.JSONDecodeError) -> bool:
        return error.msg.startswith("Unterminated") or _CUT.fullmatch(self._text, error.pos) is not None

    def _grow(self) -> bool:
        if self._is_all:
            return False
        if len(self._text) - self._at > self._limit:
            problem = f"a value is longer than {self._limit} characters; raise the limit record_length"
            raise self.error(problem)
        return self._more(max(len(self._text) - self._at, 1))


def _told(error: json.JSONDecodeError) -> str:
    return f"is not valid JSON ({error.msg[:1].lower()}{error.msg[1:]}); export it again, or mend it"


def is_json_lines(file: SourceFile) -> bool:
    """Tell whether *file* looks like JSON Lines, by its name or by the objects on its first two lines."""
    if file.name.lower().removesuffix(".gz").endswith((".jsonl", ".ndjson")):
        return True
    start = file.start_of_text().lstrip()
    first, _, rest = start.partition("\n")
    return start.startswith("{") and first.rstrip().endswith("}") and rest.lstrip().startswith("{")


def json_lines(file: SourceFile, limits: ImportLimits) -> Iterator[JsonPiece]:
    """
    Yield the values of a file of JSON Lines, one on each line; blank lines are skipped.

    A line that is no JSON comes as a piece with a problem, and the next line goes on.

    Raises:
        InventoryFileError: If the file is no text, or a line is too long.
    """
    values = JsonValues(limits)
    for number, line in enumerate(text_lines(file, limits), 1):
        content = line.strip()
        if not content:
            continue
        try:
            value, end, problem = values.decode(content, 0)
        except json.JSONDecodeError as error:
            yield JsonPiece((), number, None, f"column {error.colno}: {error.msg}")
        except RecursionError:
            yield JsonPiece((), number, None, "lists and objects are nested too deeply")
        else:
            if not problem and content[end:].strip():
                problem = "more follows after the end of the value"
            yield JsonPiece((), number, None if problem else value, problem)
