"""The plain forms of what the CMDB's documents hold: rules, effects, instants, weights, attributes."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, DecimalException
from fractions import Fraction
from math import isfinite
from typing import Any, TypeVar

from attrs import frozen

from itsmkit._checks import aware, utc
from itsmkit._documents import Form, duration, duration_text, structure
from itsmkit._frozen import EMPTY, FrozenDict
from itsmkit._problems import shown
from itsmkit.cmdb.levels import Effect, effect_from
from itsmkit.cmdb.redundancy import Clause, Clauses, RedundancyRule, WeightedNeed, rule_from
from itsmkit.conditions import FactKind, FactSchema, schema_from, schema_to_mapping
from itsmkit.errors import DefinitionError

__all__ = [
    "FORMS",
    "PlainWeight",
    "attribute_from",
    "attribute_to_plain",
    "effect_to_plain",
    "instant_to_plain",
    "read",
    "read_with_class",
    "rule_to_plain",
    "sentence_table",
    "short_form",
]

T = TypeVar("T")


def read(
    kind: type[T], plain: object, path: str, problems: list[str], *, forms: tuple[Form, ...] | None = None
) -> T | None:
    """
    Return the *kind* that *plain* describes; or ``None``, and add what is wrong to *problems*.

    The plain forms are `FORMS`, or others: see `structure`.
    """
    try:
        return structure(kind, plain, where="", at=path, forms=FORMS if forms is None else forms)
    except DefinitionError as error:
        problems += [problem.removeprefix(": ") for problem in error.problems]
        return None


def read_with_class(
    kind: type[T], plain: object, path: str, problems: list[str], *, forms: tuple[Form, ...] | None = None
) -> T | None:
    """`read` the key ``class``, which Python has no parameter for, as ``ci_class``."""
    if isinstance(plain, Mapping):
        names = {"class": "ci_class", "ci_class": "class_"}  # the second is unknown, as it should be
        plain = {names.get(key, key): value for key, value in plain.items()}
    found: list[str] = []
    table = read(kind, plain, path, found, forms=forms)
    for problem in found:
        told, known, names_known = problem.partition("known are ")
        told = (
            told.replace(f"{path}.ci_class: ", f"{path}.class: ")
            .replace(f"{path}.class_: ", f"{path}.ci_class: ")
            .replace("mean ci_class?", "mean class?")
        )
        problems.append(told + known + names_known.replace("ci_class", "class"))
    return table


def sentence_table(
    plain: object, types: Iterable[str], keys: tuple[str, str, str] = ("source", "type", "target")
) -> object:
    """
    Return the table that a sentence such as ``"web runs_on host"`` stands for; what is no text, as it is.

    Args:
        plain: Three words; or more, of which one and only one, neither the first nor the last, is a type.
        types: The names of the relation types.
        keys: What the three parts are called in the table.

    Raises:
        DefinitionError: If the text does not fall into three parts.
    """
    if not isinstance(plain, str):
        return plain
    words = plain.split()
    known = frozenset(types)
    places = [place for place in range(1, len(words) - 1) if words[place] in known]
    if len(words) == 3:
        places = [1]
    if len(places) != 1:
        problem = (
            f"must read as source, relation type and target, such as 'web runs_on host', not {plain!r}; "
            "write a table if a name has spaces in it"
        )
        raise DefinitionError(problem)
    (place,) = places
    return dict(zip(keys, (" ".join(words[:place]), words[place], " ".join(words[place + 1 :])), strict=True))


def short_form(plain: dict[str, object], types: Iterable[str]) -> object:
    """Return the sentence that `sentence_table` reads as *plain*, or *plain* itself if there is none."""
    sentence = f"{plain['source']} {plain['type']} {plain['target']}"
    try:
        return sentence if sentence_table(sentence, types) == plain else plain
    except DefinitionError:
        return plain


# -- instants ------------------------------------------------------------------------------------------


def _instant(plain: object) -> datetime:
    if isinstance(plain, str):
        try:
            plain = datetime.fromisoformat(plain)
        except ValueError:
            problem = f"must be a date and time such as 2026-03-29T09:00:00Z, not {plain!r}"
            raise DefinitionError(problem) from None
    if isinstance(plain, date) and getattr(plain, "tzinfo", None) is None:
        moment = plain if isinstance(plain, datetime) else datetime.combine(plain, time())
        problem = f"has no time zone: {plain}; write {moment.isoformat()}Z, or another offset from UTC than Z"
        raise DefinitionError(problem)
    return utc(aware(plain, "it"), "it")


def instant_to_plain(instant: datetime) -> str:
    """Return the text of an instant, which JSON can hold too; in UTC."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


