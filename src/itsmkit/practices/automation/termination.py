"""
Whether a set of rules comes to rest: which rules can lead to which, and which of them go round.

A rule leads to another if something that it does may bring an event that the other answers, with a ticket for
which the other's condition can hold. What is known beforehand of the ticket after a step, such as the tag
that it has put on, and what the rule's own condition says of what it leaves alone, is put into the other's
condition; the language of conditions then tells whether anything can satisfy the rest. What cannot be known
counts as possible, so a set that passes comes to rest whatever the tickets are.

What the desk does by itself because of a rule, such as a cascade along links or routing, is not looked at
here: it carries the chain of rules on, so that what goes round by way of it is stopped when it does.

A rule that fires once on each ticket ends every round on one ticket. So does one whose own doing makes its
condition false, if no rule of the set takes that back.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

from attrs import field, frozen

from itsmkit._components import components_of
from itsmkit._frozen import EMPTY, as_tuple
from itsmkit.conditions import (
    NEVER,
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Membership,
    Not,
    Presence,
    UndecidedError,
    all_of,
    facts_for,
    fields_of,
    implies,
    simplified,
)
from itsmkit.practices.automation._steps import Act, Moves, acts_of
from itsmkit.practices.automation.moment import ABOUT_EVENTS
from itsmkit.practices.automation.rule import Rule
from itsmkit.practices.automation.trigger import EventTrigger

__all__ = ["Lead", "RuleFault", "RuleFinding", "check_rules", "leads_of"]

_MOST_WAYS = 32
"""How many ways of a rule's steps are told apart at most; of more, nothing is known."""


@frozen
class Lead:
    """
    That a rule can lead to another.

    Args:
        rule: The rule.
        to: The other, which may be itself.
        event: The event that the one may bring, and the other answers.
        is_elsewhere: Whether it happens to another ticket, which is new.
    """

    rule: str
    to: str
    event: str
    is_elsewhere: bool = False


class RuleFault(StrEnum):
    """What can be wrong with rules."""

    GOES_ROUND = "goes round"
    """Rules lead to one another, and nothing ends it."""
    NEVER_HOLDS = "never holds"
    """Nothing can meet the condition of a rule."""
    IS_SHADOWED = "is shadowed"
    """Another rule that stops what follows answers all that it could."""


@frozen
class RuleFinding:
    """
    Something that is wrong with rules.

    Args:
        fault: What.
        rules: Which: of a round, each leads to the next, and the last to the first.
        sentence: It as a sentence, with the way out.
    """

    fault: RuleFault
    rules: tuple[str, ...] = field(converter=as_tuple)
    sentence: str

    @property
    def is_error(self) -> bool:
        """Whether rules must not be kept so."""
        return self.fault is RuleFault.GOES_ROUND

    def __str__(self) -> str:
        return self.sentence


def check_rules(rules: Iterable[Rule], *, moves: Moves = EMPTY) -> tuple[RuleFinding, ...]:
    """
    Return what is wrong with rules that work together.

    Rules that are retired are left out; those that are paused or parked are not, since they come back.

    Cost: some microseconds for each pair of which one brings what the other answers; to decide a pair that
    could be on a round, up to `itsmkit.conditions.MAX_CASES` cases are tried.

    Args:
        rules: The rules.
        moves: Where the moves of workflows lead, as far as that is known.

    Returns:
        The findings: rounds first, one for each knot of rules, then what is wrong with single rules.

    >>> from itsmkit.conditions import parse_condition
    >>> from itsmkit.practices.work_aids import MacroStep
    >>> def rule(name, on, step, **arguments):
    ...     steps = [MacroStep(step, arguments)]
    ...     return Rule(id=name, name=name, trigger=EventTrigger(on=on), steps=steps)
    >>> for finding in check_rules(
    ...     [rule("a", "Tagged", "add_note", text="!"), rule("b", "InternalNote", "tag", tags=["seen"])]
    ... ):
    ...     print(finding)
    rules a → b → a go round: a leads to b by InternalNote, b leads to a by Tagged; let one of them fire \
once on each ticket, or ask in `when` for what it does itself
    """
    used = tuple(sorted((rule for rule in rules if not rule.is_retired), key=lambda rule: rule.id))
    known = _Effects.of_all(used, moves)
    return (*_rounds(used, known), *_hopeless(used), *_shadowed(used))


