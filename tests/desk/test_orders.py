"""Orders on a desk: from a draft of an item to the end of the last task, by whomever and whatever fails."""

from datetime import timedelta
from random import Random

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.conditions import ALWAYS, equals, parse_condition
from itsmkit.desk import Desk, DeskConfig, InMemoryStore, ManualClock
from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.plugin import RowKind
from itsmkit.practices.access import AccessRules, Permit, Restriction, Role, Scope
from itsmkit.practices.catalogue import CatalogueItem, progress_of
from itsmkit.practices.forms import AnswersRefusedError, Form, FormField
from itsmkit.sla import Promise, ServiceLevelAgreement, Target
from itsmkit.testing import A_MONDAY
from itsmkit.testing.use_cases import LAPTOP
from itsmkit.tickets import Actor, Became, TaskAdvanced, TimerRefused, replay
from itsmkit.tickets.structure import Person, Service, Structure, SupportGroup
from itsmkit.workflow.approvals import ApprovalPolicy, FactApprovers, InSequence, RoleApprovers, Stage
from itsmkit.workflow.tasks import Task, TaskRefusedError, TaskStatus

HOUR = timedelta(hours=1)
PEOPLE = Structure(
    people=[
        Person("ann", manager="mia"),
        Person("mia"),
        Person("lee"),
        Person("max", time_zone="Asia/Kolkata"),
    ],
    groups=[SupportGroup("board", members=["lee", "mia"])],
    services=[Service("workplace", owner="lee")],
)
CONFIG = evolve(DeskConfig.standard(), structure=PEOPLE)
PLAIN = CatalogueItem(
    key="move",
    title="Move a desk",
    service="workplace",
    form=Form("move", [FormField("piano", "yes_no", default=False)]),
    tasks=[
        Task("plan", group="facilities"),
        Task("carry", after="plan", group="facilities"),
        Task("tune", after="plan", when=equals("answer.piano", True)),
        Task("sweep", after=["carry", "tune"], group="cleaning"),
    ],
)


def a_desk(*items, config=CONFIG, store=None, clock=None):
    desk = Desk(config, store=store, clock=clock or ManualClock(A_MONDAY), random=Random(1))
    desk = desk.acting_as(Actor("kim"))
    for item in items:
        desk.catalogue.draft(item)
        desk.catalogue.publish(item.key)
    return desk


def ticket_of(desk, order, task):
    return desk.orders.progress(order.id).tickets[task]


def complete(desk, order, task):
    desk.tickets.transition(ticket_of(desk, order, task).id, "complete", resolution="done")
    assert desk.run_due().failures == ()


def status_of(desk, order):
    return {name: each.status.value for name, each in desk.orders.progress(order.id).tasks.tasks.items()}


# -- from the beginning to the end -------------------------------------------------------------------------


def test_tasks_come_in_their_order_and_the_order_ends_with_the_last():
    desk = a_desk(PLAIN)
    order = desk.orders.place("move", requester="ann")
    assert (order.kind, order.state, order.service) == ("service_request", "In Fulfilment", "workplace")
    assert set(desk.orders.progress(order.id).tickets) == {"plan"}
    plan = ticket_of(desk, order, "plan")
    assert (plan.kind, plan.support_group, plan.requester) == ("task", "facilities", "ann")
    assert plan.fact("order_task") == "plan"
    assert plan.fact("link.fulfilled_by") is None  # it is at the other end
    assert desk.tickets.get(order.id).fact("link.fulfilled_by") is True
    complete(desk, order, "plan")
    assert status_of(desk, order) == {
        "plan": "done",
        "carry": "ready",
        "tune": "not needed",
        "sweep": "waiting",
    }
    complete(desk, order, "carry")
    assert desk.tickets.get(order.id).state == "In Fulfilment"
    complete(desk, order, "sweep")
    assert desk.tickets.get(order.id).state == "Fulfilled"
    assert "is Fulfilled" in desk.orders.progress(order.id).explain()


