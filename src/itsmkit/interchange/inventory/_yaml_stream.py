"""
YAML documents, one at a time: the door to PyYAML.

It loads on first use, and comes with the extra ``inventory``: ``pip install 'itsmkit[inventory]'``. Values
are built here from its events, so that aliases cost no more than they are worth, no tag makes anything, and
plain words mean what YAML 1.2 says: ``no`` is a text, and so is a date.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from attrs import frozen

from itsmkit.errors import RefusedError
from itsmkit.interchange.inventory._source_file import SourceFile
from itsmkit.interchange.inventory.errors import InventoryFileError
from itsmkit.interchange.inventory.limits import ImportLimits

__all__ = ["YamlDocument", "yaml_documents"]

_INT = re.compile(r"[-+]?[0-9]+", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_WORDS: dict[str, object] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("str", "map", "seq", "null", "bool", "int", "float")
)
_START = re.compile(r"^---(?=\s|$)", re.MULTILINE)
_MERGE = "<<"
_DAMAGES = 100
_WAY_OUT = "mend the file there"


@frozen
class YamlDocument:
    """
    One document of a file.

    Args:
        number: Which it is, from 0.
        line: The line where it begins, from 1.
        value: What it is; ``None`` if there is a problem.
        problem: Why it cannot be taken, with the line; empty if it can.
    """

    number: int
    line: int
    value: Any
    problem: str = ""

    @property
    def place(self) -> str:
        """Where it stands, for a finding."""
        return f"document {self.number + 1} (line {self.line})"


def yaml_documents(file: SourceFile, limits: ImportLimits) -> Iterator[YamlDocument]:
    """
    Yield the documents of a YAML file, in their order. Empty ones are skipped.

    A document that is no YAML, has too much, a key twice, a tag of its own, or an alias for what it is in,
    comes as one with a problem, and the next goes on. What ``<<`` merges into a mapping, is there as if it
    was written out.

    Raises:
        InventoryFileError: If the only document is no YAML, or if the file is longer than a record may be.
        RefusedError: If PyYAML is not installed.
    """
    try:
        import yaml  # noqa: PLC0415  # only who reads YAML needs it
    except ImportError:
        refusal = "reading YAML needs PyYAML; install it with: python -m pip install 'itsmkit[inventory]'"
        raise RefusedError(refusal) from None
    text = _whole_text(file, limits).replace("\n\ufeff", "\n")  # marks between files that were joined
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    read = _Documents(limits)
    for _ in range(_DAMAGES):
        try:
            yield from read.documents(yaml.parse(text, Loader=loader))
        except yaml.MarkedYAMLError as error:
            mark: Any = error.problem_mark or error.context_mark
            problem = f"is not valid YAML ({error.problem or error.context})"
            place = f"line {mark.line + read.skipped + 1}, column {mark.column + 1}"
            after = _next_document(text, mark.line)
            if not after and not read.number:
                raise InventoryFileError(file.name, place, f"{problem}; {_WAY_OUT}") from error
            yield read.damaged(f"{place}: it {problem}")
            if not after:
                return
            read.skipped += text.count("\n", 0, after)
            text = text[after:]
        except yaml.reader.ReaderError as error:
            line = text.count("\n", 0, error.position) + read.skipped + 1
            problem = f"has a character that YAML does not allow ({error.reason}); {_WAY_OUT}"
            raise InventoryFileError(file.name, f"line {line}", problem) from error
        else:
            return
    problem = f"more than {_DAMAGES} documents are not valid YAML; mend the file"
    raise InventoryFileError(file.name, f"line {read.skipped + 1}", problem)


def _next_document(text: str, line: int) -> int:
    """Return where the next document after the first one begins, from this line on; 0 if there is none."""
    at = 0
    for _ in range(line):
        at = text.find("\n", at) + 1
    found = _START.search(text, max(at, 1))
    return found.start() if found else 0


class _Documents:
    """The documents of a text, or of the rest of it after one that is no YAML."""

    def __init__(self, limits: ImportLimits) -> None:
        self._limits = limits
        self._builder = _Builder(limits)
        self.number = 0
        self.skipped = 0
        """The lines of the file before the text that is parsed."""

    def documents(self, events: Iterable[Any]) -> Iterator[YamlDocument]:
        """Yield the documents that these events are of, up to one that is no YAML."""
        for event in events:
            match type(event).__name__:
                case "DocumentStartEvent":
                    self._builder = _Builder(self._limits, event.start_mark.line + 1, self.skipped)
                case "DocumentEndEvent":
                    done = self._builder
                    if done.problem or done.value is not None:
                        value = None if done.problem else done.value
                        yield YamlDocument(self.number, done.line, value, done.problem)
                    self.number += 1
                case _:
                    self._builder.take(event)

    def damaged(self, problem: str) -> YamlDocument:
        """Return the document at which the text stopped being YAML."""
        self.number += 1
        return YamlDocument(self.number - 1, self._builder.line, None, problem)


def _whole_text(file: SourceFile, limits: ImportLimits) -> str:
    parts, length = [], 0
    for chunk in file.text():
        parts.append(chunk)
        length += len(chunk)
        if length > limits.record_length:
            problem = f"has more than {limits.record_length} characters; split it, or raise record_length"
            raise InventoryFileError(file.name, "", problem)
    return "".join(parts)


class _Open:
    """A list or mapping that has not ended yet."""

    def __init__(self, value: Any, anchor: str | None, line: int) -> None:
        self.value = value
        self.anchor = anchor
        self.line = line
        self.key: Any = None
        self.has_key = False
        self.size = 1
        self.merged: dict[Any, Any] = {}


class _Builder:
    """Builds the value of one document from its events."""

    def __init__(self, limits: ImportLimits, line: int = 1, skipped: int = 0) -> None:
        self._limits = limits
        self._skipped = skipped
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Any, int]] = {}
        self.line = line + skipped
        self.value: Any = None
        self.problem = ""

    def take(self, event: Any) -> None:
        """Take one event of the parser, which tells its kind by the name of its class."""
        line = event.start_mark.line + self._skipped + 1
        match type(event).__name__:
            case "ScalarEvent":
                self._scalar(event, line)
            case "AliasEvent":
                self._alias(event.anchor, line)
            case "MappingStartEvent":
                self._begin({}, event, line)
            case "SequenceStartEvent":
                self._begin([], event, line)
            case "MappingEndEvent" | "SequenceEndEvent":
                done = self._open.pop()
                for key, value in done.merged.items():
                    done.value.setdefault(key, value)
                self._add(done.value, done.size, done.anchor, done.line)

    def _scalar(self, event: Any, line: int) -> None:
        text, tag = event.value, event.tag
        self._check_tag(tag, line)
        value: object = text
        if len(text) > self._limits.text_length:
            self._note(line, f"a text is longer than {self._limits.text_length} characters")
        elif event.implicit[0] and tag is None:
            value = self._plain(text, line)
        self._add(value, 1, event.anchor, line)

    def _alias(self, anchor: str, line: int) -> None:
        known = self._anchors.get(anchor)
        if known is None:  # the parser knows only that it stands further up, not that it has ended
            self._note(line, f"the alias *{anchor} stands for what it is in, or for nothing")
        value, size = known or (None, 1)
        self._add(value, size, None, line)

    def _begin(self, value: Any, event: Any, line: int) -> None:
        self._check_tag(event.tag, line)
        self._open.append(_Open(value, event.anchor, line))
        if len(self._open) > self._limits.depth:
            self._note(line, f"lists and mappings lie more than {self._limits.depth} deep")

    def _add(self, value: Any, size: int, anchor: str | None, line: int) -> None:
        if anchor is not None:
            self._anchors[anchor] = value, size
        if not self._open:
            self.value = value
            return
        inner = self._open[-1]
        inner.size += size
        if inner.size > self._limits.items:
            self._note(line, f"it has more than {self._limits.items} values, aliases counted each time")
        if self.problem:  # what is refused anyway need not be kept
            inner.has_key = not inner.has_key
        elif isinstance(inner.value, list):
            inner.value.append(value)
        elif not inner.has_key:
            inner.key, inner.has_key = self._key(value, line), True
            if inner.key in inner.value and inner.key != _MERGE:
                self._note(line, f"the key {inner.key!r} stands twice in one mapping")
        else:
            if inner.key != _MERGE or not self._merge(inner, value):
                inner.value[inner.key] = value
            inner.has_key = False

    def _merge(self, inner: _Open, value: Any) -> bool:
        """Keep what is merged into a mapping until its own keys are known; tell whether it can be."""
        several = value if isinstance(value, list) else [value]
        if not all(isinstance(each, dict) for each in several):
            return False
        for each in several:
            for key, told in each.items():
                inner.merged.setdefault(key, told)
        return True

    def _key(self, value: Any, line: int) -> Any:
        if isinstance(value, dict | list):
            self._note(line, "the key of a mapping must be a text or a number")
            return None
        return value

    def _plain(self, text: str, line: int) -> object:
        if text in _WORDS:
            return _WORDS[text]
        if _FLOAT.fullmatch(text):
            if len(text) > self._limits.digits:
                self._note(line, f"a number has more than {self._limits.digits} digits")
                return 0
            return int(text) if _INT.fullmatch(text) else float(text)
        return text

    def _check_tag(self, tag: str | None, line: int) -> None:
        if tag is not None and tag != "!" and tag not in _PLAIN_TAGS:
            self._note(line, f"the tag {tag} is not taken; only plain data is")

    def _note(self, line: int, problem: str) -> None:
        self.problem = self.problem or f"line {line}: {problem}"
