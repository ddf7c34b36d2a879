"""Strategies for rotas and what changes them, whose fields must fit each other."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from itsmkit.calendars import BusinessCalendar
from itsmkit.rotas import (
    Acknowledgement,
    Consent,
    DutyRole,
    HandOffNote,
    Leave,
    LeaveApproval,
    LeaveRule,
    Override,
    Roster,
    Rota,
    RotaLayer,
    Swap,
    SwapState,
)
from itsmkit.testing._fitting_configurations import INSTANTS, NAMES, Of

__all__ = ["ROTAS"]

_HOURS = st.sampled_from([None, BusinessCalendar("Mon-Fri 08:00-17:00", "Europe/Berlin")])
_LENGTHS = st.integers(1, 90).map(lambda hours: timedelta(hours=hours))


def _layers() -> st.SearchStrategy[RotaLayer]:
    return st.builds(
        RotaLayer,
        NAMES,
        st.lists(NAMES, min_size=1, max_size=2),
        st.just("2026-03-02T09:00:00"),
        rule=st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO"]),
        tz=st.sampled_from([None, "Asia/Tehran"]),
        hours=_HOURS,
        role=st.sampled_from(["primary", "secondary"]),
        priority=st.integers(0, 2),
        until=st.sampled_from([None, "2027-03-01T09:00:00"]),
    )


def _rotas() -> st.SearchStrategy[Rota]:
    return st.builds(
        Rota,
        NAMES,
        NAMES,
        st.lists(_layers(), min_size=1, max_size=2, unique_by=lambda each: each.name),
        tz=st.sampled_from(["UTC", "Europe/Berlin"]),
        roles=st.just((DutyRole(people=2), DutyRole("secondary"))),
        on_leave=st.sampled_from(LeaveRule),
        leaves_need_approval=st.booleans(),
    )


@st.composite
def _overrides(draw: st.DrawFn) -> Override:
    start = draw(INSTANTS)
    return Override(
        id=draw(NAMES),
        rota=draw(NAMES),
        person=draw(NAMES),
        start=start,
        end=start + draw(_LENGTHS),
        made_at=draw(INSTANTS),
        reason=draw(st.sampled_from(["", "a course"])),
        is_withdrawn=draw(st.booleans()),
    )


@st.composite
def _swaps(draw: st.DrawFn) -> Swap:
    start, other_start = draw(INSTANTS), draw(INSTANTS)
    one, other = draw(st.lists(NAMES, min_size=2, max_size=2, unique=True))
    both = [Consent(one, start), Consent(other, start)]
    state = draw(st.sampled_from(SwapState))
    return Swap(
        id=draw(NAMES),
        rota=draw(NAMES),
        person=one,
        start=start,
        end=start + draw(_LENGTHS),
        other=other,
        other_start=other_start,
        other_end=other_start + draw(_LENGTHS),
        made_at=draw(INSTANTS),
        consents=both if state is SwapState.AGREED else both[:1],
        state=state,
    )


@st.composite
def _leaves(draw: st.DrawFn) -> Leave:
    start = draw(INSTANTS)
    person, cover = draw(st.lists(NAMES, min_size=2, max_size=2, unique=True))
    approval = draw(st.sampled_from(LeaveApproval))
    is_decided = approval in (LeaveApproval.APPROVED, LeaveApproval.REJECTED)
    return Leave(
        id=draw(NAMES),
        person=person,
        start=start,
        end=start + draw(_LENGTHS),
        covered_by=draw(st.sampled_from([None, cover])),
        reason=draw(st.sampled_from(["", "holidays"])),
        approval=approval,
        decided_by=cover if is_decided else None,
        decided_at=start if is_decided else None,
    )


def _rosters() -> st.SearchStrategy[Roster]:
    return st.builds(
        Roster,
        _rotas(),
        overrides=_some(_overrides()),
        swaps=_some(_swaps()),
        leaves=_some(_leaves()),
    )


def _some(each: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(each, max_size=2, unique_by=lambda found: found.id)


@st.composite
def _notes(draw: st.DrawFn) -> HandOffNote:
    author, *others = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    return HandOffNote(
        id=draw(NAMES),
        rota=draw(NAMES),
        author=author,
        at=draw(INSTANTS),
        text="The router is watched",
        to=others[:1],
        acknowledged=[Acknowledgement(each, draw(INSTANTS)) for each in others],
    )


ROTAS: Mapping[type, Callable[[Of], st.SearchStrategy[Any]]] = {
    HandOffNote: lambda _: _notes(),
    Leave: lambda _: _leaves(),
    Override: lambda _: _overrides(),
    Roster: lambda _: _rosters(),
    Rota: lambda _: _rotas(),
    RotaLayer: lambda _: _layers(),
    Swap: lambda _: _swaps(),
}
"""The strategies, by class; each is given `Of`."""
