from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.conditions import ALWAYS, Condition, all_of, at_least, equals, one_of, present
from itsmkit.errors import DefinitionError
from itsmkit.sla import (
    BREACH,
    BusinessCalendar,
    CalendarRule,
    Checkpoint,
    Finding,
    FindingKind,
    LegChain,
    OperationalLevelAgreement,
    Promise,
    ServiceLevelAgreement,
    Target,
    TimeSpan,
    UnderpinningContract,
    check_agreements,
    require_sound,
    terms_for,
)

HOUR = timedelta(hours=1)
OFFICE = BusinessCalendar("Mon-Fri 09:00-17:00", "UTC")
ALL_DAY = BusinessCalendar.always("UTC")
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
YEAR = TimeSpan(MONDAY, MONDAY + timedelta(days=14))
WARNED = (Checkpoint.at_share(75), BREACH)
PRIORITIES = ("P1", "P2", "P3")
P1, P2, P3 = (equals("priority", priority) for priority in PRIORITIES)


def resolve(hours: float, when: Condition = ALWAYS) -> Promise:
    return Promise(Target.resolve(hours * HOUR, checkpoints=WARNED), when)


def respond(hours: float, when: Condition = ALWAYS) -> Promise:
    return Promise(Target.respond(hours * HOUR, checkpoints=WARNED), when)


def agreement(*promises: Promise, name: str = "gold", **options: object) -> ServiceLevelAgreement:
    return ServiceLevelAgreement(name, **{"calendar": OFFICE, "promises": promises, **options})


def found(*agreements: ServiceLevelAgreement, **options: object) -> list[tuple[str, str]]:
    options = {"over": YEAR, "priorities": PRIORITIES, **options}
    return [(each.path, each.kind.value) for each in check_agreements(agreements, **options)]


def only(*agreements: ServiceLevelAgreement, **options: object) -> Finding:
    (finding,) = check_agreements(agreements, **{"over": YEAR, "priorities": PRIORITIES, **options})
    return finding


def test_what_is_sound_has_no_findings() -> None:
    gold = agreement(respond(1), resolve(4, P1), resolve(8), when=equals("customer", "Bau AG"))
    assert found(gold, agreement(respond(2), resolve(16), name="rest")) == []


# -- coverage ----------------------------------------------------------------------------------------


def test_work_of_a_priority_for_which_no_agreement_applies_is_found() -> None:
    gold = agreement(resolve(8), when=one_of("priority", "P1", "P2"))
    finding = only(gold)
    assert (finding.path, finding.kind) == ("agreements", FindingKind.NOT_COVERED)
    assert finding.problem == (
        "no agreement applies to work of priority = 'P3'; add one for all the rest"
    )  # fmt: skip


def test_a_customer_without_an_agreement_is_found() -> None:
    gold = agreement(resolve(8), when=equals("customer", "Bau AG"))
    assert found(gold) == [("agreements", "not covered")] * 3
    assert found(gold, known={"customer": ["Bau AG"]}) == []


def test_a_clock_without_a_promise_for_a_priority_is_found() -> None:
    finding = only(agreement(respond(1), resolve(4, P1), resolve(8, P2)))
    assert (finding.path, finding.kind) == ("agreements[0]", FindingKind.NOT_COVERED)
    assert finding.problem == (
        "'gold' promises nothing for 'resolve' to work of priority = 'P3'; add a target, or one of nothing "
        "if that is meant"
    )


def test_nothing_promised_on_purpose_is_covered() -> None:
    nothing = Promise(Target("resolve", None), P3)
    assert found(agreement(resolve(4, P1), resolve(8, P2), nothing)) == []


def test_what_another_agreement_takes_before_needs_no_cover() -> None:
    urgent = agreement(resolve(4), name="urgent", when=P1)
    rest = agreement(resolve(8, P2), resolve(16, P3), name="rest")
    assert found(rest, urgent) == []


def test_without_priorities_nothing_is_asked_of_them() -> None:
    assert found(agreement(resolve(4, P1)), priorities=()) == []


# -- what never holds --------------------------------------------------------------------------------