def test_answers_decide_which_tasks_come_and_are_facts_of_orders_and_tasks():
    desk = a_desk(PLAIN)
    order = desk.orders.place("move", {"piano": "yes"})
    complete(desk, order, "plan")
    assert status_of(desk, order)["tune"] == "ready"
    found = desk.tickets.matching('answer.piano = true and kind = "task"')
    assert {each.fact("order_task") for each in found} == {"plan", "carry", "tune"}
    assert desk.tickets.count('catalogue_item = "move" and task.plan = "done"') == 1


def test_an_item_without_tasks_is_fulfilled_at_once():
    desk = a_desk(evolve(PLAIN, tasks=[]))
    assert desk.orders.place("move").state == "Fulfilled"


def test_the_order_keeps_the_version_that_was_ordered():
    desk = a_desk(PLAIN)
    order = desk.orders.place("move")
    desk.catalogue.revise(evolve(PLAIN, tasks=[Task("call a firm")], title="Move by a firm"))
    desk.catalogue.publish("move")
    desk.catalogue.retire("move", "nobody moves any more")
    with pytest.raises(NotFoundError):
        desk.orders.place("move")
    for task in ("plan", "carry", "sweep"):
        complete(desk, order, task)
    view = desk.orders.progress(order.id)
    assert (view.order.state, view.item.version, view.item.title) == ("Fulfilled", 1, "Move a desk")
    assert [item.version for item in desk.catalogue.versions("move")] == [1, 2]
    assert desk.tickets.get(order.id).fact("catalogue_version") == 1


def test_each_leg_has_its_own_clock():
    def agreement(name, task, hours):
        calendar = CONFIG.reporting_hours
        about = parse_condition(f'order_task = "{task}"')
        return ServiceLevelAgreement(name, calendar, [Promise(Target("resolve", hours * HOUR))], when=about)

    config = evolve(CONFIG, agreements=[agreement("plans", "plan", 2), agreement("carries", "carry", 7)])
    clock = ManualClock(A_MONDAY)
    desk = a_desk(PLAIN, config=config, clock=clock)
    order = desk.orders.place("move")
    clock.advance(3 * HOUR)
    complete(desk, order, "plan")
    clock.advance(HOUR)
    plan, carry = (desk.tickets.clocks(ticket_of(desk, order, task).id) for task in ("plan", "carry"))
    assert plan["resolve"].verdict.value == "breached"
    assert (carry["resolve"].elapsed, carry["resolve"].remaining) == (HOUR, 6 * HOUR)
    assert desk.tickets.clocks(order.id) == {}


# -- approvals ---------------------------------------------------------------------------------------------

BUDGET = ApprovalPolicy(
    "budget",
    InSequence(
        [
            Stage("manager", [FactApprovers("manager")], within=8 * HOUR),
            Stage("board", [RoleApprovers("board")], when=equals("answer.piano", True)),
        ]
    ),
)
DEAR = evolve(PLAIN, approval=BUDGET)


def test_nothing_is_done_before_the_approval():
    desk = a_desk(DEAR)
    order = desk.orders.place("move", requester="ann")
    assert (order.state, order.fact("approval")) == ("Awaiting Approval", "requested")
    assert order.fact("participant.mia") is True
    assert desk.orders.progress(order.id).tickets == {}
    with pytest.raises(RefusedError, match="cannot approve REQ-1: lee is not asked to vote on it now"):
        desk.orders.approve(order.id, by=Actor("lee"))
    order = desk.orders.approve(order.id, by=Actor("mia"), reason="fine")
    assert (order.state, order.fact("approval")) == ("In Fulfilment", "approved")
    assert set(desk.orders.progress(order.id).tickets) == {"plan"}
    with pytest.raises(RefusedError, match="nobody is asked for its approval"):
        desk.orders.approve(order.id, by=Actor("mia"))


def test_stages_ask_one_after_the_other_and_tell_whom_they_ask():
    store = InMemoryStore()
    desk = a_desk(DEAR, store=store)
    order = desk.orders.place("move", {"piano": True}, requester="ann")

    def told():
        rows = [row.data for row in store.dump() if row.kind is RowKind.OUTBOX]
        asked = [row["entry"]["notification"] for row in rows]
        return sorted(each["recipient"] for each in asked if "asks for your approval" in each["subject"])

    assert told() == ["mia"]
    order = desk.orders.approve(order.id, by=Actor("mia"))
    assert (order.state, told()) == ("Awaiting Approval", ["lee", "mia", "mia"])
    desk.orders.approve(order.id, by=Actor("lee"))
    assert desk.orders.approve(order.id, by=Actor("mia"), stage="board").state == "In Fulfilment"


