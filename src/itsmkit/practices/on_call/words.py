"""What people are told of overrides, swaps and leaves."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from itsmkit.languages import Sayable, Term, message
from itsmkit.practices.decision import Notice
from itsmkit.rotas import Leave, Override, Swap, SwapState

__all__ = [
    "notices_of_decision",
    "notices_of_leave",
    "notices_of_override",
    "notices_of_request",
    "notices_of_swap",
]


def notices_of_override(override: Override, concerned: tuple[str, ...], by: str) -> Iterator[Notice]:
    """
    Yield what those whom an override concerns are told once it is made or withdrawn.

    Args:
        override: The override as it is now.
        concerned: The ids of those who are on duty at other times by it.
        by: The id of who made or withdrew it, who needs not be told.
    """
    subject = message("{rota}: who is on duty has changed", rota=Term("text", override.rota))
    told: Mapping[str, object] = {
        "person": override.person,
        "start": override.start,
        "end": override.end,
        "role": Term("text", override.role),
    }
    body = (
        message("{person} is on duty as {role} from {start} to {end}.", **told)
        if override.holds
        else message("{person} is not on duty as {role} from {start} to {end}, as was planned.", **told)
    )
    for recipient in concerned:
        if recipient != by:
            yield Notice(recipient, subject, body, f"override/{override.version}")


def notices_of_swap(swap: Swap, by: str, reason: str = "") -> Iterator[Notice]:
    """
    Yield what the two are told of a swap, once something has become of it.

    Args:
        swap: The swap as it is now.
        by: The id of who did it, who needs not be told.
        reason: Why, if it was declined or withdrawn.
    """
    waited_for = swap.waits_for
    for recipient in (swap.person, swap.other):
        if recipient == by or (swap.state is SwapState.PROPOSED and recipient not in waited_for):
            continue
        yield Notice(recipient, _subject(swap), _body(swap, recipient, by, reason), f"swap/{swap.version}")


def _subject(swap: Swap) -> Sayable:
    rota = Term("text", swap.rota)
    match swap.state:
        case SwapState.PROPOSED:
            return message("{rota}: a swap of duty is proposed to you", rota=rota)
        case SwapState.AGREED:
            return message("{rota}: your swap of duty is agreed", rota=rota)
        case SwapState.DECLINED:
            return message("{rota}: your swap of duty is declined", rota=rota)
        case SwapState.WITHDRAWN:
            return message("{rota}: your swap of duty is withdrawn", rota=rota)


def _body(swap: Swap, recipient: str, by: str, reason: str) -> Sayable:
    gives, takes = swap.span, swap.other_span
    if recipient == swap.other:
        gives, takes = takes, gives
    told: Mapping[str, object] = {
        "person": by,
        "gives_from": gives.start,
        "gives_until": gives.end,
        "takes_from": takes.start,
        "takes_until": takes.end,
    }
    match swap.state:
        case SwapState.PROPOSED:
            return message(
                "{person} proposes: you give {gives_from} to {gives_until}, and take {takes_from} to "
                "{takes_until}. It holds once it is accepted.",
                **told,
            )
        case SwapState.AGREED:
            return message(
                "{person} has accepted: you give {gives_from} to {gives_until}, and take {takes_from} to "
                "{takes_until}.",
                **told,
            )
        case SwapState.DECLINED:
            return message(
                "{person} does not give {takes_from} to {takes_until} for {gives_from} to {gives_until}: "
                "{reason}",
                reason=reason,
                **told,
            )
        case SwapState.WITHDRAWN:
            return message(
                "{person} has withdrawn it: you keep {gives_from} to {gives_until}, and do not take "
                "{takes_from} to {takes_until}.",
                **told,
            )


def notices_of_request(leave: Leave, leads: Iterable[str], by: str) -> Iterator[Notice]:
    """
    Yield what those are told who lead, once somebody asks for a leave: nothing of its reason.

    Args:
        leave: The leave, which waits to be approved.
        leads: The ids of those who lead the teams of the person.
        by: The id of who noted it, who needs not be told.
    """
    told: Mapping[str, object] = {"person": leave.person, "start": leave.start, "end": leave.end}
    subject = message("{person} asks for leave", person=leave.person)
    body = message("{person} asks to be away from {start} to {end}. It holds once it is approved.", **told)
    for recipient in dict.fromkeys(leads):
        if recipient not in (by, leave.person):
            yield Notice(recipient, subject, body, f"leave/{leave.version}")


def notices_of_decision(leave: Leave, by: str, reason: str = "") -> Iterator[Notice]:
    """
    Yield what who asked for a leave is told, once it is approved or rejected.

    Args:
        leave: The leave as it is now.
        by: The id of who decided.
        reason: Why, if it was rejected.
    """
    told: Mapping[str, object] = {"person": by, "start": leave.start, "end": leave.end}
    if leave.holds:
        subject = message("Your leave is approved")
        body = message("{person} has approved that you are away from {start} to {end}.", **told)
    else:
        subject = message("Your leave is rejected")
        body = message(
            "{person} has not approved that you are away from {start} to {end}: {reason}",
            reason=reason,
            **told,
        )
    yield Notice(leave.person, subject, body, f"leave/{leave.version}/own")


def notices_of_leave(leave: Leave, concerned: Mapping[str, Sequence[str]], by: str) -> Iterator[Notice]:
    """
    Yield what people are told once a leave is taken or withdrawn: nothing of its reason.

    Args:
        leave: The leave as it is now.
        concerned: The ids of those who are on duty at other times by it, by the name of the rota.
        by: The id of who took or withdrew it, who needs not be told.
    """
    cover = leave.covered_by
    told: Mapping[str, object] = {"person": leave.person, "start": leave.start, "end": leave.end}
    body = (
        message("{person} is away from {start} to {end}.", **told)
        if leave.holds
        else message("{person} is not away from {start} to {end}, as was planned.", **told)
    )
    if cover is not None and cover != by:
        subject = (
            message("You cover for {person}", person=leave.person)
            if leave.holds
            else message("You need not cover for {person}", person=leave.person)
        )
        yield Notice(cover, subject, body, f"leave/{leave.version}")
    for rota, people in concerned.items():
        changed = message("{rota}: who is on duty has changed", rota=Term("text", rota))
        for recipient in people:
            if recipient not in (by, cover, leave.person):
                yield Notice(recipient, changed, body, f"leave/{leave.version}/{rota}")