def leads_of(rules: Iterable[Rule], *, moves: Moves = EMPTY) -> tuple[Lead, ...]:
    """
    Return which rules can lead to which, one for each pair, by their ids.

    Args:
        rules: The rules.
        moves: Where the moves of workflows lead, as far as that is known.
    """
    used = tuple(sorted((rule for rule in rules if not rule.is_retired), key=lambda rule: rule.id))
    known = _Effects.of_all(used, moves)
    return tuple(
        lead
        for rule in used
        for other in used
        if (lead := _lead(known[rule.id], other, is_thorough=True)) is not None
    )


# -- what a rule does -------------------------------------------------------------------------------------


@frozen(eq=False)
class _Stage:
    """
    An act of a rule with what is known around it.

    Args:
        act: The act.
        before: What is known just before it, in each way; as *after*.
        after: What is known after it, in each way.
        was_touched: Tells whether the acts before it may have changed a fact.
    """

    act: Act
    before: tuple[Mapping[str, object], ...]
    after: tuple[Mapping[str, object], ...]
    was_touched: Callable[[str], bool]

    def is_touched(self, name: str) -> bool:
        """Tell whether it or an act before it may have changed a fact."""
        return self.act.touches(name) or self.was_touched(name)


@frozen(eq=False)
class _Effects:
    """What a rule does, stage by stage."""

    rule: Rule
    stages: tuple[_Stage, ...]

    @classmethod
    def of_all(cls, rules: Iterable[Rule], moves: Moves) -> "dict[str, _Effects]":
        return {rule.id: cls.of(rule, moves) for rule in rules}

    @classmethod
    def of(cls, rule: Rule, moves: Moves) -> "_Effects":
        stages: list[_Stage] = []
        known: tuple[Mapping[str, object], ...] = (EMPTY,)
        done: tuple[Act, ...] = ()
        for act in acts_of(rule.steps, moves):
            if act.is_elsewhere or act.is_later:
                nothing = (EMPTY,)
                stages.append(_Stage(act, nothing, nothing, lambda _name: True))
                continue
            after = _ways_after(known, act)
            stages.append(_Stage(act, known, after, _touching(done)))
            known, done = after, (*done, act)
        return cls(rule, tuple(stages))

    @property
    def lasting(self) -> tuple[Mapping[str, object], ...]:
        """What is known of the ticket after all that it does, in each way."""
        here = [stage for stage in self.stages if not (stage.act.is_elsewhere or stage.act.is_later)]
        return here[-1].after if here else (EMPTY,)


def _touching(acts: Sequence[Act]) -> Callable[[str], bool]:
    return lambda name: any(act.touches(name) for act in acts)


def _ways_after(known: Sequence[Mapping[str, object]], act: Act) -> tuple[Mapping[str, object], ...]:
    left = [{name: value for name, value in way.items() if not act.touches(name)} for way in known]
    if len(left) * len(act.known) > _MOST_WAYS:
        return (EMPTY,)
    return tuple({**way, **more} for way in left for more in act.known)


# -- whether it leads to another --------------------------------------------------------------------------


def _lead(effects: _Effects, other: Rule, *, is_thorough: bool) -> Lead | None:
    """
    Return how a rule leads to another, if it can.

    Args:
        effects: What the rule does.
        other: The other.
        is_thorough: Whether every case is tried; otherwise only what is known is put in.
    """
    if not isinstance(other.trigger, EventTrigger):
        return None
    for stage in effects.stages:
        for event in stage.act.events:
            if event in other.trigger.on and _can_lead(effects.rule, stage, event, other, is_thorough):
                return Lead(effects.rule.id, other.id, event, stage.act.is_elsewhere)
    return None


def _can_lead(rule: Rule, stage: _Stage, event: str, other: Rule, is_thorough: bool) -> bool:
    asked = fields_of(other.when)
    ours = _renamed(rule.when, lambda name: _name_for_rule(name, stage))
    for after in stage.after:
        known = _Known(rule.id, stage, event, after)
        facts = {name: value for name in asked for value in known.of(name)}
        left = simplified(other.when, facts)
        if left == NEVER:
            continue
        if not is_thorough:
            return True
        theirs = _renamed(left, lambda name: _name_for_other(name, stage, event))
        if not _is_impossible(all_of(theirs, ours)):
            return True
    return False