def test_an_agreement_that_others_leave_nothing_to_is_found() -> None:
    first, second = agreement(resolve(4)), agreement(resolve(8), name="silver")
    finding = only(first, second)
    assert (finding.path, finding.kind) == ("agreements[1]", FindingKind.NEVER_HOLDS)
    assert "'silver' applies to no work that no other agreement takes before" in finding.problem


def test_a_promise_behind_one_for_everything_is_found() -> None:
    finding = only(agreement(resolve(8), resolve(4, P1)))
    assert (finding.path, finding.kind) == ("agreements[0].promises[1]", FindingKind.NEVER_HOLDS)


# -- order -------------------------------------------------------------------------------------------


def test_a_response_later_than_the_solution_is_found_where_both_hold() -> None:
    finding = only(agreement(respond(1, P3), respond(6), resolve(4, P1), resolve(8)))
    assert (finding.path, finding.kind) == ("agreements[0].promises[1].within", FindingKind.OUT_OF_ORDER)
    assert finding.problem == (
        "'respond' within 6:00:00 is later than 'resolve' within 4:00:00 (promises[2]), which both hold for "
        "work of priority = 'P1'; shorten one or lengthen the other"
    )


def test_a_response_later_than_a_solution_for_other_work_is_fine() -> None:
    assert found(agreement(respond(1, P1), respond(6), resolve(4, P1), resolve(8))) == []


def test_the_order_of_other_clocks_can_be_asked_for() -> None:
    workaround = Promise(Target("workaround", 9 * HOUR, checkpoints=WARNED))
    gold = agreement(workaround, resolve(8))
    assert found(gold) == []
    assert found(gold, order=[("workaround", "resolve")]) == [
        ("agreements[0].promises[0].within", "out of order")
    ]


# -- warnings and reach ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("checkpoints", "warns"),
    [
        pytest.param((BREACH,), False, id="the breach alone"),
        pytest.param((Checkpoint.at_breach(after=HOUR), Checkpoint.at_share(100)), False, id="at the end"),
        pytest.param((Checkpoint.at_share(99), BREACH), True, id="at a share"),
        pytest.param((Checkpoint.before_target(HOUR), BREACH), True, id="before the end"),
        pytest.param((), True, id="nobody is told at all"),
    ],
)
def test_a_breach_without_a_warning_is_found(checkpoints: tuple[Checkpoint, ...], warns: bool) -> None:
    gold = agreement(Promise(Target.resolve(8 * HOUR, checkpoints=checkpoints)))
    path = "agreements[0].promises[0].checkpoints"
    assert found(gold) == ([] if warns else [(path, "no warning")])


def test_a_target_that_a_calendar_ends_before_is_found() -> None:
    long = agreement(resolve(500_000), calendars=[CalendarRule(ALL_DAY, equals("site", "Essen"))])
    finding = only(long)
    assert (finding.path, finding.kind) == ("agreements[0].promises[0].within", FindingKind.OUT_OF_REACH)
    assert "within 20833 days, 8:00:00 cannot be used up: not enough open time" in finding.problem
    assert found(agreement(Promise(Target("resolve", None)))) == []


# -- chains ------------------------------------------------------------------------------------------

DESK = OperationalLevelAgreement("desk", OFFICE, 2 * HOUR)
CARRIER = UnderpinningContract("carrier", ALL_DAY, 4 * HOUR)


def test_legs_that_add_up_are_fine() -> None:
    assert found(agreement(resolve(6)), chains=[LegChain("resolve", [DESK, CARRIER])]) == []


def test_legs_that_cannot_add_up_are_found_with_the_beginning_that_shows_it() -> None:
    finding = only(agreement(resolve(5)), chains=[LegChain("resolve", [DESK, CARRIER], agreement="gold")])
    assert (finding.path, finding.kind) == ("chains[0]", FindingKind.LEGS_TOO_LONG)
    assert finding.problem.startswith(
        "desk 2:00:00 + carrier 4:00:00 can take 6:00:00 of the 5:00:00 that 'gold' promises for 'resolve': "
        "work that begins on "
    )


