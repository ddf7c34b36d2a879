"""
Policies of approval as plain mappings, for TOML and JSON.

.. code-block:: toml

    name = "normal change"
    barred = ["requester", "implementer"]          # facts that name people; ["requester"] if left out
    max_chain = 1                                  # how many delegations may follow each other
    if_empty = "rejected"                          # or "approved": when every stage is skipped

    [[steps]]                                      # one after the other
    stage = "manager"
    approvers = [{ fact = "manager" }]
    within = "2 business days"                     # or "16h"; no end, if left out
    on_timeout = "reject"                          # or "approve" or "count"

    [[steps]]

    [[steps.parallel]]                             # all at once; in it, sequence = [...] may stand
    stage = "board"
    approvers = [{ role = "cab" }, { role = "security", veto = true }, { person = "kim", weight = 2 }]
    rule = { share = "50%", of = "cast", more_than = true, weighted = false }
    quorum = "50%"                                 # or a number of ballots, or { ballots, part }

    [[steps.parallel]]
    stage = "owner"
    approvers = [{ fact = "service_owners" }]
    rule = "any_one"
    when = { field = "risk", equals = "high" }     # always, if left out
    barred = ["implementer"]
    apart_from = ["board"]

A rule is ``"everybody"``, which holds if there is none, ``"any_one"`` or ``"majority"``, or a table:
``{ at_least = 2 }``, ``{ weight = 5 }``, ``{ share = "2/3" }``, ``{ each_role = { network = 1 } }``,
``{ all = [...] }`` or ``{ any = [...] }``.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from difflib import get_close_matches
from typing import Any, TypeVar

from attrs import fields

from itsmkit._documents import duration, duration_text
from itsmkit.calendars import BusinessDays, CountFrom, TimeOfDay
from itsmkit.conditions import ALWAYS, Condition, condition_from, to_mapping
from itsmkit.errors import DefinitionError
from itsmkit.workflow._checking import shown
from itsmkit.workflow.approvals._checking import MAX_DEPTH
from itsmkit.workflow.approvals.approver import (
    Approver,
    ApproverSource,
    FactApprovers,
    RoleApprovers,
)
from itsmkit.workflow.approvals.policy import ApprovalPolicy, InParallel, InSequence, Step
from itsmkit.workflow.approvals.rule import (
    ANY_ONE,
    EVERYBODY,
    MAJORITY,
    AllRules,
    AnyRule,
    AtLeast,
    EachRole,
    Rule,
    Share,
    WeightAtLeast,
    fraction_text,
)
from itsmkit.workflow.approvals.stage import Quorum, Stage, Within

__all__ = ["policy_from", "policy_to_mapping"]

T = TypeVar("T")

_WORDS: Mapping[str, Rule] = {"everybody": EVERYBODY, "any_one": ANY_ONE, "majority": MAJORITY}
_RULES = ("at_least", "weight", "share", "each_role", "all", "any")
_SOURCES: Mapping[str, type[ApproverSource]] = {
    "person": Approver,
    "role": RoleApprovers,
    "fact": FactApprovers,
}
_STAGE = (
    "approvers",
    "rule",
    "quorum",
    "when",
    "within",
    "on_timeout",
    "barred",
    "apart_from",
)
_GROUPS: Mapping[str, Callable[[Iterable[Step]], InSequence | InParallel]] = {
    "sequence": InSequence,
    "parallel": InParallel,
}


def policy_from(document: object, *, where: str = "the policy", at: str = "") -> ApprovalPolicy:
    """
    Return the policy that *document* describes: the inverse of `policy_to_mapping`.

    Args:
        document: A mapping of plain data, such as TOML and JSON are read into.
        where: The name of the document, for the sentences of the faults.
        at: The path of *document* in it; empty for the document itself.

    Raises:
        DefinitionError: With every problem and its path.

    >>> step = {"stage": "board", "approvers": [{"rol": "cab"}], "quorum": -1}
    >>> policy_from({"name": "change", "steps": [step]}, where="change.toml")
    Traceback (most recent call last):
        ...
    itsmkit.errors.DefinitionError: 3 problems:
    - change.toml: steps[0].approvers[0].rol: is not known here; did you mean role?
    - change.toml: steps[0].approvers[0]: needs exactly one of person, role, fact; found none
    - change.toml: steps[0].quorum: ballots: must be a whole number of at least 0, not int -1
    """
    reader = _Reader()
    policy = reader.policy(document, at)
    if policy is None or reader.problems:
        raise DefinitionError(*(f"{where}: {problem}" for problem in reader.problems))
    return policy


def policy_to_mapping(policy: ApprovalPolicy) -> dict[str, object]:
    """
    Return *policy* as plain data that TOML and JSON can hold: the inverse of `policy_from`.

    What is as usual is left out.

    >>> policy_to_mapping(ApprovalPolicy("change", Stage("board", [RoleApprovers("cab")], MAJORITY)))
    {'name': 'change', 'steps': [{'stage': 'board', 'approvers': [{'role': 'cab'}], 'rule': 'majority'}]}
    """
    return {
        "name": policy.name,
        **_unusual(policy, barred=list, max_chain=int, if_empty=str),
        "steps": [_plain_step(step) for step in policy.steps.steps],
    }


# -- from the policy to the document -------------------------------------------------------------------


def _unusual(value: Any, **forms: Callable[[Any], object]) -> dict[str, object]:
    """Return the attributes of *value* that differ from their defaults, each in its plain form."""
    defaults = {each.name: each.default for each in fields(type(value))}
    held = {name: getattr(value, name) for name in forms}
    return {name: forms[name](each) for name, each in held.items() if each != defaults[name]}


def _plain_step(step: Step) -> dict[str, object]:
    if isinstance(step, Stage):
        return {
            "stage": step.name,
            "approvers": [_plain_source(source) for source in step.approvers],
            **_unusual(
                step,
                rule=_plain_rule,
                quorum=_plain_quorum,
                when=to_mapping,
                within=_plain_within,
                on_timeout=str,
                barred=list,
                apart_from=list,
            ),
        }
    key = "sequence" if isinstance(step, InSequence) else "parallel"
    return {key: [_plain_step(each) for each in step.steps]}


def _plain_source(source: ApproverSource) -> dict[str, object]:
    (key,) = (key for key, kind in _SOURCES.items() if type(source) is kind)
    roles = {} if isinstance(source, RoleApprovers) else {"roles": list}
    return {key: getattr(source, key), **_unusual(source, weight=int, veto=bool, **roles)}


def _plain_rule(rule: Rule) -> object:
    for word, known in _WORDS.items():
        if rule == known:
            return word
    match rule:
        case AtLeast(number=number):
            return {"at_least": number}
        case WeightAtLeast(weight=weight):
            return {"weight": weight}
        case Share(part=part):
            return {"share": fraction_text(part), **_unusual(rule, of=str, more_than=bool, weighted=bool)}
        case EachRole(minimums=minimums):
            return {"each_role": dict(minimums)}
        case AllRules(rules=rules):
            return {"all": [_plain_rule(each) for each in rules]}
        case AnyRule(rules=rules):
            return {"any": [_plain_rule(each) for each in rules]}
    message = f"{rule!r} has no plain form"
    raise TypeError(message)


def _plain_quorum(quorum: Quorum) -> object:
    if not quorum.part:
        return quorum.ballots
    part = fraction_text(quorum.part)
    return {"ballots": quorum.ballots, "part": part} if quorum.ballots else part


def _plain_within(within: Within) -> object:
    if isinstance(within, timedelta):
        return duration_text(within)
    if within == BusinessDays(within.number):
        return f"{within.number} business days"
    return {
        "business_days": within.number,
        "count_from": within.count_from.value,
        "time_of_day": within.time_of_day.value,
    }


# -- from the document to the policy -------------------------------------------------------------------

# They stand in for what could not be read, so that the rest is looked at too.
_SOMEBODY = "somebody"
_SOME_STEP = Stage(_SOMEBODY, [FactApprovers(_SOMEBODY)])


class _Reader:
    """
    One reading of a document: what was found wrong so far, each with its path.

    Whoever returns ``None`` has noted why. After a problem the reading goes on, to find the others.
    """

    def __init__(self) -> None:
        self.problems: list[str] = []

    def policy(self, document: object, path: str) -> ApprovalPolicy | None:
        """Return the policy, or ``None``."""
        keys = ("name", "steps", "barred", "max_chain", "if_empty")
        table = self._table(document, path, keys, required=("name", "steps"))
        if table is None:
            return None
        steps = self._items(table, "steps", path)
        read = [self._step(each, f"{_join(path, 'steps')}[{i}]", 1) for i, each in enumerate(steps)]
        made = self._made(path, lambda: InSequence(read))
        given = {**self._given(table, "max_chain", "if_empty"), **self._names(table, path, "barred")}
        if made is None or "name" not in table or _SOME_STEP in read:
            made = InSequence((_SOME_STEP,))  # what refers to each other cannot be judged
        return self._made(path, lambda: ApprovalPolicy(table.get("name", _SOMEBODY), made, **given))

    def _step(self, plain: object, path: str, depth: int) -> Step:
        if depth > MAX_DEPTH:
            self._note(path, f"nested too deeply; {MAX_DEPTH} is the most")
            return _SOME_STEP
        if isinstance(plain, Mapping):
            for key, group in _GROUPS.items():
                if key in plain:
                    self._table(plain, path, (key,))
                    inner = _join(path, key)
                    items = self._items(plain, key, path)
                    steps = [self._step(each, f"{inner}[{i}]", depth + 1) for i, each in enumerate(items)]
                    return self._made(inner, lambda: group(steps)) or _SOME_STEP  # noqa: B023  called here
        return self._stage(plain, path) or _SOME_STEP

    def _stage(self, plain: object, path: str) -> Stage | None:
        table = self._table(plain, path, ("stage", *_STAGE), required=("stage", "approvers"))
        if table is None:
            return None
        before = len(self.problems)
        approvers = self._approvers(table, path)
        readers: Mapping[str, Callable[[object, str], Any]] = {
            "rule": lambda each, at: self._rule(each, at, 1) or EVERYBODY,
            "quorum": lambda each, at: self._quorum(each, at) or Quorum(),
            "when": lambda each, at: self._condition(each, at) or ALWAYS,
            "within": lambda each, at: self._within(each, at) or timedelta(hours=1),
        }
        given = {
            **{key: read(table[key], _join(path, key)) for key, read in readers.items() if key in table},
            **self._given(table, "on_timeout"),
            **self._names(table, path, "barred"),
            **self._names(table, path, "apart_from"),
        }
        name = table.get("stage", _SOMEBODY)
        made = self._made(path, lambda: Stage(name, approvers, **given))
        return made if len(self.problems) == before else None

    def _approvers(self, table: Mapping[str, Any], path: str) -> list[ApproverSource]:
        """Return the approvers; one who could not be read is some fact, so that nothing is said of reach."""
        inner = _join(path, "approvers")
        read = [
            self._source(plain, f"{inner}[{i}]") or FactApprovers(f"{_SOMEBODY} {i}")
            for i, plain in enumerate(self._items(table, "approvers", path))
        ]
        is_list = isinstance(table.get("approvers"), list | tuple)
        return read if is_list else [FactApprovers(_SOMEBODY)]

    def _source(self, plain: object, path: str) -> ApproverSource | None:
        table = self._table(plain, path, (*_SOURCES, "roles", "weight", "veto"))
        if table is None:
            return None
        key = self._one_of(table, path, tuple(_SOURCES))
        given = {**self._given(table, "weight", "veto"), **self._names(table, path, "roles")}
        if key is None:
            return None
        if key == "role" and "roles" in table:
            self._note(_join(path, "roles"), "belongs to a person or a fact; holders of a role hold that")
            return None
        return self._made(path, lambda: _SOURCES[key](**{key: table[key]}, **given))

    def _rule(self, plain: object, path: str, depth: int) -> Rule | None:
        if isinstance(plain, str):
            if plain not in _WORDS:
                self._note(path, f"must be one of {', '.join(map(repr, _WORDS))}, or a table, not {plain!r}")
            return _WORDS.get(plain)
        if depth > MAX_DEPTH:
            self._note(path, f"nested too deeply; {MAX_DEPTH} is the most")
            return None
        table = self._table(plain, path, (*_RULES, "of", "more_than", "weighted"))
        key = None if table is None else self._one_of(table, path, _RULES)
        if table is None or key is None:
            return None
        if key == "share":
            options = self._given(table, "of", "more_than", "weighted")
            return self._made(path, lambda: Share(table[key], **options))
        self._table(table, path, (key,))
        inner = _join(path, key)
        if key in ("all", "any"):
            read = [
                self._rule(each, f"{inner}[{i}]", depth + 1)
                for i, each in enumerate(self._items(table, key, path))
            ]
            rules = [rule for rule in read if rule is not None]
            if len(rules) < len(read) or not isinstance(table[key], list | tuple):
                return None
            return self._made(inner, lambda: AllRules(rules) if key == "all" else AnyRule(rules))
        if key == "each_role":
            minimums = self._table(table[key], inner, None)
            return None if minimums is None else self._made(inner, lambda: EachRole(minimums))
        kind = AtLeast if key == "at_least" else WeightAtLeast
        return self._made(inner, lambda: kind(table[key]))

    def _quorum(self, plain: object, path: str) -> Quorum | None:
        if not isinstance(plain, Mapping):
            by = {"part": plain} if isinstance(plain, str) else {"ballots": plain}
            return self._made(path, lambda: Quorum(**by))  # type: ignore[arg-type]  # it looks itself
        table = self._table(plain, path, ("ballots", "part"))
        return None if table is None else self._made(path, lambda: Quorum(**table))

    def _condition(self, plain: object, path: str) -> Condition | None:
        try:
            return condition_from(plain, where=path)
        except DefinitionError as error:
            self.problems += error.problems
            return None

    def _within(self, plain: object, path: str) -> Within | None:
        if isinstance(plain, Mapping):
            keys = ("business_days", "count_from", "time_of_day")
            table = self._table(plain, path, keys, required=("business_days",))
            if table is None or "business_days" not in table:
                return None
            given = {
                key: self._member(kind, table[key], _join(path, key))
                for key, kind in (("count_from", CountFrom), ("time_of_day", TimeOfDay))
                if key in table
            }
            if None in given.values():
                return None
            return self._made(path, lambda: BusinessDays(table["business_days"], **given))
        if isinstance(plain, str) and plain.endswith(("bd", "business day", "business days")):
            return self._made(path, lambda: BusinessDays.parse(plain))
        return self._made(path, lambda: duration(plain))

    def _member(self, kind: type[CountFrom] | type[TimeOfDay], plain: object, path: str) -> Any:
        try:
            return kind(plain)
        except ValueError:
            choices = ", ".join(repr(each.value) for each in kind)
            self._note(path, f"must be one of {choices}, not {shown(plain)}")
            return None

    # -- tables, lists and what is made of them --------------------------------------------------------

    def _table(
        self,
        plain: object,
        path: str,
        known: tuple[str, ...] | None,
        required: tuple[str, ...] = (),
    ) -> Mapping[str, Any] | None:
        """Return *plain* if it is a table; note keys that are unknown or missing."""
        if not isinstance(plain, Mapping):
            self._note(path, f"must be a table, not {shown(plain)}")
            return None
        for key in plain:
            if known is not None and key not in known:
                close = get_close_matches(str(key), known, n=1)
                hint = f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}"
                self._note(_join(path, str(key)), f"is not known here; {hint}")
        for key in required:
            if key not in plain:
                self._note(_join(path, key), "is missing")
        return plain

    def _one_of(self, table: Mapping[str, Any], path: str, keys: tuple[str, ...]) -> str | None:
        found = [key for key in keys if key in table]
        if len(found) == 1:
            return found[0]
        self._note(path, f"needs exactly one of {', '.join(keys)}; found {' and '.join(found) or 'none'}")
        return None

    def _items(self, table: Mapping[str, Any], key: str, path: str) -> Sequence[object]:
        content = table.get(key, ())
        if isinstance(content, list | tuple):
            return content
        self._note(_join(path, key), f"must be a list, not {shown(content)}")
        return ()

    def _names(self, table: Mapping[str, Any], path: str, key: str) -> dict[str, Any]:
        return {key: self._items(table, key, path)} if key in table else {}

    def _given(self, table: Mapping[str, Any], *keys: str) -> dict[str, Any]:
        return {key: table[key] for key in keys if key in table}

    def _made(self, path: str, make: Callable[[], T]) -> T | None:
        try:
            return make()
        except DefinitionError as error:
            for problem in error.problems:
                self._note(path, problem)
            return None

    def _note(self, path: str, problem: str) -> None:
        self.problems.append(f"{path}: {problem}" if path else problem)


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
