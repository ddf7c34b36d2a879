"""Figures of knowledge beside an oracle that looks at each ticket by itself."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.desk import Desk, ManualClock
from itsmkit.practices import Resolution
from itsmkit.practices.knowledge import (
    ArticleFeedback,
    KnowledgeSession,
    begin_session,
    session_led_to,
    session_solved,
)
from itsmkit.reporting.knowledge import ArticleFigures, knowledge_report
from itsmkit.tickets import Actor, TicketId

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEYS = ["vpn", "wifi"]
steps = st.lists(
    st.sampled_from(["log", "link vpn", "link wifi", "resolve", "resolve by vpn", "reopen", "close"]),
    max_size=12,
)


def session(number: int, minutes: int, *shown: str) -> KnowledgeSession:
    return begin_session(f"s{number}", "bob", "x", shown, NOW + timedelta(minutes=minutes)).value


def test_sessions_count_by_what_came_of_them() -> None:
    first = session(1, 0, "vpn", "wifi")
    sessions = [
        session_solved(first, "vpn", NOW + timedelta(minutes=4)).value,
        session_solved(session(2, 1, "vpn"), "vpn", NOW + timedelta(minutes=3)).value,
        session_led_to(session(3, 2, "wifi"), TicketId("t"), NOW + timedelta(minutes=9)).value,
        session(4, 3),
        session(5, 60, "wifi"),
    ]
    said = ArticleFeedback(id="f", article="vpn", language="en", number=1, person="b", helpful=True, at=NOW)
    feedback = [said, evolve(said, id="g", helpful=False), evolve(said, id="h", at=NOW + timedelta(hours=2))]
    report = knowledge_report([], sessions, feedback, since=NOW, until=NOW + timedelta(hours=1))
    assert (report.sessions, report.deflected, report.led_to_ticket) == (4, 2, 1)
    assert report.deflection_rate == Fraction(1, 2)
    assert report.time_to_solve == timedelta(minutes=3)
    assert report.reuse_rate is None
    assert report.articles == {
        "vpn": ArticleFigures(deflected=2, shown=2, helpful=1, unhelpful=1),
        "wifi": ArticleFigures(shown=2),
    }


def test_nothing_gives_no_rates() -> None:
    report = knowledge_report([], [])
    assert (report.reuse_rate, report.deflection_rate, report.time_to_solve) == (None, None, None)


@given(st.lists(steps, min_size=1, max_size=3))
def test_solved_tickets_count_by_what_helped_when_they_were_solved(lives: list[list[str]]) -> None:
    clock = ManualClock(NOW)
    desk = Desk(clock=clock).acting_as(Actor("ann"))
    helped: list[list[str] | None] = []
    for life in lives:
        ticket = desk.incidents.log("No network")
        desk.tickets.assign(ticket.id, support_group="network", assignee="ann")
        desk.incidents.transition(ticket.id, "start")
        linked: list[str] = []
        solved: list[str] | None = None
        state = "open"
        for step in life:
            clock.advance(timedelta(minutes=1))
            if step.startswith("link"):
                key = step.split()[1]
                if key not in linked:
                    linked.append(key)
                    desk.tickets.describe(ticket.id, knowledge=tuple(linked))
            elif step.startswith("resolve") and state == "open":
                by = ("vpn",) if step.endswith("vpn") else ()
                desk.tickets.resolve(ticket.id, Resolution(text="done", knowledge=by))
                linked = list(by) or linked
                solved, state = list(linked), "resolved"
            elif step == "reopen" and state == "resolved":
                desk.incidents.transition(ticket.id, "reopen")
                solved, state = None, "open"
            elif step == "close" and state == "resolved":
                desk.incidents.transition(ticket.id, "close")
                state = "closed"
        helped.append(solved)
    report = knowledge_report(desk.feed(), [])
    ended = [each for each in helped if each is not None]
    assert report.solved == len(ended)
    assert report.solved_by_article == sum(map(bool, ended))
    assert report.articles == {
        key: ArticleFigures(solved=number) for key in KEYS if (number := sum(key in each for each in ended))
    }
