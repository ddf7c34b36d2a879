"""A policy read from plain data: one reading, and every fault found in it with its path."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from itertools import takewhile
from typing import Any, TypeGuard, TypeVar

from itsmkit._problems import close_to, shown, under
from itsmkit.calendars import Amount, amount_from
from itsmkit.conditions import ALWAYS, Condition, condition_from
from itsmkit.errors import DefinitionError
from itsmkit.workflow.approvals._checking import MAX_DEPTH
from itsmkit.workflow.approvals.approver import (
    Approver,
    ApproverSource,
    FactApprovers,
    RoleApprovers,
)
from itsmkit.workflow.approvals.policy import (
    ApprovalPolicy,
    InParallel,
    InSequence,
    Step,
    apart_problems,
    double_problems,
)
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
)
from itsmkit.workflow.approvals.stage import Quorum, Stage

__all__ = ["PolicyReader", "RULE_WORDS", "SOURCES"]

T = TypeVar("T")

_ATTRIBUTE = re.compile(r"([a-z_]+)(.*)", re.DOTALL)

RULE_WORDS: Mapping[str, Rule] = {"everybody": EVERYBODY, "any_one": ANY_ONE, "majority": MAJORITY}
_RULES = ("at_least", "weight", "share", "each_role", "all", "any")
_SHARE_OPTIONS = ("of", "more_than", "weighted")
SOURCES: Mapping[str, type[ApproverSource]] = {
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

# They stand in for what could not be read, so that the rest is looked at too.
_SOMEBODY = "somebody"
_USUAL: Mapping[str, object] = {
    "rule": EVERYBODY,
    "quorum": Quorum(),
    "when": ALWAYS,
    "within": timedelta(hours=1),
}
_SOME_STEP = Stage(_SOMEBODY, [FactApprovers(_SOMEBODY)])


class PolicyReader:
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
        read = [self._step(each, f"{_join(path, 'steps')}[{i}]", 2) for i, each in enumerate(steps)]
        made = self._made(path, lambda: InSequence(read)) if _is_list(table.get("steps")) else None
        given = {**self._given(table, "max_chain", "if_empty"), **self._names(table, path, "barred")}
        if made is None or any(stage is _SOME_STEP for stage in made.stages):
            # Whether they fit together can be judged as far as they can be read.
            stages = () if made is None else made.stages
            read_all = takewhile(lambda stage: stage is not _SOME_STEP, stages)
            found = [
                *double_problems(stage for stage in stages if stage is not _SOME_STEP),
                *apart_problems(read_all),
            ]
            self.problems += [_join(path, problem) for problem in found]
            made = InSequence((_SOME_STEP,))
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
                    if not _is_list(plain[key]) or any(step is _SOME_STEP for step in steps):
                        return _SOME_STEP
                    return self._made(inner, partial(group, steps), steps="") or _SOME_STEP
        return self._stage(plain, path) or _SOME_STEP

    def _stage(self, plain: object, path: str) -> Stage | None:
        table = self._table(plain, path, ("stage", *_STAGE), required=("stage", "approvers"))
        if table is None:
            return None
        before = len(self.problems)
        approvers = self._approvers(table, path)
        readers: Mapping[str, Callable[[object, str], object]] = {
            "rule": partial(self._rule, depth=1),
            "quorum": self._quorum,
            "when": self._condition,
            "within": self._within,
        }
        read = {key: reader(table[key], _join(path, key)) for key, reader in readers.items() if key in table}
        given: dict[str, Any] = {
            **{key: _USUAL[key] if value is None else value for key, value in read.items()},
            **self._given(table, "on_timeout"),
            **self._names(table, path, "barred"),
            **self._names(table, path, "apart_from"),
        }
        name = table.get("stage", _SOMEBODY)
        made = self._made(path, lambda: Stage(name, approvers, **given), name="stage")
        return made if len(self.problems) == before else None

    def _approvers(self, table: Mapping[str, Any], path: str) -> list[ApproverSource]:
        """Return the approvers; one who could not be read is some fact, so that nothing is said of reach."""
        inner = _join(path, "approvers")
        read = [
            self._source(plain, f"{inner}[{i}]") or FactApprovers(f"{_SOMEBODY} {i}")
            for i, plain in enumerate(self._items(table, "approvers", path))
        ]
        return read if _is_list(table.get("approvers")) else [FactApprovers(_SOMEBODY)]

    def _source(self, plain: object, path: str) -> ApproverSource | None:
        table = self._table(plain, path, (*SOURCES, "roles", "weight", "veto"))
        if table is None:
            return None
        key = self._one_of(table, path, tuple(SOURCES))
        given = {**self._given(table, "weight", "veto"), **self._names(table, path, "roles")}
        if key is None:
            return None
        if key == "role" and "roles" in table:
            self._note(_join(path, "roles"), "belongs to a person or a fact; holders of a role hold that")
            return None
        return self._made(path, lambda: SOURCES[key](**{key: table[key]}, **given))

    def _refuse_share_options(self, table: Mapping[str, Any], path: str, key: str) -> None:
        for option in _SHARE_OPTIONS:
            if option in table:
                self._note(_join(path, option), f"is not known here; known: {key}")

    def _rule(self, plain: object, path: str, depth: int) -> Rule | None:
        if depth > MAX_DEPTH:
            self._note(path, f"nested too deeply; {MAX_DEPTH} is the most")
            return None
        if isinstance(plain, str):
            if plain not in RULE_WORDS:
                self._note(
                    path, f"must be one of {', '.join(map(repr, RULE_WORDS))}, or a table, not {plain!r}"
                )
            return RULE_WORDS.get(plain)
        table = self._table(plain, path, (*_RULES, *_SHARE_OPTIONS))
        key = None if table is None else self._one_of(table, path, _RULES)
        if table is None or key is None:
            return None
        if key == "share":
            options = self._given(table, *_SHARE_OPTIONS)
            return self._made(path, lambda: Share(table[key], **options), part="share")
        self._refuse_share_options(table, path, key)
        inner = _join(path, key)
        if key in ("all", "any"):
            read = [
                self._rule(each, f"{inner}[{i}]", depth + 1)
                for i, each in enumerate(self._items(table, key, path))
            ]
            rules = [rule for rule in read if rule is not None]
            if len(rules) < len(read) or not _is_list(table[key]):
                return None
            several = AllRules if key == "all" else AnyRule
            return self._made(inner, lambda: several(rules), rules="")
        if key == "each_role":
            minimums = self._table(table[key], inner, None)
            return None if minimums is None else self._made(inner, lambda: EachRole(minimums), minimums="")
        kind = AtLeast if key == "at_least" else WeightAtLeast
        return self._made(inner, lambda: kind(table[key]), number="", weight="")

    def _quorum(self, plain: object, path: str) -> Quorum | None:
        if not isinstance(plain, Mapping):
            by: dict[str, Any] = {"part" if isinstance(plain, str) else "ballots": plain}
            return self._made(path, lambda: Quorum(**by), part="", ballots="")
        self._table(plain, path, ("ballots", "part"))
        return self._made(path, lambda: Quorum(**self._given(plain, "ballots", "part")))

    def _condition(self, plain: object, path: str) -> Condition | None:
        return self._read("", lambda: condition_from(plain, where=path))

    def _within(self, plain: object, path: str) -> Amount | None:
        try:
            return amount_from(plain)
        except DefinitionError as error:
            self.problems += [under(path, problem) for problem in error.problems]
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
                self._note(_join(path, str(key)), f"is not known here; {close_to(key, known)}")
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
        if _is_list(content):
            return content
        self._note(_join(path, key), f"must be a list, not {shown(content)}")
        return ()

    def _names(self, table: Mapping[str, Any], path: str, key: str) -> dict[str, Any]:
        return {key: self._items(table, key, path)} if key in table else {}

    def _given(self, table: Mapping[str, Any], *keys: str) -> dict[str, Any]:
        return {key: table[key] for key in keys if key in table}

    def _made(self, path: str, make: Callable[[], T], **keys: str) -> T | None:
        """
        Return what *make* makes of what stands at *path*, or ``None``; note its problems at their paths.

        Args:
            path: The path of the table.
            make: Makes a value whose problems begin with the name of an attribute.
            keys: The keys of attributes that are called otherwise in the table; empty for the table itself.
        """
        try:
            return make()
        except DefinitionError as error:
            for problem in error.problems:
                attribute, rest = _ATTRIBUTE.fullmatch(problem).groups()  # type: ignore[union-attr]  # all do
                key = keys.get(attribute, attribute)
                self.problems.append(f"{_join(path, key) if key else path}{rest}")
            return None

    def _read(self, path: str, read: Callable[[], T]) -> T | None:
        """Return what *read* reads at *path*, or ``None``; note its problems."""
        try:
            return read()
        except DefinitionError as error:
            for problem in error.problems:
                self._note(path, problem)
            return None

    def _note(self, path: str, problem: str) -> None:
        self.problems.append(f"{path}: {problem}" if path else problem)


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _is_list(plain: object) -> TypeGuard[Sequence[object]]:
    return isinstance(plain, list | tuple)
