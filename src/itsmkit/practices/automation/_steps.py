"""Steps of rules: what is done beside the commands on a ticket, and what each may change."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from attrs import field, frozen

from itsmkit._frozen import EMPTY, as_tuple, frozen_dict
from itsmkit._problems import close_to, instance_problems, is_name, shown
from itsmkit.practices.tagging import normal_tag
from itsmkit.practices.work_aids import MacroStep
from itsmkit.practices.work_aids.placeholders import text_problems

__all__ = ["Act", "Moves", "ROBOT_STEP", "STEPS", "acts_of", "is_known_command", "step_problems"]

ROBOT_STEP = "call_robot"

STEPS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = frozen_dict(
    {
        "notify": (("to", "subject"), ("body",)),
        "log_from": (("template",), ("title", "details")),
        "begin_checklist": (("template",), ()),
        ROBOT_STEP: (("robot",), ("arguments",)),
        "link": (("name", "other"), ()),
        "escalate": (("to", "reason"), ("note",)),
        "route": ((), ("anew",)),
    }
)
"""
What rules do that is no command on the ticket, with the arguments that each must have, and may have.

``notify`` tells ``to``, a list of people, groups or roles on the ticket such as ``"assignee"``, a ``subject``
and perhaps a ``body``. ``log_from`` logs another ticket from a ``template``; ``begin_checklist`` begins one;
``call_robot`` gives a ``robot`` a task, with ``arguments`` of texts by name: see the hook
`itsmkit_run_robot`. ``link`` links the ticket to an ``other``, by its number or key, as ``name`` says how the
link is read from it; ``escalate`` hands the work ``to`` another group or line of support, for a ``reason``
and with a ``note``; ``route`` has the ticket routed right afterwards, ``anew`` even if somebody has it.
"""

_ON_TICKETS: Mapping[str, tuple[str, ...]] = {
    "assign": ("Assigned",),
    "comment": ("Commented",),
    "send_message": ("PublicMessage",),
    "add_note": ("InternalNote",),
    "describe": ("DetailsChanged",),
    "transfer_ownership": ("OwnershipTransferred",),
    "add_participant": ("ParticipantAdded",),
    "remove_participant": ("ParticipantRemoved",),
    "tag": ("Tagged",),
    "untag": ("Untagged",),
    "transition": ("StateChanged", "Assigned", "DetailsChanged", "NeedMet"),
    "resolve": ("StateChanged", "Assigned", "DetailsChanged", "NeedMet"),
    "prioritise": ("Prioritised", "ImpactDerived"),
    "restrict": ("Restricted",),
}
"""The commands on tickets, each with the events that it may bring."""

_ANYWAY = ("PromiseMoved",)
"""What any event may bring besides, as clocks follow it."""


def is_known_command(command: str) -> bool:
    """Tell whether a rule can do *command*."""
    return command in _ON_TICKETS or command in STEPS


def step_problems(path: str, step: object) -> Iterator[str]:
    """Yield what is wrong with a step of a rule, which stands at *path*."""
    if not isinstance(step, MacroStep):
        yield from instance_problems(path, step, MacroStep)
        return
    if not is_known_command(step.command):
        known = (*_ON_TICKETS, *STEPS)
        yield f"{path}.command: there is no {step.command!r} for rules; {close_to(step.command, known)}"
        return
    for place, value in _texts(step.arguments, ""):
        yield from text_problems(f"{path}.arguments{place}", value)
    if step.command in STEPS:
        yield from _argument_problems(f"{path}.arguments", step)


def _argument_problems(path: str, step: MacroStep) -> Iterator[str]:
    """Yield what is wrong with the arguments of a step that is no command on the ticket."""
    needed, optional = STEPS[step.command]
    for name in needed:
        if name not in step.arguments:
            yield f"{path}: {step.command} lacks {name!r}"
    for name, value in step.arguments.items():
        if name not in (*needed, *optional):
            known = close_to(name, (*needed, *optional))
            yield f"{path}.{name}: {step.command} takes no such argument; {known}"
        else:
            fits, fitting = _FITTING.get((step.command, name), (_is_text, "a text"))
            if not fits(value):
                yield f"{path}.{name}: must be {fitting}, not {shown(value)}"


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _are_names(value: object) -> bool:
    return isinstance(value, tuple | list) and bool(value) and all(map(is_name, value))


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping)


def _is_group_or_line(value: object) -> bool:
    return _is_text(value) or type(value) is int


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


_FITTING: Mapping[tuple[str, str], tuple[Callable[[object], bool], str]] = {
    ("notify", "to"): (_are_names, "a list of names"),
    ("log_from", "details"): (_is_table, "a table"),
    (ROBOT_STEP, "arguments"): (_is_table, "a table"),
    ("escalate", "to"): (_is_group_or_line, "a support group or a line"),
    ("route", "anew"): (_is_flag, "true or false"),
}
"""What arguments have to be that are no texts, by command and name."""


def _texts(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _texts(each, f"{path}.{name}")


# -- what a step changes ----------------------------------------------------------------------------------

Moves = Mapping[str, frozenset[tuple[str, str]]]
"""Where moves of workflows lead: the states, each with its category, by what is triggered."""

_UNTOUCHED_BY_MOVES = frozenset(
    {
        "kind",
        "number",
        "opened_at",
        "impact",
        "urgency",
        "priority",
        "owner",
        "restricted_to",
        "merged_into",
        "time_spent",
    }
)
_OF_MOVES_NEVER = ("tag.", "participant.", "link.")


@frozen
class Act:
    """
    What a step may do, as far as that is known beforehand.

    Args:
        events: The events that it may bring.
        touches: Tells whether it may change a fact of the ticket, by its name.
        known: Ways in which it may go, each with the facts that are known after it; ``None`` is known to be
            missing.
        is_elsewhere: Whether it happens to another ticket, which is new.
        is_later: Whether it happens at some time later, so that nothing is known of the ticket by then.
    """

    events: tuple[str, ...] = field(converter=as_tuple)
    touches: Callable[[str], bool]
    known: tuple[Mapping[str, object], ...] = (EMPTY,)
    is_elsewhere: bool = False
    is_later: bool = False


def acts_of(steps: Iterable[MacroStep], moves: Moves = EMPTY) -> tuple[Act, ...]:
    """Return what steps may do, in order; those that change no ticket are left out."""
    return tuple(act for step in steps for act in _acts_of(step, moves))


def _anything(_name: str) -> bool:
    return True


def _acts_of(step: MacroStep, moves: Moves) -> Iterator[Act]:
    command = step.command
    if command == ROBOT_STEP:
        yield Act(("RobotReported",), _anything, is_later=True)
    elif command == "log_from":
        yield Act(("TicketLogged", "ImpactDerived", *_ANYWAY), _anything, is_elsewhere=True)
    elif command == "link":
        yield Act(("Linked", *_ANYWAY), _touching(["link."]))
        # Of the ticket at the other end, nothing is known.
        yield Act(("Linked", *_ANYWAY), _anything, is_later=True)
    elif command == "escalate":
        to = _literal({"support_group": step.arguments["to"]})
        known = {**({} if isinstance(step.arguments["to"], int) else to), "assignee": None}
        names = ("support_group", "assignee", "reassignments")
        yield Act(("Escalated", "Assigned", *_ANYWAY), _touching(names), (known,))
    elif command == "route":
        yield Act(("RoutingRecorded", "Assigned", *_ANYWAY), _anything, is_later=True)
    elif command in _ON_TICKETS:
        yield _act_on_ticket(step, moves)


def _act_on_ticket(step: MacroStep, moves: Moves) -> Act:
    command = step.command
    names, known = _changes(step, moves)
    touches: Callable[[str], bool] = _touched_by_moves if names is None else _touching(names)
    return Act((*_ON_TICKETS[command], *_ANYWAY), touches, known)


def _touching(names: Iterable[str]) -> Callable[[str], bool]:
    prefixes = tuple(name for name in names if name.endswith("."))
    exact = {"updated_at", "promised_by", *names}
    return lambda name: name in exact or name.startswith(prefixes)


def _touched_by_moves(name: str) -> bool:
    return name not in _UNTOUCHED_BY_MOVES and not name.startswith(_OF_MOVES_NEVER)


_Changes = tuple[tuple[str, ...] | None, tuple[Mapping[str, object], ...]]
"""The names of facts that a command may change, ``None`` for those of moves; and the ways that it goes."""


def _changes(step: MacroStep, moves: Moves) -> _Changes:
    """Return what a command on the ticket may change."""
    told, command = step.arguments, step.command
    if command in ("transition", "resolve"):
        return _moved(told.get("trigger", "resolve" if command == "resolve" else None), moves)
    if command in ("tag", "untag"):
        return _tagged(told.get("tags", ()), value=True if command == "tag" else None)
    if command == "describe":
        names = (*told, "fields_version", *(["category."] if "category" in told else []))
        return names, (_literal({name: each for name, each in told.items() if name != "category"}),)
    if command == "assign":
        pair = _literal({name: told.get(name) for name in ("support_group", "assignee")})
        return ("support_group", "assignee", "reassignments"), (pair,)
    if command == "prioritise":
        levels = ("impact", "urgency", "priority")
        return levels, (_literal({name: told[name] for name in levels if told.get(name) is not None}),)
    if command == "restrict":
        return ("restricted_to",), (_literal({"restricted_to": told.get("restriction")}),)
    if command == "transfer_ownership":
        return ("owner", "participant."), (_literal({"owner": told.get("owner")}),)
    if command in ("add_participant", "remove_participant"):
        return ("participant.",), (EMPTY,)
    return (), (EMPTY,)


def _moved(trigger: object, moves: Moves) -> _Changes:
    ends = moves.get(trigger, frozenset()) if isinstance(trigger, str) else frozenset()
    ways = tuple(frozen_dict({"state": state, "state_category": name}) for state, name in sorted(ends))
    return None, ways or (EMPTY,)


def _tagged(tags: object, *, value: object) -> _Changes:
    if not isinstance(tags, tuple | list) or not all(isinstance(each, str) for each in tags):
        return ("tag.",), (EMPTY,)
    names = tuple(f"tag.{normal_tag(each)}" for each in tags)
    return names, (dict.fromkeys(names, value),)


def _literal(told: Mapping[str, object]) -> Mapping[str, object]:
    """Return what is told without what is put together when the time comes."""
    return {
        name: each
        for name, each in told.items()
        if each is None or isinstance(each, bool | int) or (isinstance(each, str) and "{" not in each)
    }
