"""Agreements as plain data: what a file says, what is wrong with it, and that writing undoes reading."""

from datetime import date, timedelta
from textwrap import dedent

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.calendars import BusinessDays, BusinessTime, CountFrom, TimeOfDay
from itsmkit.conditions import ALWAYS, NEVER, equals, one_of, present
from itsmkit.errors import DefinitionError
from itsmkit.sla import (
    BREACH,
    AgreementBook,
    BusinessCalendar,
    CalendarRule,
    Checkpoint,
    LegChain,
    OperationalLevelAgreement,
    Promise,
    Reopening,
    ServiceLevelAgreement,
    Target,
    UnderpinningContract,
    agreements_from,
    agreements_to_mapping,
    load_agreements,
)
from itsmkit.testing.strategies import targets

HOUR = timedelta(hours=1)
P1 = equals("priority", "P1")

DESCRIBED = """
    [calendars.office]
    hours = "Mon-Fri 09:00-17:00"
    time_zone = "Europe/Berlin"

    [calendars.plant]
    hours = "24x7"
    time_zone = "UTC"
    name = "the plant"

    [[agreements]]
    name = "Gold"
    calendar = "office"
    when = { field = "customer", equals = "Bau AG" }
    calendars = [{ calendar = "plant", when = { field = "site", equals = "Essen" } }]

    [[agreements.targets]]
    clock = "respond"
    like = "respond"
    within = "1h"

    [[agreements.targets]]
    clock = "answer"
    like = "next_response"
    within = "2h"
    checkpoints = ["75%", "30min before", "breach", "2h after", { name = "soon", percent = 90 }]

    [[agreements.targets]]
    clock = "resolve"
    when = { field = "priority", equals = "P5" }

    [[agreements.targets]]
    clock = "resolve"
    within = "8h"
    pause = { field = "event", equals = "waits" }
    resume = { field = "event", equals = "goes_on" }
    reset = { field = "event", equals = "asked_anew" }
    reopens = false
    from_own_start = true

    [[agreements.targets]]
    clock = "deliver"
    within = "3 business days"

    [[agreements.targets]]
    clock = "collect"
    within = { business_days = 1, count_from = "next_opening", time_of_day = "end_of_working_day" }

    [[agreements.targets]]
    clock = "updates"
    like = "update_cadence"
    within = "30min"
    on_reopen = "continue"

    [[operational_agreements]]
    name = "Network"
    calendar = "office"
    within = "2h"
    when = { field = "support_group", equals = "Network" }

    [[operational_agreements]]
    name = "Desk"
    calendar = "office"
    within = "1h"
    held_by = "team"
    checkpoints = []

    [[contracts]]
    name = "Carrier"
    calendar = "plant"
    within = "4h"
    pauses_ours = true
    pause = { field = "state_category", equals = "pending" }

    [[chains]]
    clock = "resolve"
    agreement = "Gold"
    legs = ["Network", "Carrier"]
"""


@pytest.fixture
def book(tmp_path) -> AgreementBook:
    path = tmp_path / "agreements.toml"
    path.write_text(dedent(DESCRIBED), encoding="utf-8")
    return load_agreements(path)


def test_a_file_is_read_into_agreements(book: AgreementBook) -> None:
    office = BusinessCalendar("Mon-Fri 09:00-17:00", "Europe/Berlin", name="office")
    plant = BusinessCalendar("24x7", "UTC", name="the plant")
    assert book.calendars == {"office": office, "plant": plant}
    (gold,) = book.agreements
    assert (gold.name, gold.calendar, gold.when) == ("Gold", office, equals("customer", "Bau AG"))
    assert gold.calendars == (CalendarRule(plant, equals("site", "Essen")),)
    soon = Checkpoint("soon", 90, timedelta(0))
    told = (
        Checkpoint.at_share(75),
        Checkpoint.before_target(HOUR / 2, name="30min before"),
        BREACH,
        Checkpoint.at_breach(after=2 * HOUR, name="2h after"),
        soon,
    )
    respond, answer, nothing, resolve, deliver, collect, updates = gold.promises
    assert deliver.target.within == BusinessDays(3)
    assert collect.target.within == BusinessDays(
        1, count_from=CountFrom.NEXT_OPENING, time_of_day=TimeOfDay.END_OF_WORKING_DAY
    )
    assert respond.target == Target.respond(HOUR)
    assert answer.target == evolve(Target.next_response(2 * HOUR, checkpoints=told), clock="answer")
    assert nothing == Promise(Target("resolve", None), equals("priority", "P5"))
    assert resolve.target == Target(
        "resolve",
        8 * HOUR,
        pause=equals("event", "waits"),
        resume=equals("event", "goes_on"),
        reset=equals("event", "asked_anew"),
        reopen=None,
        from_own_start=True,
    )
    cadence = Target.update_cadence(HOUR / 2)
    assert updates.target == evolve(cadence, clock="updates", on_reopen=Reopening.CONTINUE)