# -- effects and rules ---------------------------------------------------------------------------------


def _effect(plain: object) -> Effect:
    if isinstance(plain, Mapping):
        wrong = [level for level in plain.values() if not isinstance(level, str)]
        if wrong:
            problem = f"must map levels to levels, not to {shown(wrong[0])}"
            raise DefinitionError(problem)
    try:
        return effect_from(plain)
    except DefinitionError as error:
        raise DefinitionError(*(problem.removeprefix("effect: ") for problem in error.problems)) from None


def effect_to_plain(effect: Effect) -> object:
    """Return the plain form of an effect: its text, or a map of levels."""
    return dict(effect.to) or str(effect)


class PlainWeight:
    """Stands for a weight where a table is read: a whole number, or a fraction as text."""


def _weight(plain: object) -> int | Fraction:
    if isinstance(plain, int) and not isinstance(plain, bool):
        return plain
    if isinstance(plain, str):
        try:
            fraction = Fraction(plain)
        except (ValueError, ZeroDivisionError):
            pass
        else:
            return int(fraction) if fraction.denominator == 1 else fraction
    problem = f"must be a whole number, or a fraction as text such as '1/3', not {shown(plain)}"
    raise DefinitionError(problem)


def _weight_to_plain(weight: int | Fraction) -> int | str:
    return int(weight) if weight == int(weight) else str(weight)


@frozen(kw_only=True)
class _NeedTable:
    need: PlainWeight
    weights: Mapping[str, PlainWeight] = EMPTY


@frozen(kw_only=True)
class _ClauseTable:
    members_at: str
    weight: PlainWeight
    then: str
    weights: Mapping[str, PlainWeight] = EMPTY


@frozen(kw_only=True)
class _ClausesTable:
    clauses: tuple[_ClauseTable, ...]


def _rule(plain: object) -> RedundancyRule:
    if isinstance(plain, Mapping):
        return _rule_of_table(plain)
    try:
        return rule_from(plain)
    except DefinitionError as error:
        raise DefinitionError(*(problem.removeprefix("rule: ") for problem in error.problems)) from None


def _rule_of_table(plain: Mapping[str, object]) -> RedundancyRule:
    problems: list[str] = []
    if "clauses" in plain:
        table = read(_ClausesTable, plain, "", problems)
        if table is not None:
            return Clauses(
                tuple(
                    Clause(each.members_at, each.weight, each.then, each.weights)  # type: ignore[arg-type]
                    for each in table.clauses
                )
            )
    else:
        need = read(_NeedTable, plain, "", problems)
        if need is not None:
            return WeightedNeed(need.weights, need.need)  # type: ignore[arg-type]  # a weight is a number
    raise DefinitionError(*problems)


def rule_to_plain(rule: RedundancyRule) -> object:
    """Return the plain form of a rule: its text, or a table."""
    match rule:
        case WeightedNeed(weights=weights, need=need):
            return {"need": _weight_to_plain(need), **_weights_to_plain(weights)}
        case Clauses(clauses=clauses):
            return {
                "clauses": [
                    {
                        "members_at": each.members_at,
                        "weight": _weight_to_plain(each.weight),
                        "then": each.then,
                        **_weights_to_plain(each.weights),
                    }
                    for each in clauses
                ]
            }
    return str(rule)


