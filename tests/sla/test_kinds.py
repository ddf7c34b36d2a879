"""What is remembered of kinds equals what the conditions say, whatever the facts are."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import at_least, equals, one_of, present
from itsmkit.sla import BusinessCalendar, ClockEvent, Promise, ServiceLevelAgreement, Target
from itsmkit.sla._kinds import kind_of, remember

HOUR = timedelta(hours=1)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
VALUES = st.sampled_from([None, "P1", "P2", "", True, 1, 1.0, 0, False, ("P1",), NOON])
FACTS = st.dictionaries(st.sampled_from(["priority", "count", "vip", "other"]), VALUES)


def test_texts_and_what_is_missing_make_a_kind() -> None:
    assert kind_of(["P1", None, ""]) == ("P1", None, "")
    assert kind_of([]) == ()
    assert kind_of(["P1", 1]) is None
    assert kind_of([True]) is None


def test_no_more_is_remembered_than_a_memory_can_hold() -> None:
    known: dict[tuple[str | None, ...], int] = {}
    for number in range(2500):
        assert remember(known, (str(number),), number) == number
        assert known[str(number),] == number
    assert len(known) <= 1000


@given(st.lists(FACTS, min_size=1, max_size=12))
def test_a_target_means_the_same_whatever_it_has_heard_before(heard) -> None:
    def target() -> Target:
        pause = equals("priority", "P1") | equals("vip", value=True) | at_least("count", 1)
        return Target("resolve", HOUR, pause=pause, stop=one_of("count", 0, "P2"), cancel=present("other"))

    experienced = target()
    for facts in heard:
        event = ClockEvent(NOON, "opened", "new", facts)
        assert experienced.meaning(event) == target().meaning(event)


@given(st.lists(FACTS, min_size=1, max_size=12))
def test_an_agreement_promises_the_same_whatever_it_was_asked_before(asked) -> None:
    office = BusinessCalendar("Mon-Fri 09:00-17:00", "UTC")

    def agreement() -> ServiceLevelAgreement:
        return ServiceLevelAgreement(
            "gold",
            office,
            [
                Promise(Target("resolve", HOUR), equals("priority", "P1") & ~equals("vip", value=True)),
                Promise(Target("resolve", 2 * HOUR), at_least("count", 1)),
                Promise(Target("respond", HOUR), present("other")),
            ],
        )

    experienced = agreement()
    for facts in asked:
        terms = experienced.terms(facts)
        assert terms == agreement().terms(facts)
        terms.clear()  # it is the caller's own
        assert experienced.terms(facts) == agreement().terms(facts)
