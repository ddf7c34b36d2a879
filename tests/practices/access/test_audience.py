"""Whom something is for: a condition on who looks."""

from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import ALWAYS, equals, present
from itsmkit.practices.access import Viewer
from itsmkit.practices.access.audience import audience_problems, is_among

NAMES = st.sampled_from(["acme", "hr", "mail", "agent"])
VIEWERS = st.builds(
    Viewer,
    NAMES,
    roles=st.lists(NAMES, unique=True),
    groups=st.lists(NAMES, unique=True),
    organisation=st.none() | NAMES,
)


@given(VIEWERS, NAMES)
def test_who_is_among_an_audience_is_known_by_who_they_are(viewer: Viewer, name: str) -> None:
    for audience, expected in [
        (ALWAYS, True),
        (equals("viewer.person", name), viewer.person == name),
        (equals("viewer.organisation", name), viewer.organisation == name),
        (equals(f"viewer.role.{name}", True), name in viewer.roles),
        (equals(f"viewer.group.{name}", True), name in viewer.groups),
        (~present("viewer.organisation"), viewer.organisation is None),
    ]:
        assert [*audience_problems("audience", audience)] == []
        assert is_among(audience, viewer) is expected
        assert not is_among(audience, None), "who has left is among none"


def test_what_nobody_knows_of_a_viewer_is_told_with_its_path() -> None:
    asked = equals("viewer.role.", True) & equals("state", "new") & equals("viewer.person", "ann")
    problems = [*audience_problems("offers[2].audience", asked)]
    assert len(problems) == 2
    assert all(each.startswith("offers[2].audience: asks for '") for each in problems)
    assert {each.split("'")[1] for each in problems} == {"viewer.role.", "state"}
    assert [*audience_problems("audience", "always")] == [
        "audience: must be a condition, not str 'always'; see itsmkit.conditions"
    ]
