"""Themes: against all sets of complaints, looked through one by one."""

from datetime import timedelta
from itertools import combinations

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.practices.experience import ThemeRules, ThemeThreshold, crossed_themes, themes_of
from itsmkit.testing import A_MONDAY, an_incident_logged
from itsmkit.tickets import Ticket, TicketId

DAY = timedelta(days=1)


def complaint(place: int, day: int, *tags: str) -> Ticket:
    ticket = an_incident_logged().ticket
    return evolve(ticket, id=TicketId(f"c{place:02}"), opened_at=A_MONDAY + day * DAY, tags=tags)


@given(
    st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["waiting", "tone"])), max_size=9),
    st.integers(1, 4),
    st.integers(1, 20),
)
def test_a_theme_crosses_when_enough_complaints_lie_close(
    given_: list[tuple[int, str]], complaints: int, days: int
) -> None:
    tickets = [complaint(n, day, f"theme-{theme}", "vip") for n, (day, theme) in enumerate(given_)]
    rules = ThemeRules(ThemeThreshold(complaints, days * DAY))
    found = {each.theme: each for each in crossed_themes(tickets, rules)}
    for theme in ("waiting", "tone"):
        on = [day for day, each in given_ if each == theme]
        close = [max(some) for some in combinations(on, complaints) if max(some) - min(some) <= days]
        assert (theme in found) is bool(close)
        if close:
            assert found[theme].since == A_MONDAY + min(close) * DAY
            assert len(found[theme].evidence) == len(on)


def test_one_theme_may_have_a_threshold_of_its_own() -> None:
    tickets = [complaint(0, 0, "theme-tone"), complaint(1, 1, "theme-waiting")]
    rules = ThemeRules(of={"tone": ThemeThreshold(1)})
    assert [each.theme for each in crossed_themes(tickets, rules)] == ["tone"]


def test_what_goes_on_elsewhere_counts_there() -> None:
    merged = evolve(complaint(0, 0, "theme-tone"), merged_into=TicketId("c01"))
    assert crossed_themes([merged], ThemeRules(ThemeThreshold(1))) == ()
    assert themes_of(merged) == ("tone",)


def test_a_threshold_is_refused_with_all_that_is_wrong() -> None:
    with pytest.raises(DefinitionError) as refused:
        ThemeThreshold(0, timedelta(0))
    assert len(refused.value.problems) == 2
    with pytest.raises(DefinitionError, match=r"of\.tone: must be a ThemeThreshold"):
        ThemeRules(of={"tone": 3})  # type: ignore[dict-item]
