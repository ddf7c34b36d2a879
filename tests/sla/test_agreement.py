import os
import pickle
import subprocess
import sys
from datetime import date, timedelta
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import ALWAYS as ANY_WORK
from itsmkit.conditions import equals
from itsmkit.errors import DefinitionError
from itsmkit.sla import (
    Agreements,
    BusinessCalendar,
    HolidayCalendar,
    Promise,
    ServiceLevelAgreement,
    Target,
    as_agreements,
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


CONDITIONS = st.builds(
    equals, st.sampled_from(["priority", "site", "weight"]), st.sampled_from(["P1", "P2", "", 1, True])
)
OFFERED = st.lists(
    st.builds(
        lambda when, only, target: agreement("any", Promise(target, only), when=when),
        CONDITIONS | st.builds(lambda one, other: one & other, CONDITIONS, CONDITIONS) | st.just(ANY_WORK),
        CONDITIONS | st.just(ANY_WORK),
        st.sampled_from([QUICK, SLOW, RESPOND]),
    ),
    max_size=4,
)
WORK = st.dictionaries(
    st.sampled_from(["priority", "site", "weight", "title"]),
    st.sampled_from(["P1", "P2", None, 1, True, 1.0]),
)


@given(OFFERED, st.lists(WORK, min_size=1, max_size=6))
def test_agreements_as_a_whole_answer_as_one_after_the_other(
    offered: list[ServiceLevelAgreement], works: list[dict[str, object]]
) -> None:
    agreements = as_agreements(offered)
    for facts in [*works, *works]:
        found = agreements.terms(facts)
        assert found == terms_for(offered, facts)
        found.clear()  # what is remembered is nobody else's
    assert agreements.asked == {name for each in offered for name in each.asked}


def test_agreements_as_a_whole_are_a_tuple_of_them() -> None:
    gold, silver = agreement("gold"), agreement("silver")
    agreements = as_agreements([gold, silver])
    agreements.terms({})
    copy = pickle.loads(pickle.dumps(agreements))
    assert as_agreements(agreements) is agreements
    assert agreements == (gold, silver) == copy
    assert type(copy) is Agreements
    with pytest.raises(DefinitionError, match="stands where several are asked for"):
        as_agreements(gold)  # type: ignore[arg-type]  # what is told to those who use no type checker


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
