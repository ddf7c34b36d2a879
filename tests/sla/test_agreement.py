import os
import subprocess
import sys
from datetime import date, timedelta
from textwrap import dedent

import pytest

from itsmkit.conditions import equals
from itsmkit.errors import DefinitionError
from itsmkit.sla import (
    BusinessCalendar,
    HolidayCalendar,
    Promise,
    ServiceLevelAgreement,
    Target,
    terms_for,
)

HOUR = timedelta(hours=1)
OFFICE = BusinessCalendar("Mon-Fri 09:00-17:00", "UTC", name="office")
ALWAYS = BusinessCalendar.always("UTC")
QUICK, SLOW = Target("resolve", HOUR), Target("resolve", 8 * HOUR)
RESPOND = Target("respond", HOUR, reopen=None)
CHRISTMAS, NEW_YEAR = date(2026, 12, 25), date(2027, 1, 1)


def agreement(name: str = "gold", *promises: Promise, **options: object) -> ServiceLevelAgreement:
    values = {"calendar": OFFICE, "promises": promises or (Promise(SLOW),), **options}
    return ServiceLevelAgreement(name, **values)


def digest(target: Target = SLOW, **options: object) -> str:
    return agreement("any", Promise(target), **options).terms({})[target.clock].digest


def test_for_each_clock_the_first_promise_that_applies_holds() -> None:
    gold = agreement(
        "gold", Promise(QUICK, equals("priority", "P1")), Promise(SLOW), Promise(QUICK), Promise(RESPOND)
    )
    urgent, usual = gold.terms({"priority": "P1"}), gold.terms({"priority": "P4"})
    assert {clock: terms.target for clock, terms in urgent.items()} == {"resolve": QUICK, "respond": RESPOND}
    assert {clock: terms.target for clock, terms in usual.items()} == {"resolve": SLOW, "respond": RESPOND}
    assert {(terms.agreement, terms.calendar) for terms in urgent.values()} == {("gold", OFFICE)}


def test_a_clock_for_which_nothing_is_promised_has_no_terms() -> None:
    assert agreement("gold", Promise(QUICK, equals("priority", "P1"))).terms({"priority": "P4"}) == {}


def test_the_first_agreement_that_applies_holds_alone() -> None:
    gold = agreement("gold", Promise(QUICK), when=equals("site", "Hamburg"))
    silver = agreement("silver", Promise(SLOW), Promise(RESPOND))
    assert terms_for([gold, silver], {"site": "Hamburg"}) == gold.terms({})
    assert terms_for([gold, silver], {"site": "Bremen"}) == silver.terms({})
    assert terms_for([gold], {"site": "Bremen"}) == {}
    assert terms_for([], {}) == {}


def test_an_agreement_tells_what_it_asks_for() -> None:
    gold = agreement(
        "gold", Promise(QUICK, equals("priority", "P1")), Promise(SLOW), when=equals("site", "Hamburg")
    )
    assert gold.asked == {"priority", "site"}
    assert agreement().asked == set()


def test_an_agreement_promises_something() -> None:
    with pytest.raises(DefinitionError, match="agreement 'gold' promises nothing; give it at least one"):
        ServiceLevelAgreement("gold", OFFICE, ())


def test_an_agreement_is_made_of_promises() -> None:
    with pytest.raises(DefinitionError) as caught:
        agreement("gold", SLOW, Promise(SLOW), None)
    assert [problem[:55] for problem in caught.value.problems] == [
        "agreement 'gold': promises[0] must be a Promise, not Ta",
        "agreement 'gold': promises[2] must be a Promise, not No",
    ]


def test_a_digest_does_not_depend_on_names() -> None:
    named = BusinessCalendar("Mon-Fri 09:00-17:00", "UTC", name="another name")
    assert digest() == digest(calendar=named)
    terms = [agreement(name).terms({})["resolve"].digest for name in ("gold", "silver")]
    assert len(set(terms)) == 1


def test_a_digest_does_not_depend_on_the_names_of_holidays() -> None:
    calendars = [
        BusinessCalendar("Mon-Fri 09:00-17:00", "UTC", holidays=HolidayCalendar({CHRISTMAS: name}))
        for name in ("Christmas Day", "Erster Weihnachtstag")
    ]
    assert digest(calendar=calendars[0]) == digest(calendar=calendars[1])


def test_a_digest_depends_on_all_of_the_content() -> None:
    german = HolidayCalendar.of("DE", language="en_US")
    digests = [
        digest(),
        digest(QUICK),
        digest(RESPOND),
        *(
            digest(calendar=calendar)
            for calendar in (
                ALWAYS,
                BusinessCalendar("Mon-Fri 09:00-16:00", "UTC"),
                BusinessCalendar("Mon-Fri 09:00-17:00", "Europe/Berlin"),
                BusinessCalendar("Mon-Fri 09:00-17:00", "UTC", holidays=HolidayCalendar({CHRISTMAS: "x"})),
                BusinessCalendar("Mon-Fri 09:00-17:00", "UTC", holidays=HolidayCalendar({NEW_YEAR: "x"})),
                BusinessCalendar("Mon-Fri 09:00-17:00", "UTC", holidays=german),
                BusinessCalendar(
                    "Mon-Fri 09:00-17:00",
                    "UTC",
                    holidays=HolidayCalendar.of("DE", language="en_US", removed=[CHRISTMAS]),
                ),
            )
        ),
    ]
    assert len(set(digests)) == len(digests)


def test_a_digest_is_the_same_in_every_process() -> None:
    program = dedent(
        """
        from datetime import date, timedelta
        from itsmkit.conditions import one_of
        from itsmkit.sla import *
        days = [date(2026, month, 1) for month in range(1, 13)]
        holidays = HolidayCalendar.of("DE", language="en_US", removed=days)
        office = BusinessCalendar("Mon-Fri 09:00-17:00", "UTC", holidays=holidays)
        target = Target("resolve", timedelta(hours=8), stop=one_of("state", "a", "b", "c", "d"))
        print(ServiceLevelAgreement("gold", office, [Promise(target)]).terms({})["resolve"].digest)
        """
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(digests) == 1