def test_a_rejection_ends_the_order_and_says_why():
    desk = a_desk(DEAR)
    order = desk.orders.place("move", requester="ann")
    order = desk.orders.reject(order.id, by=Actor("mia"), reason="next year")
    assert (order.state, order.fact("approval")) == ("Rejected", "rejected")
    assert "manager" in order.fact("rejection_reason")


def test_silence_ends_an_approval_when_its_time_is_up():
    clock = ManualClock(A_MONDAY)
    desk = a_desk(DEAR, clock=clock)
    order = desk.orders.place("move", requester="ann")
    due = desk.next_due()
    while desk.tickets.get(order.id).state == "Awaiting Approval":
        due = desk.next_due()
        clock.set(due)
        assert desk.run_due().failures == ()
    found = desk.tickets.get(order.id)
    assert (found.state, found.updated_at) == ("Rejected", due)


def test_nobody_sets_by_hand_what_follows_from_approval_and_tasks():
    desk = a_desk(DEAR)
    order = desk.orders.place("move", requester="ann")
    for details in (
        {"approval": "approved"},
        {"tasks_done": True},
        {"answer.piano": True},
        {"task.plan": "done"},
    ):
        with pytest.raises(RefusedError, match="cannot set"):
            desk.tickets.describe(order.id, **details)
    with pytest.raises(RefusedError, match="cannot set approval of REQ-1"):
        desk.requests.transition(order.id, "approve", approval="approved")
    with pytest.raises(RefusedError):
        desk.requests.transition(order.id, "approve")


def test_a_role_that_is_no_group_cannot_be_asked():
    policy = ApprovalPolicy("b", Stage("b", [RoleApprovers("cabinet")]))
    desk = a_desk(evolve(PLAIN, approval=policy))
    with pytest.raises(DefinitionError, match="nobody can tell who holds the role 'cabinet'"):
        desk.orders.place("move")
    assert desk.tickets.count() == 0


# -- what goes wrong ---------------------------------------------------------------------------------------


def test_a_cancelled_task_holds_the_work_up_until_somebody_decides():
    desk = a_desk(PLAIN)
    order = desk.orders.place("move")
    first = ticket_of(desk, order, "plan")
    desk.tickets.transition(first.id, "cancel", cancellation_reason="no planner")
    desk.run_due()
    assert status_of(desk, order) == dict.fromkeys(("carry", "tune", "sweep"), "blocked") | {"plan": "failed"}
    with pytest.raises(TaskRefusedError, match="cannot reopen 'carry'"):
        desk.orders.retry_task(order.id, "carry", "now")
    desk.orders.retry_task(order.id, "plan", "there is one now")
    assert ticket_of(desk, order, "plan").id != first.id
    complete(desk, order, "plan")
    desk.orders.skip_task(order.id, "carry", "they carry it themselves")
    assert desk.run_due().failures == ()
    assert ticket_of(desk, order, "carry").state == "Cancelled"
    assert status_of(desk, order)["sweep"] == "ready"
    complete(desk, order, "sweep")
    assert desk.tickets.get(order.id).state == "Fulfilled"


def test_a_task_is_tried_as_often_as_it_may_be():
    desk = a_desk(evolve(PLAIN, tasks=[Task("plan", attempts=2)]))
    order = desk.orders.place("move")
    first = ticket_of(desk, order, "plan")
    desk.tickets.transition(first.id, "cancel", cancellation_reason="ill")
    desk.run_due()
    second = ticket_of(desk, order, "plan")
    assert (second.id != first.id, second.state, status_of(desk, order)) == (True, "New", {"plan": "ready"})


def test_cancelling_an_order_cancels_its_tasks():
    desk = a_desk(PLAIN)
    order = desk.orders.place("move")
    desk.requests.transition(order.id, "cancel", cancellation_reason="we stay")
    desk.run_due()
    plan = ticket_of(desk, order, "plan")
    assert (plan.state, plan.fact("cancellation_reason")) == ("Cancelled", "we stay")
    desk.run_due()
    assert set(desk.orders.progress(order.id).tickets) == {"plan"}