def test_a_file_is_read_into_legs_and_chains(book: AgreementBook) -> None:
    office, plant = book.calendars.values()
    network = OperationalLevelAgreement("Network", office, 2 * HOUR, equals("support_group", "Network"))
    desk = OperationalLevelAgreement("Desk", office, HOUR, held_by="team", checkpoints=())
    pending = equals("state_category", "pending")
    carrier = UnderpinningContract("Carrier", plant, 4 * HOUR, pauses_ours=True, pause=pending)
    assert book.legs == (network, desk, carrier)
    assert book.chains == (LegChain("resolve", (network, carrier), "Gold"),)


def test_what_was_read_is_written_as_it_was_meant(book: AgreementBook) -> None:
    assert agreements_from(agreements_to_mapping(book)) == book


def test_a_checkpoint_whose_name_belies_it_is_written_in_full() -> None:
    office = BusinessCalendar("Mon-Fri 09:00-17:00", "UTC", name="office")
    target = Target.resolve(8 * HOUR, checkpoints=[Checkpoint("75%", 30, HOUR)])
    book = AgreementBook({"office": office}, [ServiceLevelAgreement("Gold", office, [Promise(target)])])
    plain = agreements_to_mapping(book)
    (written,) = plain["agreements"][0]["targets"]
    assert written["checkpoints"] == [{"name": "75%", "percent": 30, "offset": "1h"}]
    assert agreements_from(plain) == book


def test_an_empty_description_promises_nothing() -> None:
    assert load_agreements({}) == AgreementBook()
    assert agreements_to_mapping(AgreementBook()) == {}


def test_what_stands_beside_agreements_can_be_ignored() -> None:
    with pytest.raises(DefinitionError, match="the agreements: desk: is not known here"):
        load_agreements({"desk": {}})
    assert load_agreements({"desk": {}}, ignoring={"desk"}) == AgreementBook()


# -- what is wrong -----------------------------------------------------------------------------------

OFFICE = {"hours": "Mon-Fri 09:00-17:00", "time_zone": "UTC"}
TARGET = {"clock": "resolve", "within": "8h"}
GOLD = {"name": "Gold", "calendar": "office", "targets": [TARGET]}
NETWORK = {"name": "Network", "calendar": "office", "within": "2h"}


def problems_of(**tables: object) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        agreements_from({"calendars": {"office": OFFICE}} | tables, where="a.toml")
    return list(caught.value.problems)


