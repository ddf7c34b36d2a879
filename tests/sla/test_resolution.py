from datetime import timedelta

import pytest

from itsmkit.conditions import ALWAYS, NEVER, Condition, all_of, any_of, equals, one_of, present
from itsmkit.errors import DefinitionError
from itsmkit.sla import (
    BusinessCalendar,
    CalendarRule,
    Promise,
    ServiceLevelAgreement,
    Standing,
    Target,
    resolve_terms,
    specificity,
    terms_for,
)

HOUR = timedelta(hours=1)
OFFICE = BusinessCalendar("Mon-Fri 09:00-17:00", "UTC", name="office")
HAMBURG = BusinessCalendar("Mon-Sat 08:00-18:00", "Europe/Berlin", name="Hamburg")
LINE = BusinessCalendar("Mon-Sun 06:00-22:00", "Europe/Berlin")
CUSTOMER, SERVICE = equals("customer", "Bau AG"), equals("service", "mail")
SITE, CI = equals("site", "Hamburg"), equals("ci", "line 4")


def agreement(name: str, when: Condition = ALWAYS, **options: object) -> ServiceLevelAgreement:
    return ServiceLevelAgreement(name, OFFICE, [Promise(Target.resolve(8 * HOUR))], when, **options)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (ALWAYS, 0),
        (NEVER, 0),
        (CUSTOMER, 1),
        (one_of("site", "Hamburg", "Bremen"), 1),
        (present("site"), 1),
        (~CUSTOMER, 1),
        (CUSTOMER & SERVICE, 2),
        (CUSTOMER & ~SERVICE & SITE, 3),
        (CUSTOMER & equals("customer", "Bau GmbH"), 1),
        (CUSTOMER | (SERVICE & SITE), 1),
        ((CUSTOMER & SITE) | (SERVICE & SITE & CI), 2),
        (~(CUSTOMER | SERVICE), 2),
        (~(CUSTOMER & SERVICE), 1),
        (~~(CUSTOMER & SERVICE), 2),
        (all_of(any_of()), 0),
    ],
)
def test_specificity_counts_the_facts_that_have_to_be_right(condition: Condition, expected: int) -> None:
    assert specificity(condition) == expected


def test_what_is_no_condition_has_no_specificity() -> None:
    with pytest.raises(TypeError, match="not a condition"):
        specificity("customer is Bau AG")


USUAL = agreement("usual")
GOLD = agreement("gold", CUSTOMER)
MAIL = agreement("mail", CUSTOMER & SERVICE)
SILVER = agreement("silver", one_of("customer", "Bau AG", "Bau GmbH"))


@pytest.mark.parametrize(
    ("offered", "facts", "chosen"),
    [
        pytest.param(
            [USUAL, GOLD, MAIL], {"customer": "Bau AG", "service": "mail"}, MAIL, id="most specific"
        ),
        pytest.param(
            [MAIL, GOLD, USUAL], {"customer": "Bau AG", "service": "phone"}, GOLD, id="that applies"
        ),
        pytest.param([USUAL, GOLD], {"customer": "else"}, USUAL, id="for everybody else"),
        pytest.param([GOLD, SILVER], {"customer": "Bau AG"}, GOLD, id="among equals the first"),
        pytest.param([SILVER, GOLD], {"customer": "Bau AG"}, SILVER, id="in their order"),
        pytest.param([GOLD, MAIL], {"customer": "else"}, None, id="none applies"),
        pytest.param([], {}, None, id="there is none"),
    ],
)
def test_the_most_specific_agreement_holds_among_equals_the_first(
    offered: list[ServiceLevelAgreement], facts: dict[str, str], chosen: ServiceLevelAgreement | None
) -> None:
    resolution = resolve_terms(offered, facts)
    assert resolution.agreement is chosen
    assert resolution.terms == terms_for(offered, facts) == ({} if chosen is None else chosen.terms(facts))