def test_an_order_on_hold_ends_when_it_is_taken_up_again():
    desk = a_desk(evolve(PLAIN, tasks=[Task("plan")]))
    order = desk.orders.place("move")
    desk.requests.transition(order.id, "wait", pending_reason="holidays")
    complete(desk, order, "plan")
    assert desk.tickets.get(order.id).state == "Pending"
    desk.requests.transition(order.id, "resume")
    desk.run_due()
    assert desk.tickets.get(order.id).state == "Fulfilled"


def test_a_move_that_is_refused_is_told_in_the_history():
    from itsmkit.practices import ResolutionRules

    config = evolve(CONFIG, tickets=evolve(CONFIG.tickets, resolution=ResolutionRules(codes=["fixed"])))
    desk = a_desk(evolve(PLAIN, tasks=[]), config=config)
    order = desk.orders.place("move")
    assert order.state == "In Fulfilment"
    [told] = [each.fact for each in desk.tickets.history(order.id) if isinstance(each.fact, TimerRefused)]
    assert told.trigger == "fulfil"


@pytest.mark.parametrize(
    ("answers", "options", "error", "problem"),
    [
        pytest.param({"color": "red"}, {}, AnswersRefusedError, "there is no such field", id="unknown"),
        pytest.param(
            {"model": "light", "plan": "x.pdf"}, {}, RefusedError, "there is no file 'x.pdf'", id="file"
        ),
        pytest.param({"model": "strong", "plan": "x"}, {}, AnswersRefusedError, "not asked for", id="hidden"),
        pytest.param({"model": "s" * 10**6}, {}, AnswersRefusedError, "at most, not 1000000", id="long"),
        pytest.param({"model": 7}, {}, AnswersRefusedError, "must be one of its choices", id="type"),
        pytest.param([], {}, AnswersRefusedError, "must be a mapping", id="no mapping"),
        pytest.param({"model": "light"}, {"files": 7}, DefinitionError, "files: must be", id="files"),
        pytest.param({"model": "light"}, {"files": {"a": "b"}}, DefinitionError, "must be", id="text"),
        pytest.param(
            {"model": "light"}, {"hidden": "keep"}, DefinitionError, "hidden: must be one of", id="policy"
        ),
    ],
)
def test_a_form_that_is_filled_in_wrongly_changes_nothing(answers, options, error, problem):
    store = InMemoryStore()
    desk = a_desk(LAPTOP, store=store)
    before = [*store.dump()]
    with pytest.raises(error, match=problem):
        desk.orders.place("laptop", answers, **options)
    assert [*store.dump()] == before


def test_what_the_desk_has_not_got_is_not_published():
    desk = a_desk()
    desk.catalogue.draft(evolve(PLAIN, kind="order", hours="nights", agreement="gold plus"))
    with pytest.raises(DefinitionError) as refused:
        desk.catalogue.publish("move")
    told = "\n".join(refused.value.problems)
    assert "the workflow of 'order' has no move fulfil" in told
    assert "hours: unknown calendar 'nights'" in told
    assert "agreement: unknown 'gold plus'" in told
    desk.catalogue.revise(evolve(PLAIN, kind="orders"))
    with pytest.raises(DefinitionError, match="the desk has no kind of work 'orders'; did you mean 'order'"):
        desk.catalogue.publish("move")
    assert desk.catalogue.entry("move").published is None
    kinds = [each for name, each in CONFIG.kinds.items() if name != "task"]
    without = Desk(evolve(CONFIG, kinds=kinds), store=desk.store).acting_as(Actor("kim"))
    without.catalogue.revise(PLAIN)
    with pytest.raises(DefinitionError, match="tasks: the desk has no kind of work 'task'"):
        without.catalogue.publish("move")


def test_what_is_no_order_has_no_progress():
    desk = a_desk()
    incident = desk.incidents.log("No network")
    with pytest.raises(RefusedError, match="INC-1 is no order of the service catalogue"):
        desk.orders.progress(incident.id)


# -- who sees what -----------------------------------------------------------------------------------------