@pytest.mark.parametrize(
    ("tables", "problem"),
    [
        pytest.param(
            {"agreements": [GOLD | {"calendar": "ofice"}]},
            "agreements[0].calendar: unknown calendar 'ofice'; known: office", id="unknown calendar",
        ),
        pytest.param(
            {"agreements": [GOLD | {"calendars": [{"calendar": "ofice", "when": {"all": []}}]}]},
            "agreements[0].calendars[0].calendar: unknown calendar 'ofice'", id="unknown calendar of a rule",
        ),
        pytest.param(
            {"calendars": {}, "agreements": [GOLD]},
            "agreements[0].calendar: unknown calendar 'office'; known: none is declared", id="no calendar",
        ),
        pytest.param(
            {"agreements": [GOLD | {"targets": []}]},
            "agreements[0]: agreement 'Gold' promises nothing", id="no target",
        ),
        pytest.param(
            {"agreements": [GOLD | {"targets": [TARGET | {"like": "answer"}]}]},
            "agreements[0].targets[0].like: must be one of 'respond', 'next_response'", id="like nothing",
        ),
        pytest.param(
            {"agreements": [GOLD | {"targets": [TARGET | {"within": "-8h"}]}]},
            "agreements[0].targets[0]: resolve.within must be a duration or", id="less than nothing",
        ),
        pytest.param(
            {"agreements": [GOLD | {"targets": [TARGET | {"stop": {"field": "event", "equals": "opened"}}]}]},
            "agreements[0].targets[0]: resolve: start holds only where stop does too", id="in conflict",
        ),
        pytest.param(
            {"agreements": [GOLD | {"targets": [
                TARGET | {"reopens": False, "reopen": {"field": "event", "equals": "back"}}
            ]}]},
            "agreements[0].targets[0]: has a condition to reopen, and reopens = false", id="reopens and not",
        ),
        pytest.param(
            {"agreements": [GOLD | {"targets": [TARGET | {"checkpoints": [{"name": "x", "percent": 101}]}]}]},
            "agreements[0].targets[0].checkpoints[0]: checkpoint 'x': percent must be from 0 to 100",
            id="more than all",
        ),
        pytest.param(
            {"operational_agreements": [NETWORK | {"calendar": "x"}]},
            "operational_agreements[0].calendar: unknown calendar 'x'", id="unknown calendar of a leg",
        ),
        pytest.param(
            {"contracts": [NETWORK | {"within": "0h"}]},
            "contracts[0]: 'Network': within must be more than zero", id="a leg of nothing",
        ),
        pytest.param(
            {"operational_agreements": [NETWORK], "contracts": [NETWORK]},
            "contracts[0].name: 'Network' stands twice; every leg has its own name", id="a leg twice",
        ),
        pytest.param(
            {"operational_agreements": [NETWORK], "chains": [{"clock": "resolve", "legs": ["Netwrk"]}]},
            "chains[0].legs[0]: unknown leg 'Netwrk'; known: Network", id="unknown leg",
        ),
        pytest.param(
            {"chains": [{"clock": "resolve", "legs": ["x"]}]},
            "chains[0].legs[0]: unknown leg 'x'; known: none is declared", id="no leg to know",
        ),
        pytest.param(
            {"chains": [{"clock": "resolve", "legs": []}]},
            "chains[0]: the chain of legs for 'resolve' is empty", id="an empty chain",
        ),
        pytest.param(
            {"calendars": {"office": OFFICE, "": OFFICE}}, "calendars.: BusinessCalendar.name must be a name",
            id="a calendar without a name",
        ),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_path(tables: dict[str, object], problem: str) -> None:
    (found,) = problems_of(**tables)
    assert found.startswith(f"a.toml: {problem}")


def test_all_faults_are_told_at_once() -> None:
    found = problems_of(
        calendars={"office": OFFICE | {"hours": "never"}, "other": OFFICE},
        agreements=[GOLD | {"calendar": "ofice"}, GOLD | {"targets": [TARGET | {"within": "-1h"}]}],
        chains=[{"clock": "resolve", "legs": ["x", "y"]}],
    )
    assert [each.split(": ")[1] for each in found] == [
        "calendars.office.hours",
        "agreements[0].calendar",
        "agreements[1].targets[0]",
        "chains[0].legs[0]",
        "chains[0].legs[1]",
    ]
    shape = problems_of(
        calendars={"office": OFFICE | {"hours": "never"}}, agreements=[{"name": "x"}], chain=[]
    )
    assert len(shape) == 4


def test_a_book_holds_all_that_its_agreements_use() -> None:
    office, other = (BusinessCalendar(f"Mon-Fri 09:00-{end}:00", "UTC") for end in (17, 18))
    rule = CalendarRule(other, equals("site", "Essen"))
    gold = ServiceLevelAgreement("Gold", office, [Promise(Target.resolve(HOUR))], calendars=[rule])
    leg = OperationalLevelAgreement("Network", other, HOUR)
    with pytest.raises(DefinitionError) as caught:
        AgreementBook({"office": office}, [gold], [leg], [LegChain("resolve", [evolve(leg, name="x")])])
    assert caught.value.problems == (
        "agreement 'Gold' counts in a calendar that is not in the book; add it to calendars",
        "leg 'Network' counts in a calendar that is not in the book; add it to calendars",
        "the chain for 'resolve' has the leg 'x', which is not in the book; add it",
    )


def test_what_is_composed_has_no_plain_form() -> None:
    class Odd(BusinessTime):
        __slots__ = ()

    with pytest.raises(DefinitionError, match="only declared calendars have a plain form, not 'odd'"):
        agreements_to_mapping(AgreementBook({"odd": Odd()}))


# -- the law -----------------------------------------------------------------------------------------

# The plain form of calendars has laws of its own.
CALENDARS = st.sampled_from(
    [
        BusinessCalendar("Mon-Fri 09:00-17:00", "Europe/Berlin", name="a"),
        BusinessCalendar("24x7", "UTC", name="b c"),
        BusinessCalendar("Mon-Fri 22:00-06:00", "UTC", name="ä"),
    ]
)
WHENS = st.sampled_from([ALWAYS, P1, ~P1, one_of("site", "Essen", "Ulm"), present("ci") & P1])
CHECKPOINTS = st.lists(
    st.sampled_from(
        [
            BREACH,
            Checkpoint.at_share(75),
            Checkpoint.at_share(50, name="half"),
            Checkpoint.before_target(HOUR / 4),
            Checkpoint.before_target(HOUR / 4, name="15min before"),
            Checkpoint.at_breach(after=HOUR, name="1h after"),
            Checkpoint.at_breach(after=2 * HOUR),
            Checkpoint("odd", 30, timedelta(minutes=1, microseconds=1)),
        ]
    ),
    unique_by=lambda checkpoint: checkpoint.name,
)


@st.composite
def books(draw: st.DrawFn) -> AgreementBook:
    calendars = {each.name: each for each in draw(st.lists(CALENDARS, min_size=1, unique=True))}
    any_calendar = st.sampled_from(list(calendars.values()))
    usual = st.sampled_from([Target.respond, Target.next_response, Target.update_cadence])
    some = st.one_of(
        targets(),
        st.builds(lambda make, hours: make(hours * HOUR), usual, st.integers(0, 9)),
        st.builds(
            lambda target, checkpoints: evolve(target, checkpoints=checkpoints), targets(), CHECKPOINTS
        ),
        st.builds(
            lambda number, time_of_day: Target("deliver", BusinessDays(number, time_of_day=time_of_day)),
            st.integers(1, 9),
            st.sampled_from(TimeOfDay),
        ),
        st.just(Target("wait", 2 * HOUR, start=P1, pause=NEVER, resume=ALWAYS, from_own_start=True)),
    )
    agreements = st.builds(
        ServiceLevelAgreement,
        st.sampled_from(["Gold", "Silver"]),
        any_calendar,
        st.lists(st.builds(Promise, some, WHENS), min_size=1, max_size=3),
        WHENS,
        calendars=st.lists(st.builds(CalendarRule, any_calendar, WHENS), max_size=2),
        newest_calendar=st.booleans(),
        scope=WHENS,
        local_hours=st.booleans(),
    )
    hours = st.integers(1, 9).map(lambda number: number * HOUR)
    leg = {"checkpoints": CHECKPOINTS, "pause": WHENS, "held_by": st.sampled_from(["support_group", "x"])}
    olas = st.builds(OperationalLevelAgreement, st.just("n"), any_calendar, hours, WHENS, **leg)
    contracts = st.builds(
        UnderpinningContract, st.just("n"), any_calendar, hours, WHENS, pauses_ours=st.booleans(), **leg
    )
    made = [*draw(st.lists(olas, max_size=2)), *draw(st.lists(contracts, max_size=2))]
    legs = [evolve(each, name=f"leg {i}") for i, each in enumerate(made)]
    chains = []
    if legs:
        parts = st.lists(st.sampled_from(legs), min_size=1, max_size=2)
        chain = st.builds(LegChain, st.just("resolve"), parts, st.sampled_from([None, "Gold"]))
        chains = draw(st.lists(chain, max_size=2))
    return AgreementBook(calendars, draw(st.lists(agreements, max_size=3)), legs, chains)


@settings(deadline=None)
@given(books())
def test_writing_and_reading_undo_each_other(book: AgreementBook) -> None:
    plain = agreements_to_mapping(book)
    assert agreements_from(plain) == book
    assert agreements_to_mapping(agreements_from(plain)) == plain


@settings(deadline=None)
@given(books())
def test_what_is_written_is_plain(book: AgreementBook) -> None:
    def look(value: object) -> None:
        if isinstance(value, dict):
            assert all(type(key) is str for key in value)
            list(map(look, value.values()))
        elif isinstance(value, list):
            list(map(look, value))
        else:
            assert type(value) in {str, int, float, bool, date}

    look(agreements_to_mapping(book))
