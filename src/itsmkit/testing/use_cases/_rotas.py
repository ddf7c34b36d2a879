"""What can be asked of rotas: overrides, swaps, leaves and hand-off notes."""

from itsmkit.desk import Desk
from itsmkit.rotas import HandOffNote, Leave, Override, Swap
from itsmkit.testing.builders import A_MONDAY
from itsmkit.testing.use_cases._stage import DAY, HOUR, STAFF, Once, Stage, UseCase
from itsmkit.tickets import Actor

__all__ = ["USE_CASES"]

_ROTA = "on call"
_KIM = Actor("kim")
_KIMS_DAY = A_MONDAY.replace(hour=0) + DAY
_OWN_DAY = _KIMS_DAY + DAY
"""Days on which it is the turn of kim, and of `STAFF`."""


def _override(desk: Desk, once: Once) -> Override:
    return desk.rotas.override(_ROTA, "ann", _OWN_DAY, _OWN_DAY + HOUR, reason="ann knows the router", **once)


def _overridden(stage: Stage) -> Override:
    return _override(stage.steady, {})


def _swap(desk: Desk, once: Once) -> Swap:
    return desk.rotas.propose_swap(
        _ROTA,
        _OWN_DAY,
        _OWN_DAY + DAY,
        other=_KIM.id,
        other_start=_KIMS_DAY,
        other_end=_KIMS_DAY + DAY,
        person=STAFF.id,
        **once,
    )


def _proposed_by_kim(stage: Stage) -> Swap:
    return _swap(stage.steady.acting_as(_KIM), {})


def _agreed(stage: Stage) -> Swap:
    return stage.steady.rotas.accept_swap(_proposed_by_kim(stage).id)


def _leave(desk: Desk, once: Once) -> Leave:
    return desk.rotas.take_leave(
        _OWN_DAY, _OWN_DAY + 7 * DAY, covered_by="ann", reason="a hospital in Berlin", **once
    )


def _away(stage: Stage) -> Leave:
    return _leave(stage.steady, {})


def _requested(stage: Stage) -> Leave:
    """Let kim ask to be away, whose leaves have to be approved."""
    return _leave(stage.steady.acting_as(_KIM), {})


def _noted(stage: Stage) -> HandOffNote:
    return stage.steady.rotas.write_note(_ROTA, "Bob Onym calls back at nine")


def _left_to_staff(stage: Stage) -> HandOffNote:
    """Let kim, whose day it is, leave a note to who comes next."""
    stage.clock.advance(DAY)
    return stage.steady.acting_as(_KIM).rotas.write_note(_ROTA, "Bob Onym calls back at nine")


def _with_much_to_forget(stage: Stage) -> None:
    """Let the agent be away, on duty for others, in a swap and a hand-off note, and let others vote."""
    desk = stage.steady
    _noted(stage)
    desk.rotas.decline_swap(_proposed_by_kim(stage).id, "a birthday")
    desk.rotas.override(_ROTA, STAFF.id, _KIMS_DAY, _KIMS_DAY + HOUR, reason="kim sees a doctor")
    desk.delegations.give("ann", A_MONDAY + DAY, reason="at sea")
    _away(stage)


USE_CASES = (
    UseCase("rotas.override", lambda desk, _, once: _override(desk, once)),
    UseCase(
        "rotas.withdraw_override",
        lambda desk, made, once: desk.rotas.withdraw_override(made.id, "it works again", **once),
        _overridden,
    ),
    UseCase("rotas.propose_swap", lambda desk, _, once: _swap(desk, once)),
    UseCase(
        "rotas.accept_swap",
        lambda desk, swap, once: desk.rotas.accept_swap(swap.id, **once),
        _proposed_by_kim,
    ),
    UseCase(
        "rotas.decline_swap",
        lambda desk, swap, once: desk.rotas.decline_swap(swap.id, "a birthday", **once),
        _proposed_by_kim,
    ),
    UseCase(
        "rotas.withdraw_swap",
        lambda desk, swap, once: desk.rotas.withdraw_swap(swap.id, "no need any more", **once),
        _agreed,
    ),
    UseCase("rotas.take_leave", lambda desk, _, once: _leave(desk, once)),
    UseCase(
        "rotas.withdraw_leave",
        lambda desk, leave, once: desk.rotas.withdraw_leave(leave.id, "the course is off", **once),
        _away,
    ),
    UseCase(
        "rotas.take_leave",
        lambda desk, _, once: desk.rotas.take_leave(_OWN_DAY, _OWN_DAY + DAY, person="kim", **once),
        variant="of another, approved by that",
    ),
    UseCase(
        "rotas.approve_leave",
        lambda desk, leave, once: desk.rotas.approve_leave(leave.id, **once),
        _requested,
    ),
    UseCase(
        "rotas.reject_leave",
        lambda desk, leave, once: desk.rotas.reject_leave(leave.id, "all others are away", **once),
        _requested,
    ),
    UseCase(
        "rotas.write_note",
        lambda desk, _, once: desk.rotas.write_note(_ROTA, "The router is watched", **once),
    ),
    UseCase(
        "rotas.acknowledge_note",
        lambda desk, note, once: desk.rotas.acknowledge_note(note.id, **once),
        _left_to_staff,
    ),
    UseCase(
        "rotas.erase",
        lambda desk, note, once: desk.rotas.erase(note.id, "asked for by bob", **once),
        _noted,
    ),
    UseCase(
        "rotas.erase",
        lambda desk, leave, once: desk.rotas.erase(leave.id, "asked for by the agent", **once),
        _away,
        variant="of a leave",
    ),
    UseCase(
        "tickets.erase_person",
        lambda desk, _, once: desk.tickets.erase_person(STAFF.id, reason="asked for", **once),
        _with_much_to_forget,
        variant="who is in rotas, and has delegated votes",
    ),
)