def test_who_works_on_a_task_need_not_see_the_order():
    rules = AccessRules(
        [
            Role("mover", sees=[Scope(when=equals("support_group", "facilities"))], permits=["tickets.*"]),
            Role("admin", sees=[Scope()], permits=["*"]),
        ]
    )
    desk = a_desk(config=evolve(CONFIG, access=rules))
    admin, mover = (desk.acting_as(Actor(role, roles=[role])) for role in ("admin", "mover"))
    admin.catalogue.draft(PLAIN)
    admin.catalogue.publish("move")
    order = admin.orders.place("move")
    [plan] = mover.tickets
    assert plan.links == ()  # of which the other end is hidden
    with pytest.raises(NotFoundError):
        mover.orders.progress(order.id)
    mover.tickets.transition(plan.id, "complete", resolution="done")
    desk.privileged("worker").run_due()
    assert [each.fact("order_task") for each in mover.tickets] == ["plan", "carry"]


def test_the_directory_shows_what_is_for_its_viewer_in_their_zone():
    vip = evolve(LAPTOP, audience=equals("viewer.person", "max"), hours=next(iter(CONFIG.calendars), None))
    desk = a_desk(PLAIN, vip)
    assert [line.item.key for line in desk.catalogue.directory()] == ["move"]
    desk.catalogue.draft(evolve(PLAIN, key="later", title="Not yet offered"))
    [laptop, move] = desk.acting_as(Actor("max")).catalogue.directory()
    assert (laptop.item.key, move.owner) == ("laptop", "lee")
    assert all(each.opens.tzinfo.key == "Asia/Kolkata" for each in laptop.support)
    with pytest.raises(NotFoundError):
        desk.catalogue.item("laptop")
    with pytest.raises(NotFoundError):
        desk.orders.place("laptop", {"model": "light"})
    assert desk.orders.place("laptop", {"model": "light"}, requester="max").title == "Laptop"
    with pytest.raises(DefinitionError, match="there is no time zone 'Mars/Base'"):
        desk.catalogue.directory(zone="Mars/Base")


# -- laws --------------------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(st.data())
def test_whatever_happens_an_order_is_what_its_history_says(data):
    names = [f"t{place}" for place in range(data.draw(st.integers(1, 6)))]
    tasks = [
        Task(
            name,
            after=data.draw(st.lists(st.sampled_from(names[:place]), unique=True, max_size=2))
            if place
            else (),
            when=equals("answer.piano", True) if data.draw(st.booleans()) else ALWAYS,
            on_failure=data.draw(st.sampled_from(["stop", "block", "continue"])),
            attempts=data.draw(st.integers(1, 2)),
        )
        for place, name in enumerate(names)
    ]
    store = InMemoryStore()
    desk = a_desk(evolve(PLAIN, tasks=tasks), store=store)
    order = desk.orders.place("move", {"piano": data.draw(st.booleans())})
    for _ in range(data.draw(st.integers(0, 8))):
        view = desk.orders.progress(order.id)
        name = data.draw(st.sampled_from(names))
        try:
            match data.draw(st.sampled_from(["complete", "cancel", "skip", "retry"])):
                case "complete" if name in view.tickets:
                    desk.tickets.transition(view.tickets[name].id, "complete", resolution="done")
                case "cancel" if name in view.tickets:
                    desk.tickets.transition(view.tickets[name].id, "cancel", cancellation_reason="no")
                case "skip":
                    desk.orders.skip_task(order.id, name, "enough")
                case "retry":
                    desk.orders.retry_task(order.id, name, "again")
        except RefusedError:
            pass
        if data.draw(st.booleans()):
            assert desk.run_due().failures == ()
    assert desk.run_due().failures == ()
    history = desk.tickets.history(order.id)
    assert replay(history, type(order)) == desk.tickets.get(order.id)
    found = progress_of(desk.catalogue.versions("move")[0], history)
    # What is ready has exactly one open ticket; what waits has none; each attempt had one of its own.
    assert set(found.tasks.ready) <= set(found.open_tickets)
    for name, each in found.tasks.tasks.items():
        if each.status in (TaskStatus.WAITING, TaskStatus.NOT_NEEDED):
            assert name not in found.tickets
    given_tickets = [
        e.fact.other for e in history if isinstance(e.fact, TaskAdvanced) and e.fact.became is Became.GIVEN
    ]
    assert len(set(given_tickets)) == len(given_tickets)
    tickets = {each.id for each in desk.tickets.matching('kind = "task"')}
    assert tickets == set(given_tickets)
    is_done = found.tasks.is_done
    assert (desk.tickets.get(order.id).state == "Fulfilled") is is_done
    # Looking again changes nothing.
    before = [*store.dump()]
    desk.run_due()
    assert [*store.dump()] == before


