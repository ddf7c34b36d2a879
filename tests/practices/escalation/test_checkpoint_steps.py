import pytest
from attrs import evolve

from itsmkit.conditions import equals
from itsmkit.errors import DefinitionError
from itsmkit.practices import EscalationPolicy, EscalationStep, Incident, due_steps, recipients

WARN = EscalationStep("75%", ("assignee",))
TELL = EscalationStep("breach", ["assignee", "support_group"], clock="resolve")
URGENT = EscalationStep("breach", ("service desk manager",), when=equals("priority", "P1"))
POLICY = EscalationPolicy([WARN, TELL, URGENT])


@pytest.mark.parametrize(
    ("clock", "checkpoint", "priority", "steps"),
    [
        pytest.param("resolve", "75%", "P3", (WARN,), id="a step of every clock"),
        pytest.param("respond", "75%", "P3", (WARN,), id="of the other clock too"),
        pytest.param("resolve", "breach", "P3", (TELL,), id="a step of one clock"),
        pytest.param("respond", "breach", "P3", (), id="not of the other"),
        pytest.param("resolve", "breach", "P1", (TELL, URGENT), id="a step of some tickets"),
        pytest.param("resolve", "50%", "P1", (), id="a checkpoint of which nobody is told"),
    ],
)
def test_the_steps_of_a_checkpoint(
    incident: Incident, clock: str, checkpoint: str, priority: str, steps: tuple[EscalationStep, ...]
) -> None:
    ticket = evolve(incident, priority=priority)
    assert due_steps(POLICY, ticket, clock=clock, checkpoint=checkpoint) == steps


@pytest.mark.parametrize(
    ("roles", "told"),
    [
        pytest.param(["assignee"], ("ann",), id="the assignee"),
        pytest.param(["support_group"], ("Network",), id="the group"),
        pytest.param(["requester"], ("caller",), id="the requester"),
        pytest.param(["service desk manager"], ("service desk manager",), id="a role of the host's"),
        pytest.param(["requester", "assignee", "requester"], ("caller", "ann"), id="each once, in order"),
        pytest.param(["assignee", "ann"], ("ann",), id="one person in two roles"),
    ],
)
def test_roles_are_looked_up_on_the_ticket(
    incident: Incident, roles: list[str], told: tuple[str, ...]
) -> None:
    ticket = evolve(incident, assignee="ann", support_group="Network")
    steps = tuple(EscalationStep("breach", (role,)) for role in roles)
    assert recipients(steps, ticket) == told


def test_where_nobody_is_assigned_the_assignee_is_not_told(incident: Incident) -> None:
    assert recipients((TELL, URGENT), incident) == ("service desk manager",)
    assert recipients((), incident) == ()


def test_a_step_tells_somebody() -> None:
    with pytest.raises(DefinitionError, match="the escalation step at 'breach' tells nobody; name at least"):
        EscalationStep("breach", ())


def test_a_single_name_is_no_list_of_roles() -> None:
    with pytest.raises(DefinitionError, match="one text stands where several are asked for: 'assignee'"):
        EscalationStep("breach", "assignee")


def test_a_step_has_a_checkpoint() -> None:
    with pytest.raises(DefinitionError, match=r"EscalationStep\.checkpoint must be a name"):
        EscalationStep("", ("assignee",))


def test_a_desk_may_have_no_ladder(incident: Incident) -> None:
    assert due_steps(EscalationPolicy(), incident, clock="resolve", checkpoint="breach") == ()