@frozen(eq=False)
class _Known:
    """
    What is known of the moment that a stage of a rule brings.

    Args:
        rule: The rule.
        stage: The stage.
        event: The event.
        after: What is known of the ticket after it, in one way.
    """

    rule: str
    stage: _Stage
    event: str
    after: Mapping[str, object]

    def of(self, name: str) -> Iterator[object]:
        """Yield what a fact is known to be; nothing if that is not known."""
        if name.startswith("event."):
            told: Mapping[str, object] = {
                "event.name": self.event,
                "event.automated": True,
                "event.by_rule": self.rule,
            }
            yield from (value for each, value in told.items() if each == name)
        elif self.stage.act.is_elsewhere:
            if name.startswith("before."):
                yield None
        elif not self.stage.act.is_later:
            yield from self._of_ticket(name)

    def _of_ticket(self, name: str) -> Iterator[object]:
        stage = self.stage
        prefix, _, rest = name.partition(".")
        if prefix == "before":
            # Of several ways before it, the one that has led here is not known.
            before = stage.before[0] if len(stage.before) == 1 else EMPTY
            if self.event == stage.act.events[0] and rest in before:
                yield before[rest]
        elif prefix == "changed":
            if not stage.act.touches(rest):
                yield None
        elif name in self.after:
            yield self.after[name]


def _name_for_other(name: str, stage: _Stage, event: str) -> str:
    """Return what a fact that the other rule asks for is called beside what the rule itself asks for."""
    if name.startswith("before.") and event == stage.act.events[0]:
        plain = name.removeprefix("before.")
        if not stage.was_touched(plain):
            return f"was.{plain}" if stage.act.touches(plain) else plain
    return name


def _name_for_rule(name: str, stage: _Stage) -> str:
    """Return what a fact that the rule itself asks for is called: as it was, or as it still is."""
    if name.startswith(ABOUT_EVENTS):
        return f"then.{name}"
    return f"was.{name}" if stage.is_touched(name) else name


def _renamed(condition: Condition, named: Callable[[str], str]) -> Condition:
    match condition:
        case Comparison(field=name, operator=operator, value=value):
            return Comparison(named(name), operator, value)
        case Membership(field=name, values=values):
            return Membership(named(name), values)
        case Presence(field=name):
            return Presence(named(name))
        case AllOf(conditions=parts):
            return AllOf(_renamed(part, named) for part in parts)
        case AnyOf(conditions=parts):
            return AnyOf(_renamed(part, named) for part in parts)
        case _:
            assert isinstance(condition, Not)  # noqa: S101  # there is nothing else
            return Not(_renamed(condition.condition, named))


# -- rounds -----------------------------------------------------------------------------------------------


def _rounds(rules: Sequence[Rule], known: Mapping[str, _Effects]) -> Iterator[RuleFinding]:
    """Yield a round of each knot of rules."""
    # First what may lead at a glance; then, thoroughly, what lies on a round of that.
    ends = {rule.id for rule in rules if rule.once or _ends_itself(rule, known)}
    if not any(stage.act.is_elsewhere for effects in known.values() for stage in effects.stages):
        # Without new tickets, no round leads through a rule that ends it.
        rules = [rule for rule in rules if rule.id not in ends]
    at_a_glance = _graph(rules, known, lambda _rule, _other: True, is_thorough=False)
    knot = {rule_id: number for number, members in enumerate(_components(at_a_glance)) for rule_id in members}
    leads = _graph(rules, known, lambda rule, other: knot[rule.id] == knot[other.id], is_thorough=True)
    here = {
        rule_id: {to: lead for to, lead in others.items() if not lead.is_elsewhere and to not in ends}
        for rule_id, others in leads.items()
        if rule_id not in ends
    }
    for graph, of_new in ((here, False), (leads, True)):
        for members in _components(graph):
            for path in _rounds_in(members, graph, of_new=of_new):
                yield _round(path, leads)


_Graph = Mapping[str, Mapping[str, Lead]]


def _graph(
    rules: Sequence[Rule],
    known: Mapping[str, _Effects],
    is_asked: Callable[[Rule, Rule], bool],
    *,
    is_thorough: bool,
) -> dict[str, dict[str, Lead]]:
    answering: dict[str, list[Rule]] = {}
    for rule in rules:
        if isinstance(rule.trigger, EventTrigger):
            for event in rule.trigger.on:
                answering.setdefault(event, []).append(rule)
    graph: dict[str, dict[str, Lead]] = {}
    for rule in rules:
        effects = known[rule.id]
        events = dict.fromkeys(event for stage in effects.stages for event in stage.act.events)
        others = {other.id: other for event in events for other in answering.get(event, ())}
        graph[rule.id] = {
            other.id: lead
            for other in others.values()
            if is_asked(rule, other) and (lead := _lead(effects, other, is_thorough=is_thorough)) is not None
        }
    return graph


