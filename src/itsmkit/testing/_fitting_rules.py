"""Strategies for rules of automation, whose parts must fit each other."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from itsmkit.calendars import BusinessDays
from itsmkit.conditions import ALWAYS, parse_condition
from itsmkit.practices.automation import (
    EVENT_NAMES,
    DateTrigger,
    EventTrigger,
    Hours,
    Otherwise,
    RecurrenceTrigger,
    Rule,
    Trigger,
)
from itsmkit.practices.work_aids import MacroStep
from itsmkit.testing._fitting_configurations import INSTANTS, NAMES, Of

__all__ = ["RULES"]

_WAITS = st.sampled_from([timedelta(hours=4), BusinessDays(2)])
_EVENTS = st.lists(st.sampled_from(EVENT_NAMES), min_size=1, max_size=2, unique=True)


def _triggers(_: Of) -> st.SearchStrategy[Trigger]:
    return st.one_of(
        st.builds(EventTrigger, on=_EVENTS),
        st.builds(EventTrigger, on=_EVENTS, after=_WAITS, unless=_EVENTS),
        st.builds(DateTrigger, field=NAMES, offset=st.one_of(_WAITS, st.just(timedelta(hours=-1)))),
        st.builds(
            RecurrenceTrigger,
            every=st.just("FREQ=DAILY"),
            first=st.just("2026-03-02T09:00"),
            tz=st.just("Europe/Berlin"),
        ),
    )


def _rules(of: Of) -> st.SearchStrategy[Rule]:
    steps = [
        MacroStep("tag", {"tags": ["vip", "board"]}),
        MacroStep("call_robot", {"robot": "payroll", "arguments": {"who": "{requester}"}}),
    ]
    return st.builds(
        Rule,
        id=NAMES,
        name=NAMES,
        trigger=_triggers(of),
        when=st.sampled_from([ALWAYS, parse_condition('priority = "P1" and not tag.vip = true')]),
        steps=st.lists(st.sampled_from(steps), min_size=1, max_size=2),
        acts_as=st.none() | NAMES,
        roles=st.sampled_from([(), ("agent",)]),
        order=st.integers(0, 200),
        stops=st.booleans(),
        hours=st.sampled_from(Hours),
        otherwise=st.sampled_from(Otherwise),
        author=st.none() | NAMES,
        since=st.none() | INSTANTS,
        paused=st.none() | NAMES,
        failures=st.integers(0, 4),
        version=st.integers(0, 9),
    )


RULES: Mapping[type, Callable[[Of], st.SearchStrategy[Any]]] = {Rule: _rules, Trigger: _triggers}
"""The strategies, by class; each is given `Of`."""
