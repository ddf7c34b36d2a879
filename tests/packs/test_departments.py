"""What the packs of departments give: all of it is used here, to its end, by those whom it is for."""

import re
import shutil
from datetime import date
from importlib.resources import files
from itertools import product
from pathlib import Path
from random import Random

import pytest
from attrs import evolve

from itsmkit import packs
from itsmkit.cli._config_check import check_config
from itsmkit.desk import Desk, ManualClock
from itsmkit.practices.fields import FieldsRefusedError
from itsmkit.practices.forms import FormFieldKind
from itsmkit.practices.work_aids import CannedReply, ChecklistTemplate, TicketTemplate
from itsmkit.testing import A_MONDAY
from itsmkit.tickets import Actor
from itsmkit.tickets.structure import Person, Structure

ROOM = Path(str(files("itsmkit.packs")))
DEPARTMENTS = ("hr", "it")
COMBINED = {
    "hr": lambda: packs.pack("hr"),
    "it": lambda: packs.pack("it"),
    "both": lambda: packs.combined(packs.it, packs.hr),
}

IT_WORDS = """
    account accounts admin antivirus app application applications backup browser byte cable client
    cloud cmdb computer computers configuration cpu cyber data-centre database databases device
    devices digital disk dock domain download e-mail email firewall firmware folder hardware host
    incident incidents infrastructure install installed internet intranet it itil keyboard laptop
    laptops licence license login mail mailbox malware monitor network networks notebook offline
    online operating outage password passwords pc phishing phone printer printing problem program
    programs reboot release reset restart router scanner screen server servers sign-in software spam
    sso storage switch system systems technology telephone ticket-system update updates usb user
    users virus vpn web website wi-fi wifi windows wireless wlan workstation
"""
"""
Words of things that an IT department looks after, of its trade (ITIL's incidents, problems and releases), and
of whom it serves, who are users to nobody else.
"""


def desk_of(name):
    """A desk of a pack, with somebody in each group, and ann, who reports to mia."""
    pack = COMBINED[name]()
    config = pack.config
    groups = [evolve(each, members=[f"of {each.id}"]) for each in config.structure.groups]
    people = [Person("ann", manager="mia"), Person("mia"), Person("eve")]
    people += (Person(f"of {each.id}") for each in groups)
    house = Structure(people=people, groups=groups)
    desk = Desk(evolve(config, structure=house), clock=ManualClock(A_MONDAY), random=Random(1))
    packs.install(desk, pack, reason="a new desk")
    return pack, desk


def as_(desk, person):
    return desk.acting_as(Actor(person))


# -- ordering ----------------------------------------------------------------------------------------------


def answers_to(form):
    """Go through all ways to fill in a form, as far as they differ in what is chosen."""
    kinds = FormFieldKind
    values = {
        kinds.TEXT: lambda _field: ["some words"],
        kinds.LONG_TEXT: lambda _field: ["some\nlines"],
        kinds.CHOICE: lambda field: field.choices,
        kinds.SEVERAL: lambda field: [field.choices, field.choices[:1]],
        kinds.YES_NO: lambda _field: [True, False],
        kinds.NUMBER: lambda _field: ["5"],
        kinds.MONEY: lambda field: [f"250.00 {field.currency}"],
        kinds.DATE: lambda _field: [date(2026, 4, 1)],
        kinds.PERSON: lambda _field: ["eve"],
    }
    for each in product(*(values[field.kind](field) for field in form.fields)):
        yield dict(zip((field.name for field in form.fields), each, strict=True))


def fulfil(desk, order):
    """Do all tasks of an order, each by somebody of its group; return which were done."""
    done = []
    while ready := [*desk.privileged("test").orders.progress(order.id).tasks.ready]:
        for name in ready:
            ticket = desk.privileged("test").orders.progress(order.id).tickets[name]
            worker = f"of {ticket.support_group}"
            at_work = as_(desk, worker)
            at_work.tickets.transition(ticket.id, "start", assignee=worker)
            at_work.tickets.transition(ticket.id, "complete", resolution="done")
            done.append(name)
        assert desk.privileged("worker").run_due().failures == ()
    return done


