"""Which skills a desk lacks, by what has become of the tickets that needed them."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.practices.routing import CategoryNeed, SkillNeed, Strength
from itsmkit.reporting.skill_gaps import SkillGap, skill_gaps
from itsmkit.testing import AN_AGENT
from itsmkit.tickets import (
    CheckpointPassed,
    Commented,
    DetailsChanged,
    Escalated,
    Fact,
    RoutingRecorded,
    StateChanged,
    StateCorrected,
    TicketEvent,
    TicketId,
    TicketLogged,
)
from itsmkit.tickets.structure import Person, Skill

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SKILLS = ("network", "sap", "mainframe", "printers")


def history(
    number: int, *facts: Fact, kind: str = "incident", category: str | None = None
) -> list[TicketEvent]:
    details = {} if category is None else {"category": category}
    logged = TicketLogged(kind, f"INC-{number}", "New", "new", NOON, details)
    return [
        TicketEvent(TicketId(f"{number}"), place, at, at, at, AN_AGENT, fact)
        for place, fact in enumerate([logged, *facts], start=1)
        for at in [NOON + number * HOUR]
    ]


def routed(*skills: str, fallback: str | None = None) -> RoutingRecorded:
    return RoutingRecorded("all", "desk", needs=skills, fallback=fallback)


RESOLVED = StateChanged("In Progress", "Resolved", "resolved", "resolve")
REOPENED = StateChanged("Resolved", "In Progress", "active", "reopen")
TOLD = CheckpointPassed("resolve", 1, "terms", "breach", ("lead",))

PEOPLE = [Person("ann", skills=["network"]), Person("bob", skills=["network", "sap"], left_at=NOON)]


def test_a_skill_that_nobody_has_and_enough_tickets_needed_comes_first() -> None:
    events = [
        *history(1, routed("sap")),
        *history(2, routed("sap")),
        *history(3, routed("sap", "network"), TOLD, RESOLVED, REOPENED),
        *history(4, routed("network", fallback="queue"), routed("network")),
        *history(5, routed("network", fallback="lead")),
        *history(6, routed("mainframe", fallback="queue")),
    ]
    report = skill_gaps(events, PEOPLE, at=NOON, needed_at_least=3)
    assert report.gaps == (
        SkillGap(skill="sap", holders=0, needed=3, escalated=1, reopened=1),
        SkillGap(skill="network", holders=1, needed=3, unassignable=2, escalated=1, reopened=1),
        SkillGap(skill="mainframe", holders=0, needed=1, unassignable=1),
    )
    assert report.explain().splitlines() == [
        "sap: nobody has it, 3 tickets needed it: 1 escalated, 1 reopened",
        "network: 1 can do it, 3 tickets needed it: 2 unassignable, 1 escalated, 1 reopened",
        "mainframe: nobody has it, 1 ticket needed it: 1 unassignable",
    ]
    assert [each.skill for each in skill_gaps(events, PEOPLE, at=NOON, needed_at_least=4).gaps] == [
        "network",
        "mainframe",
        "sap",
    ]


def test_a_certificate_that_has_expired_leaves_a_gap() -> None:
    events = history(1, routed("sap"))
    ann = Person("ann", qualifications=[Skill("sap", valid_until=NOON)])
    assert skill_gaps(events, [ann], at=NOON - HOUR).gaps == ()
    (gap,) = skill_gaps(events, [ann], at=NOON).gaps
    assert gap.is_missing
    assert str(gap) == "sap: nobody has it, 1 ticket needed it"


def test_what_the_category_asks_for_counts_before_anything_is_routed() -> None:
    needs = [
        CategoryNeed("network", [SkillNeed("network", 2), SkillNeed("cisco", strength=Strength.SOFT)]),
        CategoryNeed("wifi", [SkillNeed("radio")], kind="question"),
    ]
    moved = StateChanged("New", "In Progress", "active", "start", {"category": "network"})
    events = [
        *history(1, category="network/wifi"),
        *history(2, DetailsChanged({"category": "network"}), kind="question"),
        *history(3, moved, Commented("hm", public=False)),
        *history(4, category="printers"),
    ]
    (gap,) = skill_gaps(events, [], at=NOON, needs=needs).gaps
    assert (gap.skill, gap.needed) == ("network", 3)


def test_tickets_count_by_when_they_were_logged() -> None:
    events = [event for number in range(1, 6) for event in history(number, routed("sap"))]
    report = skill_gaps(events, [], at=NOON, since=NOON + 2 * HOUR, until=NOON + 4 * HOUR)
    assert [each.needed for each in report.gaps] == [2]


def test_what_was_corrected_is_taken_up_again_too() -> None:
    corrected = StateCorrected("Resolved", "In Progress", "active", ("taken over",))
    (gap,) = skill_gaps(history(1, routed("network"), RESOLVED, corrected), PEOPLE, at=NOON).gaps
    assert gap.reopened == 1


def test_what_was_handed_to_another_line_was_escalated() -> None:
    (gap,) = skill_gaps(history(1, routed("network"), Escalated("experts")), PEOPLE, at=NOON).gaps
    assert gap.escalated == 1


@pytest.mark.parametrize("least", [0, "three"])
def test_how_many_tickets_are_enough_is_a_number(least: object) -> None:
    with pytest.raises(DefinitionError, match="needed_at_least must be at least 1"):
        skill_gaps([], [], at=NOON, needed_at_least=least)  # type: ignore[arg-type]


tickets = st.lists(
    st.tuples(
        st.sets(st.sampled_from(SKILLS)), st.sampled_from([None, "queue"]), st.booleans(), st.booleans()
    ),
    max_size=20,
)


@given(tickets, st.lists(st.sets(st.sampled_from(SKILLS)), max_size=3), st.integers(1, 4))
def test_the_report_is_that_of_counting_by_hand(
    drawn: list[tuple[set[str], str | None, bool, bool]], rosters: list[set[str]], least: int
) -> None:
    events = [
        event
        for number, (skills, fallback, told, again) in enumerate(drawn)
        for event in history(
            number,
            routed(*sorted(skills), fallback=fallback),
            *([TOLD] if told else []),
            *([RESOLVED, REOPENED] if again else []),
        )
    ]
    people = [Person(f"p{place}", skills=sorted(skills)) for place, skills in enumerate(rosters)]
    report = skill_gaps(events, people, at=NOON, needed_at_least=least)

    def many(of: Iterable[object]) -> int:
        return sum(map(bool, of))

    for gap in report.gaps:
        own = [each for each in drawn if gap.skill in each[0]]
        assert gap.needed == len(own)
        assert gap.holders == many(gap.skill in each for each in rosters)
        assert gap.unassignable == many(each[1] for each in own)
        assert gap.escalated == many(each[2] for each in own)
        assert gap.reopened == many(each[3] for each in own)
    needed = {skill for each in drawn for skill in each[0]}
    missing = {skill for skill in needed if not any(skill in each for each in rosters)}
    assert missing <= {gap.skill for gap in report.gaps} <= needed
    enough = [gap.is_missing and gap.needed >= least for gap in report.gaps]
    assert enough == sorted(enough, reverse=True)