def test_a_resolution_says_why() -> None:
    resolution = resolve_terms([USUAL, GOLD, SILVER, MAIL], {"customer": "Bau AG"})
    assert [(each.name, each.standing) for each in resolution.because[:4]] == [
        ("agreement 'usual'", Standing.LESS_SPECIFIC),
        ("agreement 'gold'", Standing.CHOSEN),
        ("agreement 'silver'", Standing.LATER),
        ("agreement 'mail'", Standing.DOES_NOT_APPLY),
    ]
    assert resolution.explain().splitlines() == [
        "agreement 'gold': resolve within 8:00:00",
        "- agreement 'usual': less specific",
        "- agreement 'gold': chosen (1 fact asked for)",
        "- agreement 'silver': later (1 fact asked for)",
        "- agreement 'mail': does not apply (2 facts asked for)",
        "- calendar 'office': chosen",
        "- promise 1 for 'resolve': chosen",
    ]


def test_where_nothing_applies_that_is_said_too() -> None:
    assert resolve_terms([GOLD], {}).explain().splitlines() == [
        "no agreement applies",
        "- agreement 'gold': does not apply (1 fact asked for)",
    ]


# -- calendars ---------------------------------------------------------------------------------------

RULES = (CalendarRule(HAMBURG, SITE), CalendarRule(LINE, SITE & CI), CalendarRule(OFFICE, CI))


@pytest.mark.parametrize(
    ("facts", "calendar", "standings"),
    [
        pytest.param(
            {}, OFFICE, ["does not apply", "does not apply", "does not apply", "chosen"], id="the usual one",
        ),
        pytest.param(
            {"site": "Hamburg"}, HAMBURG, ["chosen", "does not apply", "does not apply", "less specific"],
            id="of the site",
        ),
        pytest.param(
            {"site": "Hamburg", "ci": "line 4"}, LINE,
            ["less specific", "chosen", "less specific", "less specific"], id="of the CI at the site",
        ),
        pytest.param(
            {"site": "Bremen", "ci": "line 4"}, OFFICE,
            ["does not apply", "does not apply", "chosen", "less specific"], id="of the CI",
        ),
    ],
)  # fmt: skip
def test_the_most_specific_calendar_holds(
    facts: dict[str, str], calendar: BusinessCalendar, standings: list[str]
) -> None:
    plant = agreement("plant", calendars=RULES)
    terms = plant.terms(facts)["resolve"]
    assert terms.calendar is calendar
    assert terms.digest == ServiceLevelAgreement("x", calendar, plant.promises).terms({})["resolve"].digest
    found = [each for each in resolve_terms([plant], facts).because if each.name.startswith("calendar")]
    assert [each.standing for each in found] == standings
    assert found[1].name == "calendar 'Mon-Sun 06:00-22:00'"


def test_an_agreement_asks_for_what_its_calendars_ask_for() -> None:
    assert agreement("plant", calendars=RULES).asked == {"site", "ci"}


def test_the_calendars_of_an_agreement_are_rules() -> None:
    with pytest.raises(
        DefinitionError, match=r"agreement 'plant': calendars\[0\] must be a CalendarRule, not"
    ):
        agreement("plant", calendars=[OFFICE])


# -- promises ----------------------------------------------------------------------------------------


def test_a_promise_of_nothing_hides_those_behind_it() -> None:
    nothing = Promise(Target("resolve", None), equals("priority", "P5"))
    promises = [nothing, Promise(Target.resolve(8 * HOUR)), Promise(Target.respond(HOUR))]
    gold = ServiceLevelAgreement("gold", OFFICE, promises)
    assert gold.terms({"priority": "P5"}).keys() == {"respond"}
    assert gold.terms({"priority": "P1"}).keys() == {"resolve", "respond"}
    because = resolve_terms([gold], {"priority": "P5"}).because
    assert [(each.name, each.standing) for each in because[2:]] == [
        ("promise 1 for 'resolve'", Standing.CHOSEN),
        ("promise 2 for 'resolve'", Standing.LATER),
        ("promise 3 for 'respond'", Standing.CHOSEN),
    ]
    none = ServiceLevelAgreement("none", OFFICE, [nothing])
    assert resolve_terms([none], {"priority": "P5"}).explain().startswith("agreement 'none': no clock\n")
    assert resolve_terms([none], {}).because[-1].standing is Standing.DOES_NOT_APPLY