def test_an_order_that_was_erased_goes_on():
    desk = a_desk(PLAIN)
    order = desk.orders.place("move", {"piano": True}, requester="ann")
    desk.tickets.erase(order.id, reason="asked for")
    assert desk.tickets.get(order.id).fact("answer.piano") == "[erased]"
    for task in ("plan", "carry", "tune", "sweep"):
        complete(desk, order, task)
    assert desk.tickets.get(order.id).fact("tasks_done") is True


def test_a_privileged_program_orders_what_is_for_others():
    vip = evolve(PLAIN, audience=equals("viewer.person", "max"))
    desk = a_desk(vip)
    with pytest.raises(NotFoundError):
        desk.orders.place("move")
    assert desk.privileged("import").orders.place("move").state == "In Fulfilment"
    assert [each.id for each in desk.catalogue.entries()] == ["move"]
    assert desk.acting_as(Actor("max")).catalogue.item("move").title == "Move a desk"


def test_a_file_comes_with_its_order():
    desk = a_desk(LAPTOP)
    order = desk.orders.place("laptop", {"model": "light", "plan": "a.pdf"}, files={"a.pdf": b"a plan"})
    [attachment] = order.attachments
    assert desk.tickets.attachment(order.id, attachment.digest) == b"a plan"
    assert (order.state, order.fact("approval")) == ("In Fulfilment", "approved")


# -- under a restriction -----------------------------------------------------------------------------------

SECRET = evolve(
    PLAIN,
    key="secret",
    restriction="board",
    approval=ApprovalPolicy("secret", Stage("manager", [FactApprovers("manager")])),
)
_ALL = Role("worker", sees=[Scope()], permits=[Permit(["*"])])
RESTRICTED = evolve(
    CONFIG,
    structure=evolve(
        PEOPLE, groups=[SupportGroup("board", members=["lee"]), SupportGroup("facilities", members=["max"])]
    ),
    access=AccessRules(
        [_ALL, Role("board", groups=["board"], sees=[Scope()], permits=[Permit(["*"])])],
        default=["worker"],
        restrictions=[
            Restriction(
                "board", roles=["board"], relations=["requester", "participant", "support_group"], prefix="B-"
            )
        ],
    ),
)


def test_an_order_of_a_restricted_item_and_its_tasks_are_seen_by_nobody_else():
    desk = a_desk(SECRET, PLAIN, config=RESTRICTED)
    ann, mia, lee, max_ = (desk.acting_as(Actor(each)) for each in ("ann", "mia", "lee", "max"))
    order = ann.orders.place("secret")
    assert (order.restricted_to, order.number) == ("board", "REQ-B-1")
    assert [each.tickets.count() for each in (ann, mia, lee, max_, desk)] == [1, 1, 1, 0, 0]
    mia.orders.approve(order.id)
    [task] = max_.tickets
    assert (task.restricted_to, task.number, task.fact("order_task")) == ("board", "TSK-B-1", "plan")
    assert [each.tickets.count() for each in (ann, lee, desk)] == [2, 2, 0]
    open_order = ann.orders.place("move")
    assert (open_order.restricted_to, open_order.number) == (None, "REQ-1")


def test_an_item_under_a_restriction_that_there_is_not_is_neither_published_nor_ordered():
    desk = a_desk(config=CONFIG)
    desk.catalogue.draft(SECRET)
    with pytest.raises(DefinitionError, match=r"'secret': restriction: unknown 'board'; known: none"):
        desk.catalogue.publish("secret")
    store = InMemoryStore()
    a_desk(SECRET, config=RESTRICTED, store=store)
    with pytest.raises(DefinitionError, match="board"):
        Desk(CONFIG, store=store).orders.place("secret", by=Actor("ann"))