@pytest.mark.parametrize("name", COMBINED)
def test_every_item_is_ordered_approved_and_fulfilled_and_no_task_is_for_nothing(name):
    pack, desk = desk_of(name)
    assert {each.item.key for each in as_(desk, "ann").catalogue.directory()} == {
        item.key for item in pack.items
    }
    for item in pack.items:
        done = set()
        for answers in answers_to(item.form):
            order = as_(desk, "ann").orders.place(item.key, answers, hidden="drop")
            assert order.restricted_to == item.restriction
            if order.state_category == "pending":
                order = as_(desk, "mia").orders.approve(order.id, reason="fine")
            done.update(fulfil(desk, order))
            assert as_(desk, "ann").tickets.get(order.id).state == "Fulfilled"
        assert done == {task.name for task in item.tasks}


@pytest.mark.parametrize("name", COMBINED)
def test_every_item_promises_what_its_agreement_and_calendar_keep(name):
    pack, desk = desk_of(name)
    for item in pack.items:
        assert item.agreement in {each.name for each in pack.config.agreements}
        order = as_(desk, "ann").orders.place(item.key, next(answers_to(item.form)), hidden="drop")
        terms = pack.config.agreements.terms(desk.privileged("test").tickets.get(order.id).facts())
        assert {each.agreement for each in terms.values()} == {item.agreement}


def test_nobody_else_sees_what_is_asked_of_the_personnel_office():
    pack, desk = desk_of("both")
    for item in pack.items:
        if item.kind == "hr_request":
            as_(desk, "ann").orders.place(item.key, next(answers_to(item.form)), hidden="drop")
    orders = [each for each in desk.privileged("test").tickets if each.kind == "hr_request"]
    assert len(orders) == 7
    assert {each.restricted_to for each in orders} == {"hr"}
    seen = {group.id: as_(desk, f"of {group.id}").tickets.count() for group in desk.config.structure.groups}
    assert all(seen[each] >= 7 for each in ("human_resources", "payroll", "people_development"))
    for each in ("service_desk", "workplace", "identity", "applications", "infrastructure", "facilities"):
        assert seen[each] == 0
    assert as_(desk, "eve").tickets.count() == 0
    assert as_(desk, "mia").tickets.count() == 4  # what she is to approve


def test_who_helps_the_personnel_office_sees_a_task_and_nothing_of_its_order():
    _pack, desk = desk_of("both")
    [item] = [each for each in packs.hr.items if each.key == "onboarding"]
    order = as_(desk, "ann").orders.place("onboarding", next(answers_to(item.form)), hidden="drop")
    as_(desk, "mia").orders.approve(order.id)
    ticket = desk.privileged("test").orders.progress(order.id).tickets["sign the contract"]
    as_(desk, "of human_resources").tickets.transition(ticket.id, "start", assignee="of human_resources")
    as_(desk, "of human_resources").tickets.transition(ticket.id, "complete", resolution="signed")
    desk.privileged("worker").run_due()
    [task] = as_(desk, "of facilities").tickets
    assert task.fact("order_task") == "prepare chair, desk and badge"
    assert as_(desk, "of service_desk").tickets.count() == 0


# -- what the desk works with ------------------------------------------------------------------------------

_BESIDES = {"hr-pay": {"pay_month": "2026-02"}}
"""What else has to be said, by the id of a template."""


def logged(pack, desk):
    """Log a ticket from each template, by somebody of the group that gets it, and an order of each item."""
    for each in pack.aids:
        if isinstance(each, TicketTemplate):
            worker = as_(desk, f"of {each.details['support_group']}")
            yield each, worker.aids.log_from(each.id, requester="ann", **_BESIDES.get(each.id, {}))
    for item in pack.items:
        yield item, as_(desk, "ann").orders.place(item.key, next(answers_to(item.form)), hidden="drop")


@pytest.mark.parametrize("name", COMBINED)
def test_every_template_logs_a_ticket_of_a_category_and_group_that_there_are(name):
    pack, desk = desk_of(name)
    groups = {each.id for each in pack.config.structure.groups}
    for template, ticket in logged(pack, desk):
        if isinstance(template, TicketTemplate):
            assert ticket.category == pack.config.categories.path(template.details["category"])
            assert ticket.support_group in groups
            assert ticket.restricted_to == ("hr" if ticket.kind == "hr_case" else None)