def _weights_to_plain(weights: Mapping[str, int | Fraction]) -> dict[str, object]:
    plain = {name: _weight_to_plain(weight) for name, weight in weights.items()}
    return {"weights": plain} if plain else {}


# -- attributes ----------------------------------------------------------------------------------------


def attribute_from(plain: object, kind: FactKind | None = None) -> Any:
    """
    Return the value of an attribute.

    Args:
        plain: Text, a number, true or false, an instant; a list or a table of such; or a table of one key
            that says what its text is: ``instant``, ``duration`` or ``decimal``; or ``text``, for text that
            is no more than that.
        kind: What the attribute is declared to be. Text is then read as an instant or a duration.

    Raises:
        DefinitionError: If it is no value, or not of that kind.
    """
    if isinstance(plain, str):
        tag = None if kind is None else _READ_AS.get(kind)
        return plain if tag is None else _TAGS[tag](plain)
    if isinstance(plain, datetime):
        return _instant(plain)
    if isinstance(plain, date | time):
        problem = f"must be an instant such as 2026-03-29T00:00:00Z, or text; {plain} has no time zone"
        raise DefinitionError(problem)
    if isinstance(plain, list | tuple):
        return tuple(map(attribute_from, plain))
    if isinstance(plain, Mapping):
        if len(plain) == 1:
            ((tag, text),) = plain.items()
            if tag in _TAGS and isinstance(text, str):
                return _TAGS[tag](text)
        return FrozenDict((name, attribute_from(each)) for name, each in plain.items())
    if isinstance(plain, bool | int | float):
        return plain
    problem = f"has no plain form: {shown(plain)}"
    raise DefinitionError(problem)


def _decimal(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except DecimalException:
        found = Decimal("nan")
    if not found.is_finite():
        problem = f"must be a number such as '1.50', not {text!r}"
        raise DefinitionError(problem)
    return found


_TAGS: Mapping[str, Callable[[str], object]] = {
    "instant": _instant,
    "duration": duration,
    "decimal": _decimal,
    "text": str,
}
_READ_AS = {FactKind.INSTANT: "instant", FactKind.DURATION: "duration"}
"""What text is taken for where an attribute is declared to be of a kind."""


def attribute_to_plain(value: object, kind: FactKind | None = None) -> object:
    """
    Return the plain form of the value of an attribute, which `attribute_from` reads as it was.

    Args:
        value: The value.
        kind: What the attribute is declared to be. Where text would be taken for something else, a table says
            that it is text.

    Raises:
        DefinitionError: If it has none: it is a set, an object, no finite number, or a table that would be
            read as something else.
    """
    match value:
        case str() if kind in _READ_AS:
            return {"text": value}
        case str() | bool() | int():
            return value
        case float() if isfinite(value):
            return value
        case datetime() if value.tzinfo is not None:
            return {"instant": instant_to_plain(value)}
        case timedelta():
            return {"duration": duration_text(value)}
        case Decimal() if value.is_finite():
            return {"decimal": str(value)}
        case list() | tuple():
            return [attribute_to_plain(each) for each in value]
        case Mapping() if all(isinstance(name, str) for name in value):
            plain = {name: attribute_to_plain(each) for name, each in value.items()}
            if len(plain) != 1 or not _is_tagged(plain):
                return plain
    problem = f"has no plain form: {shown(value)}"
    raise DefinitionError(problem)


def _is_tagged(plain: Mapping[str, object]) -> bool:
    return any(tag in _TAGS and isinstance(text, str) for tag, text in plain.items())


FORMS = (
    Form(FactSchema, schema_from, schema_to_mapping),
    Form(RedundancyRule, _rule, rule_to_plain),
    Form(Effect, _effect, effect_to_plain),
    Form(PlainWeight, _weight, lambda weight: weight),
    Form(datetime, _instant, instant_to_plain),
)
"""The plain forms that the CMDB's documents share."""