def test_legs_that_would_add_up_as_a_bare_sum_are_found_over_a_weekend() -> None:
    always = agreement(resolve(20), calendar=ALL_DAY)
    assert found(always, chains=[LegChain("resolve", [DESK])]) == [("chains[0]", "legs too long")]


def test_every_promise_and_every_calendar_that_a_chain_is_part_of_is_looked_at() -> None:
    gold = agreement(resolve(5, P1), resolve(20), calendars=[CalendarRule(ALL_DAY, equals("site", "Essen"))])
    chain = LegChain("resolve", [DESK, CARRIER])
    assert found(gold, chains=[chain]) == [("chains[0]", "legs too long")] * 3


@pytest.mark.parametrize(
    ("chain", "problem"),
    [
        (LegChain("deliver", [DESK]), "no agreement promises 'deliver'; name one that does"),
        (
            LegChain("resolve", [DESK], agreement="silver"),
            "no agreement promises 'resolve' under the name 'silver'; name one that does",
        ),
    ],
)
def test_a_chain_that_is_part_of_nothing_is_found(chain: LegChain, problem: str) -> None:
    finding = only(agreement(resolve(8)), chains=[chain])
    assert (finding.kind, finding.problem) == (FindingKind.NEVER_HOLDS, problem)


def test_legs_beyond_the_end_of_a_calendar_are_found() -> None:
    endless = OperationalLevelAgreement("endless", OFFICE, 500_000 * HOUR)
    finding = only(agreement(resolve(8)), chains=[LegChain("resolve", [endless])])
    assert (finding.path, finding.kind) == ("chains[0]", FindingKind.OUT_OF_REACH)


# -- what cannot be told -----------------------------------------------------------------------------


def test_conditions_with_too_many_cases_are_said_to_be_undecided() -> None:
    many = all_of(*(one_of(f"field {i}", *"abcdefgh") for i in range(6)))
    gold = agreement(respond(9, many), resolve(8, P1 & many), when=present("site"))
    kinds = [kind for _, kind in found(gold, priorities=("P1",))]
    assert set(kinds) == {"not covered", "undecided"}
    assert "is anything out of order here?" in check_agreements([gold], over=YEAR)[-1].problem


def test_all_findings_can_be_raised_at_once() -> None:
    findings = check_agreements([agreement(respond(9), resolve(8, P1))], over=YEAR, priorities=PRIORITIES)
    with pytest.raises(DefinitionError) as caught:
        require_sound(findings)
    assert caught.value.problems == tuple(f"{each.path}: {each.problem}" for each in findings)
    assert len(findings) == 3
    require_sound([])


# -- the law -----------------------------------------------------------------------------------------

WHENS = st.sampled_from(
    [ALWAYS, P1, P2, P3, one_of("priority", "P1", "P2"), at_least("vip", 1), ~P1, P2 & at_least("vip", 1)]
)
PROMISES = st.lists(st.builds(resolve, st.integers(1, 9), WHENS), min_size=1, max_size=3)
AGREEMENTS = st.lists(
    st.builds(lambda promises, when: agreement(*promises, when=when), PROMISES, WHENS), min_size=1, max_size=3
)


@settings(max_examples=60)
@given(AGREEMENTS)
def test_work_without_a_clock_is_found_exactly_if_there_is_some(
    agreements: list[ServiceLevelAgreement],
) -> None:
    """Oracle: every priority, with and without a VIP."""
    works = [{"priority": priority, "vip": vip} for priority in PRIORITIES for vip in (None, 0, 1)]
    uncovered = any("resolve" not in terms_for(agreements, work) for work in works)
    findings = check_agreements(agreements, over=YEAR, priorities=PRIORITIES)
    assert any(each.kind is FindingKind.NOT_COVERED for each in findings) is uncovered
    used = {
        id(terms_for(agreements, work).get("resolve", None) and terms_for(agreements, work)["resolve"].target)
        for work in works
    }
    for i, each in enumerate(agreements):
        unused = all(id(promise.target) not in used for promise in each.promises)
        if any(
            finding.path == f"agreements[{i}]" and finding.kind is FindingKind.NEVER_HOLDS
            for finding in findings
        ):
            assert unused
