"""
The reader of the text form: tokens, and a stack of groups that are still open.

It does not call itself, so that no nesting exhausts the stack, and looks at each token once. A word in the
wrong place ends the reading, for what follows would be guesswork. A value that cannot be meant is noted,
and the reading goes on to find the others.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeVar

from itsmkit.conditions._scalars import Scalar
from itsmkit.conditions._spelling import KEYWORDS, WORD, decimal_of, figure, shortened, unquoted
from itsmkit.conditions.tree import (
    ALWAYS,
    MAX_DEPTH,
    NEVER,
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Membership,
    Not,
    Operator,
    Presence,
)
from itsmkit.errors import DefinitionError

__all__ = ["OPERATORS", "read"]

OPERATORS = {
    "=": Operator.EQUALS,
    "!=": Operator.NOT_EQUALS,
    "<": Operator.LESS,
    "<=": Operator.AT_MOST,
    ">": Operator.GREATER,
    ">=": Operator.AT_LEAST,
}

_EQUALITY = frozenset({Operator.EQUALS, Operator.NOT_EQUALS})

_TRUTH = {"true": True, "false": False}
_CONSTANTS = {"always": ALWAYS, "never": NEVER}
_LISTS: dict[str, type[AllOf] | type[AnyOf]] = {"all": AllOf, "any": AnyOf}

_T = TypeVar("_T")

# What people write who know other languages.
_ELSEWHERE = {
    "==": "=",
    "===": "=",
    "<>": "!=",
    "=<": "<=",
    "=>": ">=",
    "&": "and",
    "&&": "and",
    "|": "or",
    "||": "or",
    "!": "not",
}

_TOKEN = re.compile(
    rf"""
      (?P<space>[ \t\r\n]++)
    | (?P<text>"(?:[^"\\\r\n]|\\[^\r\n])*+" | '(?:[^'\\\r\n]|\\[^\r\n])*+')
    | (?P<quoted>`(?:[^`\\\r\n]|\\[^\r\n])*+`)
    | (?P<figure>-?[0-9][\w.:+-]*+)
    | (?P<word>{WORD})
    | (?P<bracket>[()\[\],])
    | (?P<sign>[=<>!&|]++)
    """,
    re.VERBOSE,
)

_UNREADABLE = {
    '"': 'a text has no end; close it by ", and write a line break in it as \\n',
    "'": "a text has no end; close it by ', and write a line break in it as \\n",
    "`": "a name has no end; close it by `",
}

_NAME = "the name of a fact"
_VALUE = "a value"
_DECIMAL = "a decimal number such as 0.10"
_END = "the end"
_DESCRIBED = frozenset({_NAME, _VALUE, _DECIMAL, _END})

_OPERAND = (_NAME, "not", "(", "always", "never", "all", "any")
_TESTS = (*OPERATORS, "in", "is")


class _StoppedError(Exception):
    """The reading cannot go on: what follows could only be guessed."""


class _Token(NamedTuple):
    """One word of a text: its *kind* is a group of `_TOKEN`, or ``end``; it stands *at* this offset."""

    kind: str
    text: str
    at: int


class _Group:
    """
    What stands between two brackets, or in the whole text, as far as it has been read.

    Args:
        opened_by: ``all`` or ``any``, whose parts stand between commas; a bracket; or nothing for the text.
        at: Where that stands.
    """

    __slots__ = ("alternatives", "at", "conjuncts", "listed", "negations", "opened_by")

    def __init__(self, opened_by: str, at: int) -> None:
        self.opened_by = opened_by
        self.at = at
        self.listed: list[Condition] = []
        self.alternatives: list[Condition] = []
        self.conjuncts: list[Condition] = []
        self.negations = 0


def read(text: str, where: str) -> Condition:
    """
    Return the condition that *text* spells.

    Args:
        text: The text form of a condition.
        where: What every problem begins with.

    Raises:
        DefinitionError: With the place of every problem in *text*, in the order of their places.
    """
    reader = _Reader(text)
    condition = reader.condition()
    if condition is None or reader.problems:
        raise DefinitionError(*_placed(reader.problems, text, where))
    return condition


class _Reader:
    """One reading of a text. What was found wrong so far is noted with the offset where it stands."""

    def __init__(self, text: str) -> None:
        self.problems: list[tuple[int, str]] = []
        self._text = text
        self._tokens = self._split()
        self._put_back: list[_Token] = []
        self._groups = [_Group("", 0)]

    def condition(self) -> Condition | None:
        """Return the condition; ``None`` if the reading had to stop."""
        try:
            while True:
                found: Condition | None = self._operand()
                while found is not None:
                    found = self._joined(found)
                    if found is not None and not self._groups:
                        return found
        except _StoppedError:
            return None

    def _operand(self) -> Condition:
        """Read up to the end of the next test or constant, opening the groups that begin before it."""
        while True:
            token = self._next()
            if token.kind == "quoted" or (token.kind == "word" and token.text not in KEYWORDS):
                return self._test(token)
            if token.text in _CONSTANTS:
                return _CONSTANTS[token.text]
            if token.text == "not":
                self._negate(token)
            elif token.text == "(":
                self._groups.append(_Group("(", token.at))
            elif token.text in _LISTS:
                self._expect("(")
                following = self._next()
                if following.text == ")":
                    return _LISTS[token.text](())
                self._put_back.append(following)
                self._groups.append(_Group(token.text, token.at))
            else:
                raise self._refusal(token, _OPERAND)

    def _negate(self, token: _Token) -> None:
        group = self._groups[-1]
        group.negations += 1
        if group.negations == MAX_DEPTH:
            raise self._stopped(
                token.at, f"not stands {MAX_DEPTH} times; conditions nest {MAX_DEPTH} deep at most"
            )

    def _joined(self, operand: Condition) -> Condition | None:
        """
        Add *operand* to the group that is open, and read what joins it to the next one.

        Returns:
            The group as a condition, if it ends here; ``None`` if another operand must follow.
        """
        group = self._groups[-1]
        for _ in range(group.negations):
            operand = self._combined(group.at, Not, operand)
        group.negations = 0
        group.conjuncts.append(operand)

        token = self._next()
        if token.text == "and":
            return None
        if token.text == "or":
            self._end_conjunction(group)
            return None
        if token.text == "," and group.opened_by in _LISTS:
            group.listed.append(self._end_alternatives(group))
            return None
        if (token.text == ")") if group.opened_by else (token.kind == "end"):
            return self._closed(group)
        closing = (",", ")") if group.opened_by in _LISTS else (")",) if group.opened_by else (_END,)
        raise self._refusal(token, ("and", "or", *closing))

    def _end_conjunction(self, group: _Group) -> None:
        group.alternatives.append(self._one_or(AllOf, group.conjuncts, group.at))
        group.conjuncts = []

    def _end_alternatives(self, group: _Group) -> Condition:
        self._end_conjunction(group)
        found = self._one_or(AnyOf, group.alternatives, group.at)
        group.alternatives = []
        return found

    def _closed(self, group: _Group) -> Condition:
        self._groups.pop()
        found = self._end_alternatives(group)
        if group.opened_by not in _LISTS:
            return found
        return self._combined(group.at, _LISTS[group.opened_by], [*group.listed, found])

    def _one_or(self, compound: type[AllOf] | type[AnyOf], parts: list[Condition], at: int) -> Condition:
        return parts[0] if len(parts) == 1 else self._combined(at, compound, parts)

    def _combined(self, at: int, combine: Callable[[_T], Condition], parts: _T) -> Condition:
        try:
            return combine(parts)
        except DefinitionError as excess:
            raise self._stopped(at, str(excess)) from None

    def _test(self, name: _Token) -> Condition:
        field = self._field(name)
        token = self._next()
        if token.text in OPERATORS:
            return self._comparison(field, OPERATORS[token.text])
        if token.text == "in":
            return self._membership(field)
        if token.text == "is":
            return self._presence(field)
        raise self._refusal(token, _TESTS)

    def _field(self, name: _Token) -> str:
        field = name.text if name.kind == "word" else self._unquoted(name)
        if field and field == field.strip():
            return field
        if field is not None:
            self.problems.append((name.at, f"a fact has a name without surrounding spaces, not {name.text}"))
        return "unnamed"  # so that the test is read too, and its problems are found

    def _comparison(self, field: str, operator: Operator) -> Condition:
        at = self._peeked().at
        value = self._value()
        if isinstance(value, bool) and operator not in _EQUALITY:
            self.problems.append((at, "true and false have no order; compare them by = or !="))
            return NEVER
        return NEVER if value is None else Comparison(field, operator, value)

    def _membership(self, field: str) -> Condition:
        self._expect("[")
        values = []
        while True:
            value = self._value()
            if value is not None:
                values.append(value)
            token = self._next()
            if token.text == "]":
                return Membership(field, values) if values else NEVER
            if token.text != ",":
                raise self._refusal(token, (",", "]"))

    def _presence(self, field: str) -> Condition:
        token = self._next()
        if token.text == "present":
            return Presence(field)
        if token.text == "missing":
            return Not(Presence(field))
        raise self._refusal(token, ("present", "missing"), hint="to compare with a value, write = or !=")

    def _value(self) -> "Scalar | None":
        """Return the next value, or ``None`` if it was noted as a problem."""
        token = self._next()
        if token.kind == "text":
            return self._unquoted(token)
        if token.kind == "figure":
            return self._attempted(token, figure)
        if token.text in _TRUTH:
            return _TRUTH[token.text]
        if token.text == "decimal":
            number = self._next()
            if number.kind == "figure":
                return self._attempted(number, decimal_of)
            raise self._refusal(number, (_DECIMAL,))
        raise self._refusal(token, (_VALUE,), hint=_hint_for_value(token))

    def _unquoted(self, token: _Token) -> str | None:
        return self._attempted(token, unquoted)

    def _attempted(self, token: _Token, reading: Callable[[str], _T]) -> _T | None:
        try:
            return reading(token.text)
        except DefinitionError as error:
            self.problems.append((token.at, str(error)))
            return None

    def _split(self) -> Iterator[_Token]:
        at, text = 0, self._text
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                character = text[at]
                raise self._stopped(at, _UNREADABLE.get(character, f"{character!r} has no meaning here"))
            if found.lastgroup != "space":
                yield _Token(str(found.lastgroup), found[0], at)
            at = found.end()
        yield _Token("end", "", at)

    def _next(self) -> _Token:
        return self._put_back.pop() if self._put_back else next(self._tokens)

    def _peeked(self) -> _Token:
        token = self._next()
        self._put_back.append(token)
        return token

    def _expect(self, text: str) -> None:
        token = self._next()
        if token.text != text:
            raise self._refusal(token, (text,))

    def _refusal(self, token: _Token, expected: tuple[str, ...], *, hint: str = "") -> _StoppedError:
        *others, last = (each if each in _DESCRIBED else f"'{each}'" for each in expected)
        wanted = f"{', '.join(others)} or {last}" if others else last
        problem = f"expected {wanted}, found {_found(token)}"
        hint = _hint(token, expected) or hint
        return self._stopped(token.at, f"{problem}; {hint}" if hint else problem)

    def _stopped(self, at: int, problem: str) -> _StoppedError:
        self.problems.append((at, problem))
        return _StoppedError()


def _placed(problems: list[tuple[int, str]], text: str, where: str) -> Iterator[str]:
    """Yield *problems* in order, each with its line, if there are several, and its column."""
    line, begins = 1, 0
    for at, problem in sorted(problems):
        while (end := text.find("\n", begins, at)) >= 0:
            line, begins = line + 1, end + 1
        place = f"line {line}, column" if "\n" in text else "column"
        yield f"{where}: {place} {at - begins + 1}: {problem}"


def _found(token: _Token) -> str:
    if token.kind == "end":
        return _END
    return shortened(token.text) if token.kind in {"text", "quoted"} else f"'{shortened(token.text)}'"


def _hint(token: _Token, expected: tuple[str, ...]) -> str:
    """Return what *token* may have been meant for, as the rest of a sentence; empty if that is unknown."""
    if token.text in KEYWORDS and expected is _OPERAND:
        return f"a fact of that name is written `{token.text}`"
    if token.text == "not" and "in" in expected:
        return "write not before the name of the fact"
    meant = _ELSEWHERE.get(token.text)
    if meant is None and token.kind == "word":
        meant = _closest(token.text, [word for word in expected if word in KEYWORDS])
    if meant is None and token.text in {"equals", "eq"}:
        meant = "="
    return f"did you mean '{meant}'?" if meant in expected else ""


def _hint_for_value(token: _Token) -> str:
    if token.text.casefold() in {"null", "none", "nil"}:
        return "to ask whether there is a value, write is missing or is present"
    if token.kind != "word":
        return 'such as "text", 3, 0.5, true, 8h30min or 2026-03-29T01:30:00Z'
    meant = _closest(token.text, ["true", "false", "decimal"])
    return f"did you mean '{meant}'?" if meant else f'text stands in quotes: "{token.text}"'


def _closest(word: str, known: list[str]) -> str | None:
    from difflib import get_close_matches  # noqa: PLC0415  # only problems need it

    return next(iter(get_close_matches(word[:20].casefold(), known, n=1)), None)
