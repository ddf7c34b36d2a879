"""One reading of a workflow's document: everything that is wrong with it is found, not only the first."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from itsmkit._problems import close_to, is_name, name_problems, shown, under
from itsmkit.calendars import amount_from
from itsmkit.conditions import ALWAYS, MAX_DEPTH, MAX_SIZE, condition_from
from itsmkit.errors import DefinitionError
from itsmkit.workflow._references import UNREADABLE, References
from itsmkit.workflow.definition import WorkflowDefinition, effect_problems
from itsmkit.workflow.guard import AllGuards, AnyGuard, Guard, GuardExpression
from itsmkit.workflow.rule import NeverWithout
from itsmkit.workflow.state import CompositeState, State
from itsmkit.workflow.state_timer import StateTimer
from itsmkit.workflow.transition import Transition

__all__ = ["DefinitionReader"]

T = TypeVar("T")


class DefinitionReader:
    """
    What was found wrong so far.

    Whoever returns ``None`` has noted why. After a problem the reading goes on, to find the others.

    Args:
        guards: Guards that a document may ask for besides its own.
        effects: The names of the effects that there are, or ``None`` if any name will do.
    """

    def __init__(self, guards: Mapping[str, Guard], effects: Collection[str] | None) -> None:
        self.problems: list[str] = []
        self._effects = effects
        self._guards: dict[str, Guard | None] = dict(guards)
        self._asked: set[str] = set()
        self._met = 0

    def definition(self, document: object, where: str) -> WorkflowDefinition | None:
        """Return the definition, if there is no problem."""
        if not isinstance(document, Mapping):
            self._note(where or "workflow", f"must be a mapping, not {shown(document)}")
            return None
        self._keys(
            document,
            where,
            ("name", "initial", "states", "transitions"),
            ("version", "composites", "guards", "rules"),
        )
        heads = {key: document[key] for key in ("name", "initial", "version") if key in document}
        for key, value in heads.items():
            self.problems += name_problems(_join(where, key), value)
        initial = heads.get("initial") if is_name(heads.get("initial")) else None
        self._own_guards(document, where)
        states = self._named(document, "states", where, self._state)
        composites = self._named(document, "composites", where, self._composite)
        transitions = self._listed(document, "transitions", where, self._transition)
        rules = self._listed(document, "rules", where, self._rule)
        all_ways_read = len(transitions) == len(self._list(document, "transitions"))
        if all_ways_read:
            self._unused_guards(document, where)
        if all(isinstance(document.get(key, {}), Mapping) for key in ("states", "composites")):
            # What cannot be read is known by its name, for others may refer to it.
            unread = {*document.get("states", {}), *document.get("composites", {})}
            unread -= {state.name for state in states} | {composite.name for composite in composites}
            found = References(
                initial,
                states,
                transitions,
                composites,
                rules,
                sources="from",
                target="to",
                unread=tuple(name for name in unread if is_name(name)),
                all_ways_read=all_ways_read,
                guards=tuple(self._guards),
            ).problems()
            self.problems += [_join(where, problem) for problem in found]
        if self._effects is not None:
            unknown = effect_problems(transitions, self._effects)
            self.problems += [_join(where, problem) for problem in unknown]
        if self.problems:
            return None
        return WorkflowDefinition(
            **heads,
            states=states,
            transitions=transitions.values(),
            composites=composites,
            rules=rules.values(),
        )

    # -- the parts -----------------------------------------------------------------------------------

    def _state(self, name: Any, content: object, path: str) -> State | None:
        if not isinstance(content, Mapping):
            return self._made(lambda: State(name, content), path)  # type: ignore[arg-type]  # State refuses it
        table = self._table(content, path, ("category",), ("required", "guards", "timers"))
        if table is None:
            return None
        guards = self._guard_list(table, path)
        timers = self._listed(table, "timers", path, self._timer)
        return self._made(
            lambda: State(
                name,
                table["category"],
                required=_names(table, "required"),
                guards=guards,
                timers=timers.values(),
            ),
            path,
        )

    def _timer(self, content: object, path: str) -> StateTimer | None:
        table = self._table(content, path, ("trigger", "after"), ("calendar",))
        if table is None:
            return None
        after = self._made(lambda: amount_from(table["after"]), f"{path}.after")
        if after is None:
            return None
        return self._made(
            lambda: StateTimer(table["trigger"], after=after, calendar=table.get("calendar")), path
        )

    def _composite(self, name: Any, content: object, path: str) -> CompositeState | None:
        table = self._table(content, path, ("states", "initial"), ())
        if table is None:
            return None
        return self._made(
            lambda: CompositeState(name, states=_names(table, "states"), initial=table["initial"]), path
        )

    def _transition(self, content: object, path: str) -> Transition | None:
        optional = ("guards", "required", "roles", "effects")
        # Looked at first, so that what a way asks for is known even where it cannot be read.
        guards = self._guard_list(content, path) if isinstance(content, Mapping) else []
        table = self._table(content, path, ("trigger", "from", "to"), optional)
        if table is None:
            return None
        return self._made(
            lambda: Transition(
                table["trigger"],
                _names(table, "from"),
                table["to"],
                guards=guards,
                required=_names(table, "required"),
                roles=_names(table, "roles"),
                effects=_names(table, "effects"),
            ),
            path,
        )

    def _rule(self, content: object, path: str) -> NeverWithout | None:
        table = self._table(content, path, ("never_without", "before"), ("since",))
        if table is None:
            return None
        gate, before, since = table["never_without"], table["before"], table.get("since")
        return self._made(lambda: NeverWithout(gate, before=before, since=since), path)

    # -- guards --------------------------------------------------------------------------------------

    def _own_guards(self, document: Mapping[str, Any], where: str) -> None:
        path = _join(where, "guards")
        content = document.get("guards", {})
        if not isinstance(content, Mapping):
            self._note(path, f"must be a mapping of names to guards, not {shown(content)}")
            return
        for name, described in content.items():
            at = f"{path}[{name!r}]"
            table = self._table(described, at, ("when", "reason"), ("otherwise",))
            # A guard that cannot be read is known all the same, so that nobody is told it is not.
            guard = None if table is None else self._guard(name, table, at)
            theirs = self._guards.get(name)
            if guard is not None and theirs is not None and guard != theirs:
                self._note(at, "is another guard than the one of this name that was handed in; rename it")
            self._guards[name] = guard

    def _guard(self, name: Any, table: Mapping[str, Any], path: str) -> Guard | None:
        condition = None
        try:
            condition = condition_from(table["when"], where=f"{path}.when")
        except DefinitionError as error:
            self.problems += error.problems
        # Made in any case, so that the name and the reason are looked at too.
        guard = self._made(
            lambda: Guard(
                name,
                ALWAYS if condition is None else condition,
                table["reason"],
                otherwise=table.get("otherwise"),
            ),
            path,
        )
        return None if condition is None else guard

    def _guard_list(self, table: Mapping[str, Any], path: str) -> list[GuardExpression]:
        content = table.get("guards", ())
        if isinstance(content, str | Mapping):
            content = (content,)
        guards, all_read = self._expressions(content, f"{path}.guards", 0)
        return guards if all_read else [*guards, UNREADABLE]

    def _expressions(self, content: object, path: str, depth: int) -> tuple[list[GuardExpression], bool]:
        """Return the guards of a list that can be read, and whether these are all."""
        if not isinstance(content, list | tuple):
            self._note(path, f"must be a list of guards, not {shown(content)}")
            return [], False
        read = [self._expression(each, f"{path}[{index}]", depth) for index, each in enumerate(content)]
        guards = [guard for guard in read if guard is not None]
        return guards, len(guards) == len(read)

    def _expression(self, content: object, path: str, depth: int) -> GuardExpression | None:
        if depth > MAX_DEPTH:
            self._note(path, f"nested too deeply; {MAX_DEPTH} is the most")
            return None
        self._met += 1
        if self._met > MAX_SIZE:
            if self._met == MAX_SIZE + 1:
                self._note(path, f"one guard too many; {MAX_SIZE:,} are the most")
            return None
        if isinstance(content, str):
            return self._named_guard(content, path)
        if not isinstance(content, Mapping):
            self._note(path, f"must be the name of a guard, or a table, not {shown(content)}")
            return None
        for key, kind in (("all", AllGuards), ("any", AnyGuard)):
            if key in content:
                self._keys(content, path, (key,), ())
                parts, all_read = self._expressions(content[key], f"{path}.{key}", depth + 1)
                return self._made(partial(kind, parts), f"{path}.{key}") if all_read else None
        if "not" in content:
            self._keys(content, path, ("not",), ())
            part = self._expression(content["not"], f"{path}.not", depth + 1)
            return None if part is None else ~part
        table = self._table(content, path, ("name", "when", "reason"), ("otherwise",))
        return None if table is None else self._guard(table["name"], table, path)

    def _named_guard(self, name: str, path: str) -> Guard | None:
        if name not in self._guards:
            self._note(path, f"unknown guard {name!r}; {close_to(name, self._guards)}")
            return None
        self._asked.add(name)
        return self._guards[name]

    def _unused_guards(self, document: Mapping[str, Any], where: str) -> None:
        content = document.get("guards", {})
        if isinstance(content, Mapping):
            for name in content:
                if name not in self._asked:
                    path = f"{_join(where, 'guards')}[{name!r}]"
                    self._note(path, "no state and no transition asks for it; use it, or remove it")

    # -- reading in general --------------------------------------------------------------------------

    def _named(
        self,
        document: Mapping[str, Any],
        key: str,
        where: str,
        read: Callable[[Any, object, str], T | None],
    ) -> list[T]:
        """Return what stands in the mapping *key*, as far as it can be read."""
        path = _join(where, key)
        content = document.get(key, {})
        if not isinstance(content, Mapping):
            self._note(path, f"must be a mapping of names, not {shown(content)}")
            return []
        found = [read(name, each, f"{path}[{name!r}]") for name, each in content.items()]
        return [each for each in found if each is not None]

    @staticmethod
    def _list(document: Mapping[str, Any], key: str) -> Sequence[object]:
        content = document.get(key, ())
        return content if isinstance(content, list | tuple) else ()

    def _listed(
        self, document: Mapping[str, Any], key: str, where: str, read: Callable[[object, str], T | None]
    ) -> dict[int, T]:
        """Return what stands in the list *key*, as far as it can be read, by its place."""
        path = _join(where, key)
        content = document.get(key, ())
        if not isinstance(content, list | tuple):
            self._note(path, f"must be a list, not {shown(content)}")
            return {}
        found = {index: read(each, f"{path}[{index}]") for index, each in enumerate(content)}
        return {index: each for index, each in found.items() if each is not None}

    def _table(
        self, content: object, path: str, required: tuple[str, ...], optional: tuple[str, ...]
    ) -> Mapping[str, Any] | None:
        if not isinstance(content, Mapping):
            self._note(path, f"must be a mapping, not {shown(content)}")
            return None
        return content if self._keys(content, path, required, optional) else None

    def _keys(
        self, table: Mapping[str, Any], path: str, required: Sequence[str], optional: Sequence[str]
    ) -> bool:
        """Tell whether *table* has all that is required; note that, and unknown keys."""
        known = (*required, *optional)
        for key in table:
            if key not in known:
                self._note(_join(path, str(key)), f"is unknown; {close_to(key, known)}")
        missing = [key for key in required if key not in table]
        for key in missing:
            self._note(_join(path, key), "is missing")
        return not missing

    def _made(self, make: Callable[[], T], path: str) -> T | None:
        """Return what *make* makes, or note what it finds wrong."""
        try:
            return make()
        except DefinitionError as error:
            self.problems += [under(path, _in_words_of_documents(problem)) for problem in error.problems]
            return None

    def _note(self, path: str, problem: str) -> None:
        self.problems.append(f"{path}: {problem}")


def _names(table: Mapping[str, Any], key: str) -> Any:
    content = table.get(key, ())
    return content if isinstance(content, str | list | tuple) else (content,)


def _in_words_of_documents(problem: str) -> str:
    for field, key in (("sources", "from"), ("target", "to")):
        if problem.startswith(field):
            return key + problem.removeprefix(field)
    return problem


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