@pytest.mark.parametrize("name", COMBINED)
def test_every_reply_and_checklist_is_of_use_to_an_agent(name):
    pack, desk = desk_of(name)
    used = set()
    for _source, ticket in logged(pack, desk):
        group = "human_resources" if ticket.kind.startswith("hr_") else "service_desk"
        agent = as_(desk, f"of {group}")
        offered = agent.aids.offered(ticket.id)
        for reply in offered.replies:
            agent.aids.reply(ticket.id, reply.id)
            used.add(("reply", reply.id))
        for checklist in offered.checklists:
            begun = agent.checklists.begin(ticket.id, checklist.id)
            for item in begun.items:
                begun = agent.checklists.check(begun.id, item.text)
            assert begun.is_complete
            used.add(("checklist", checklist.id))
        assert as_(desk, "eve").aids.templates() == agent.aids.templates()
    sorts = {CannedReply: "reply", ChecklistTemplate: "checklist"}
    assert used == {(sorts[type(each)], each.id) for each in pack.aids if type(each) in sorts}


def test_a_question_about_pay_says_of_which_month():
    _pack, desk = desk_of("hr")
    with pytest.raises(FieldsRefusedError, match="pay_month"):
        as_(desk, "of payroll").aids.log_from("hr-pay", requester="ann")


# -- each by itself ----------------------------------------------------------------------------------------


def test_the_pack_of_the_personnel_office_has_no_word_of_it_in_it():
    texts = [(ROOM / place).read_text("utf-8") for place in ("hr.toml", "records/hr.toml")]
    words = {word for text in texts for word in re.findall(r"[A-Za-z][A-Za-z-]*", text)}
    # "it" is a word of every department; written large, it is one.
    found = {word for word in words if word == "IT" or word.lower() in set(IT_WORDS.split()) - {"it"}}
    assert found == set()
    parts = {part for word in re.findall(r"[a-z_]+", "\n".join(texts)) for part in word.split("_")}
    assert parts & (set(IT_WORDS.split()) - {"it"}) == set()


def test_the_words_tell_the_other_pack():
    words = set(re.findall(r"[a-z-]+", (ROOM / "records/it.toml").read_text("utf-8").lower()))
    assert len(words & set(IT_WORDS.split())) > 20


@pytest.mark.parametrize("name", DEPARTMENTS)
def test_each_works_with_the_other_absent(name, tmp_path, monkeypatch):
    there = packs.pack(name)
    room = tmp_path / "packs"
    shutil.copytree(ROOM, room)
    [other] = {*DEPARTMENTS} - {name}
    (room / f"{other}.toml").unlink()
    (room / "records" / f"{other}.toml").unlink()
    monkeypatch.setattr("itsmkit.packs.catalogue.files", lambda _package: room)
    assert other not in packs.names()
    with pytest.raises(packs.UnknownPackError):
        packs.pack(other)
    assert packs.pack(name) == there
    _pack, desk = desk_of(name)
    assert as_(desk, "ann").catalogue.directory()


@pytest.mark.parametrize("name", DEPARTMENTS)
def test_each_is_a_configuration_without_fault(name, capsys):
    assert check_config(ROOM / f"{name}.toml", as_json=False) == 0
    assert "nothing is wrong" in capsys.readouterr().out


@pytest.mark.parametrize("pack", [packs.it, packs.hr], ids=lambda each: each.name)
def test_every_article_is_found_by_its_words_and_helps_with_a_category_that_there_is(pack):
    desk = Desk(pack.config).privileged("to read").acting_as(Actor("kim", roles=["knowledge_manager"]))
    packs.install(desk, pack, reason="new")
    assert len(pack.articles) >= 4
    for article in pack.articles:
        desk.knowledge.publish(article.key, article.language)
        assert {*article.categories} <= {each.id for each in pack.config.categories.nodes}
    for article in pack.articles:
        for words in (article.title, *article.keywords):
            assert article.key in [each.article for each in desk.knowledge.search(words)]