def _components(graph: Mapping[str, Mapping[str, object]]) -> Iterator[list[str]]:
    names = list(graph)
    place = {name: number for number, name in enumerate(names)}
    successors = [[place[to] for to in graph[name] if to in place] for name in names]
    for component in components_of(range(len(names)), successors.__getitem__):
        yield [names[each] for each in sorted(component)]


def _rounds_in(members: Sequence[str], graph: _Graph, *, of_new: bool) -> Iterator[tuple[str, ...]]:
    """Yield a round among rules of which each leads to each; *of_new*, one by way of a new ticket."""
    inside = set(members)
    steps = [
        (rule_id, to)
        for rule_id in members
        for to, lead in graph[rule_id].items()
        if to in inside and lead.is_elsewhere >= of_new
    ]
    for rule_id, to in steps[:1]:
        yield (rule_id, *_shortest_way(to, rule_id, graph, inside)[:-1])


def _shortest_way(start: str, end: str, graph: _Graph, inside: set[str]) -> tuple[str, ...]:
    came: dict[str, str] = {start: start}
    waiting = deque([start])
    while end not in came:
        name = waiting.popleft()
        for each in graph[name]:
            if each in inside and each not in came:
                came[each] = name
                waiting.append(each)
    way = [end]
    while way[-1] != start:
        way.append(came[way[-1]])
    return tuple(reversed(way))


def _round(path: tuple[str, ...], leads: _Graph) -> RuleFinding:
    turned = path[path.index(min(path)) :] + path[: path.index(min(path))]
    steps = [leads[one][to] for one, to in zip(turned, (*turned[1:], turned[0]), strict=True)]
    told = ", ".join(
        f"{lead.rule} leads to {lead.to} by {lead.event}{' of a new ticket' if lead.is_elsewhere else ''}"
        for lead in steps
    )
    way_out = (
        "ask in `when` that no program has logged the ticket (not event.automated = true)"
        if any(lead.is_elsewhere for lead in steps)
        else "let one of them fire once on each ticket, or ask in `when` for what it does itself"
    )
    rules = f"rules {' → '.join((*turned, turned[0]))} go" if len(turned) > 1 else f"rule {turned[0]} goes"
    return RuleFinding(RuleFault.GOES_ROUND, turned, f"{rules} round: {told}; {way_out}")


def _ends_itself(rule: Rule, known: Mapping[str, _Effects]) -> bool:
    """Tell whether what a rule does makes its condition false, and no rule takes that back."""
    lasting = known[rule.id].lasting
    for way in lasting:
        facts = {
            name: way[name]
            for name in fields_of(rule.when)
            if name in way and all(_leaves(name, way[name], effects) for effects in known.values())
        }
        if not facts or not _is_impossible(simplified(rule.when, facts)):
            return False
    return True


def _leaves(name: str, value: object, effects: _Effects) -> bool:
    """Tell whether a rule leaves a fact of its ticket alone, or makes of it the same."""
    for stage in effects.stages:
        act = stage.act
        if act.is_elsewhere or act.is_later or not act.touches(name):
            continue
        if not all(name in way and way[name] == value for way in stage.after):
            return False
    return True


# -- single rules -----------------------------------------------------------------------------------------


def _is_impossible(condition: Condition) -> bool:
    try:
        return facts_for(condition) is None
    except UndecidedError:
        return False


def _hopeless(rules: Iterable[Rule]) -> Iterator[RuleFinding]:
    for rule in rules:
        if _is_impossible(rule.when):
            sentence = f"rule {rule.id} never fires: nothing can meet its condition {rule.when}"
            yield RuleFinding(RuleFault.NEVER_HOLDS, (rule.id,), sentence)


def _shadowed(rules: Sequence[Rule]) -> Iterator[RuleFinding]:
    stopping = [rule for rule in rules if rule.stops and isinstance(rule.trigger, EventTrigger)]
    for rule in rules:
        for before in stopping:
            if (before.order, before.id) < (rule.order, rule.id) and _covers(before, rule):
                sentence = (
                    f"rule {rule.id} never fires: {before.id} comes before it, answers all that it could, "
                    "and stops what follows; change their order, or let it not stop"
                )
                yield RuleFinding(RuleFault.IS_SHADOWED, (rule.id, before.id), sentence)
                break


def _covers(before: Rule, rule: Rule) -> bool:
    one, other = before.trigger, rule.trigger
    if not (isinstance(one, EventTrigger) and isinstance(other, EventTrigger)):
        return False
    try:
        return set(other.on) <= set(one.on) and implies(rule.when, before.when)
    except UndecidedError:
        return False
