"""Surveys on a desk: sent once, answered once, followed up; and what comes of many."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from fractions import Fraction
from random import Random

import pytest
from attrs import evolve

from itsmkit.desk import Desk, DeskConfig, InMemoryNotifier, InMemoryStore, ManualClock, Worker
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.plugin import Store
from itsmkit.practices import Resolution
from itsmkit.practices.access import AccessRules, Restriction, Role, Scope
from itsmkit.practices.experience import SurveyPolicy
from itsmkit.reporting.experience import ExperienceWeights, watermelons
from itsmkit.testing import A_MONDAY, AN_AGENT
from itsmkit.tickets import Actor, Ticket
from itsmkit.tickets.structure import Person, Site, Structure

DAY = timedelta(days=1)
POLICY = SurveyPolicy(name="all", low=2, cooldown=30 * DAY, group="quality")
CONFIG = evolve(DeskConfig.standard(), surveys=[POLICY])
TOKEN = re.compile(r"token: (\S+)")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(A_MONDAY)


@pytest.fixture
def outbox() -> InMemoryNotifier:
    return InMemoryNotifier()


@pytest.fixture
def desk(clock: ManualClock, outbox: InMemoryNotifier) -> Desk:
    return desk_on(InMemoryStore(), clock, outbox)


def desk_on(
    store: Store, clock: ManualClock, outbox: InMemoryNotifier, config: DeskConfig = CONFIG, seed: int = 1
) -> Desk:
    return Desk(config, store=store, clock=clock, random=Random(seed), plugins=[outbox]).acting_as(AN_AGENT)


def resolved(desk: Desk, **described: str) -> Ticket:
    incident = desk.incidents.log("No network", **{"requester": "bob", **described})
    desk.tickets.assign(incident.id, support_group="network", assignee="ann")
    desk.incidents.transition(incident.id, "start")
    return desk.tickets.resolve(incident.id, Resolution("fixed", "a new cable"))


def told(desk: Desk, outbox: InMemoryNotifier) -> Iterator[str]:
    """Deliver, and go through the tokens of the surveys that were told of."""
    desk.deliver()
    for each in outbox.delivered:
        yield from TOKEN.findall(each.body)


def test_who_asked_for_the_work_is_asked_how_it_was(desk: Desk, outbox: InMemoryNotifier) -> None:
    ticket = resolved(desk, service="mail")
    assert desk.surveys.send().sent == 1
    [token] = told(desk, outbox)
    [survey] = desk.surveys.find()
    assert (survey.ticket_id, survey.person, survey.service) == (ticket.id, "bob", "mail")
    assert (survey.support_group, survey.agent) == ("network", "ann")
    done = desk.surveys.answer(token, 5, "Quick!")
    assert (done.score, done.comment, done.follow_up) == (5, "Quick!", None)
    assert desk.surveys.get(survey.id) == done
    assert [*desk.surveys.find('service = "mail" and score = 5')] == [done]
    assert [*desk.surveys.find("score <= 2")] == []


def test_each_arrival_is_asked_about_once(desk: Desk) -> None:
    resolved(desk)
    assert [desk.surveys.send().sent for _ in range(3)] == [1, 0, 0]
    # Who begins to read anew, as after a restore, asks nobody again.
    with desk.store.begin() as unit:
        unit.set_cursor("surveys", 0)
    assert desk.surveys.send().sent == 0


def test_nobody_is_asked_again_within_the_cooldown(desk: Desk, clock: ManualClock) -> None:
    resolved(desk)
    resolved(desk, requester="eve")
    assert desk.surveys.send().sent == 2
    clock.advance(30 * DAY - timedelta(seconds=1))
    resolved(desk)
    assert desk.surveys.send().sent == 0
    clock.advance(timedelta(seconds=1))
    resolved(desk)
    assert desk.surveys.send().sent == 1


def test_many_workers_ask_each_once(clock: ManualClock, outbox: InMemoryNotifier) -> None:
    store = InMemoryStore()
    desk = desk_on(store, clock, outbox)
    for number in range(20):
        resolved(desk, requester=f"person {number % 10}")
    workers = [desk_on(store, clock, outbox, seed=seed) for seed in range(4)]
    with ThreadPoolExecutor() as pool:
        sent = sum(report.sent for report in pool.map(lambda each: each.surveys.send(), workers))
    sent += desk.surveys.send().sent
    people = [each.person for each in desk.surveys.find()]
    assert sent == len(people) == len(set(people)) == 10


def test_a_long_feed_is_read_in_pieces(desk: Desk) -> None:
    for number in range(30):
        resolved(desk, requester=f"person {number}")
    reports = []
    while not reports or not reports[-1].is_done:
        reports.append(desk.surveys.send(limit=50))
    assert sum(each.sent for each in reports) == 30
    assert len(reports) > 2
    assert not desk.surveys.send(stop=lambda: True).is_done


def test_a_low_score_opens_a_follow_up(desk: Desk, outbox: InMemoryNotifier) -> None:
    ticket = resolved(desk, service="mail")
    desk.surveys.send()
    [token] = told(desk, outbox)
    survey = desk.surveys.answer(token, 2, "It took three calls")
    assert survey.follow_up is not None
    complaint = desk.tickets.get(survey.follow_up)
    assert (complaint.kind, complaint.requester, complaint.support_group) == ("complaint", "bob", "quality")
    assert complaint.title == f"{ticket.number}: 2 of 5 in a survey"
    assert complaint.details["follow_up_of"] == ticket.number
    assert complaint.details["comment"] == "It took three calls"


def test_a_token_answers_once(desk: Desk, clock: ManualClock, outbox: InMemoryNotifier) -> None:
    resolved(desk)
    desk.surveys.send()
    [token] = told(desk, outbox)
    with pytest.raises(DefinitionError, match="from 1 to 5"):
        desk.surveys.answer(token, 0)
    for altered in (token[:-1] + ("0" if token[-1] != "0" else "1"), f"x{token}", "x", "no.such", ""):
        with pytest.raises(RefusedError, match="there is no survey for this token"):
            desk.surveys.answer(altered, 1)
    first = desk.surveys.answer(token, 1, idempotency_key="k")
    assert desk.surveys.answer(token, 1, idempotency_key="k") == first
    with pytest.raises(RefusedError, match="was answered at"):
        desk.surveys.answer(token, 5)
    assert desk.tickets.count('kind = "complaint"') == 1
    clock.advance(20 * DAY)
    with pytest.raises(RefusedError, match="was answered at"):
        desk.surveys.answer(token, 5)


def test_what_was_said_can_be_erased(desk: Desk, outbox: InMemoryNotifier) -> None:
    resolved(desk)
    desk.surveys.send()
    [token] = told(desk, outbox)
    survey = desk.surveys.answer(token, 4, "Ann Onym was kind")
    anchor = desk.audit.checkpoint()
    with pytest.raises(RefusedError, match="say why"):
        desk.surveys.erase(survey.id, " ")
    after = desk.surveys.erase(survey.id, "asked for by the person")
    assert (after.score, after.comment) == (4, "[erased]")
    assert not [row for row in desk.store.dump() if "Onym" in str(row.data)]
    found = desk.audit.verify([anchor])
    assert (found.is_intact, found.erased) == (True, 1)


def test_what_nobody_may_be_told_of_is_asked_about_by_nobody(
    clock: ManualClock, outbox: InMemoryNotifier
) -> None:
    rules = AccessRules(
        [Role("agent", sees=[Scope()], permits=["*"])],
        restrictions=[Restriction("security", roles=["agent"])],
    )
    desk = desk_on(InMemoryStore(), clock, outbox, evolve(CONFIG, access=rules))
    desk = desk.acting_as(Actor("ann", roles=["agent"]))
    resolved(desk, restricted_to="security")
    assert desk.surveys.send().sent == 0


def test_who_has_a_token_needs_nothing_else(clock: ManualClock, outbox: InMemoryNotifier) -> None:
    store = InMemoryStore()
    agent = Role("agent", sees=[Scope()], permits=["*"])
    desk = desk_on(store, clock, outbox, evolve(CONFIG, access=AccessRules([agent])))
    agent_desk = desk.acting_as(Actor("ann", roles=["agent"]))
    resolved(agent_desk)
    agent_desk.surveys.send()
    [token] = told(agent_desk, outbox)
    assert desk.acting_as(Actor("mallory")).surveys.answer(token, 1).person == "bob"
    assert desk.may("surveys.answer").explain() == "permitted\n- its token is what lets them in"


def test_instants_are_told_in_the_zone_of_who_is_asked(clock: ManualClock, outbox: InMemoryNotifier) -> None:
    structure = Structure(
        people=[Person("bob", site="tehran"), Person("eve", time_zone="Asia/Jakarta"), Person("kim")],
        sites=[Site("tehran", time_zone="Asia/Tehran")],
    )
    desk = desk_on(InMemoryStore(), clock, outbox, evolve(CONFIG, structure=structure))
    for person in ("bob", "eve", "kim"):
        resolved(desk, requester=person)
    desk.surveys.send()
    desk.deliver()
    zones = {each.recipient: each.body for each in outbox.delivered if "token" in each.body}
    assert "+0330" in zones["bob"]
    assert "WIB" in zones["eve"]
    assert "UTC" in zones["kim"]


def test_a_worker_sends_them(desk: Desk, outbox: InMemoryNotifier) -> None:
    resolved(desk)
    Worker(desk).round()
    assert len([*told(desk, outbox)]) == 1


def test_without_a_policy_nothing_is_read(clock: ManualClock, outbox: InMemoryNotifier) -> None:
    desk = desk_on(InMemoryStore(), clock, outbox, DeskConfig.standard())
    resolved(desk)
    assert desk.surveys.send().is_done
    assert desk.store.cursor("surveys") == 0


def test_a_policy_names_what_the_desk_has() -> None:
    table = {"name": "all", "low": 1, "follow_up": "praise", "when": 'state_category = "solved"'}
    with pytest.raises(DefinitionError) as refused:
        DeskConfig.load({"surveys": [table, {"name": "all"}]})
    assert [problem.partition(": ")[2].partition(":")[0] for problem in refused.value.problems] == [
        "surveys",
        "surveys[0].follow_up",
        "surveys[0].when.equals",
    ]


# -- what comes of many ------------------------------------------------------------------------------


def test_how_a_service_is_felt(desk: Desk, clock: ManualClock, outbox: InMemoryNotifier) -> None:
    easy = resolved(desk, requester="eve", service="print")
    hard = desk.incidents.log("No mail", requester="bob", service="mail")
    for text in ("Hello?", "Anybody there?"):
        desk.tickets.comment(hard.id, text, public=True, by=Actor("bob"))
    desk.tickets.comment(hard.id, "not counted", by=Actor("bob"))
    desk.tickets.assign(hard.id, support_group="mail", assignee="kim")
    desk.tickets.assign(hard.id, support_group="network", assignee="ann")
    desk.incidents.transition(hard.id, "start")
    desk.tickets.resolve(hard.id, Resolution("fixed", "a new disk"))
    desk.surveys.send()
    scores = {easy.id: 5, hard.id: 1}
    by_ticket = {each.ticket_id: each.id for each in desk.surveys.find()}
    for token in told(desk, outbox):
        [ticket_id] = [key for key, survey in by_ticket.items() if token.startswith(survey)]
        desk.surveys.answer(token, scores[ticket_id])
    by_service = {each.service: each for each in desk.experience('kind = "incident"')}
    mail, printing = by_service["mail"], by_service["print"]
    assert (printing.satisfaction, printing.ease, printing.score) == (1, 1, 1)
    # Two messages, and one hand-off between groups.
    assert (mail.satisfaction, mail.ease) == (0, Fraction(1, 1 + 2 + desk.tickets.get(hard.id).reassignments))
    assert mail.kept is None
    assert mail.score == (Fraction(1, 2) * 0 + Fraction(1, 4) * mail.ease) / Fraction(3, 4)
    assert mail.attainment.breached == 0
    assert [each.service for each in watermelons(by_service.values())] == ["mail"]
    only_ease = desk.experience('number = "INC-2"', weights=ExperienceWeights(satisfaction=0, promises=0))
    assert only_ease[0].score == mail.ease


def test_a_theme_gets_into_the_register_with_its_evidence(desk: Desk) -> None:
    complaints = [desk.complaints.log(f"Nobody called {n}", requester="bob") for n in range(3)]
    for each in complaints:
        desk.tickets.tag(each.id, "theme-waiting")
    [crossed] = desk.improvements.themes()
    assert (crossed.theme, set(crossed.evidence)) == ("waiting", {each.id for each in complaints})
    [put] = desk.improvements.propose_from_themes(owner="kim")
    assert put.evidence == crossed.evidence
    assert desk.improvements.propose_from_themes(owner="kim") == ()
    desk.improvements.drop(put.id, "known")
    assert desk.improvements.propose_from_themes(owner="kim") == ()
    assert [each.state for each in desk.improvements.register()] == ["dropped"]
