"""In which language people are told: theirs, that of their site, that of the desk; events have none."""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from itsmkit.conditions import equals
from itsmkit.desk import Desk, DeskConfig, InMemoryDirectory, InMemoryNotifier, InMemoryStore, ManualClock
from itsmkit.errors import DefinitionError
from itsmkit.languages import Languages, Messages, Term, message
from itsmkit.plugin import Notification
from itsmkit.practices import (
    Audience,
    Effect,
    EscalationPolicy,
    EscalationStep,
    PromisePolicy,
    PromiseWords,
    public_view,
    render_for_requester,
    work_item,
)
from itsmkit.practices.decision import Notice
from itsmkit.practices.links import Cascade, LinkType
from itsmkit.sla import Checkpoint, Promise, ServiceLevelAgreement, Target
from itsmkit.testing import A_MONDAY, AN_AGENT, office_hours
from itsmkit.tickets import Fact, PromiseMoved
from itsmkit.tickets.structure import Person, Site, Structure

HOUR = timedelta(hours=1)
FSI, PDI = "\u2068", "\u2069"
PEOPLE = Structure(
    people=[
        Person("anna", language="sv", time_zone="Europe/Stockholm"),
        Person("bram", site="utrecht"),
        Person("citra", language="id", site="utrecht"),
        Person("mina", language="fa-IR", time_zone="Asia/Tehran"),
        Person("jane", language="en"),
        Person("otto", language="de"),
    ],
    sites=[
        Site("utrecht", language="nl", time_zone="Europe/Amsterdam"),
        Site("tehran", language="fa", time_zone="Asia/Tehran"),
    ],
)
ALL_ROUND = ("requester", "anna", "bram", "citra", "mina", "otto", "help desk")


def rules(**changes: Any) -> DeskConfig:
    standard = DeskConfig.standard()
    marks = (Checkpoint.at_share(75), Checkpoint.at_breach())
    agreement = ServiceLevelAgreement(
        "all", office_hours(), [Promise(Target("resolve", 8 * HOUR, checkpoints=marks))]
    )
    known: dict[str, Any] = {
        "agreements": [agreement],
        "structure": PEOPLE,
        "promises": PromisePolicy(),
        "escalation": EscalationPolicy([EscalationStep("75%", ALL_ROUND)]),
        "languages": Languages("nl"),
    }
    return evolve(standard, **known | changes)


class Room:
    """A desk, its clock, and what came out of it."""

    def __init__(self, directory: Any = None, **changes: Any) -> None:
        self.clock = ManualClock(A_MONDAY)
        self.notifier = InMemoryNotifier()
        self.desk = Desk(
            rules(**changes),
            store=InMemoryStore(),
            clock=self.clock,
            plugins=[self.notifier],
            directory=directory,
        ).acting_as(AN_AGENT)

    def delivered(self) -> list[Notification]:
        self.notifier.delivered.clear()
        self.desk.deliver()
        return [*self.notifier.delivered]

    def told(self) -> Mapping[str, Notification]:
        return {each.recipient: each for each in self.delivered()}


def test_everybody_is_warned_in_their_own_language_and_zone() -> None:
    room = Room()
    room.desk.incidents.log("Printer", requester="jane")
    room.clock.advance(6 * HOUR)
    room.desk.run_due()
    told = room.told()
    assert {name: each.language for name, each in told.items()} == {
        "jane": "en",
        "anna": "sv",
        "bram": "nl",
        "citra": "id",
        "mina": "fa-IR",
        "otto": "nl",
        "help desk": "nl",
    }
    assert {name: each.subject for name, each in told.items()} == {
        "jane": "INC-1: resolve clock at 75%",
        "anna": "INC-1: klockan ”lösning” vid 75 %",
        "bram": "INC-1: klok “oplossing” op 75%",
        "citra": "INC-1: penghitung waktu “penyelesaian” pada 75%",
        "mina": f"{FSI}INC-1{PDI}: زمان‌سنج «حل» در ۷۵٪",
        "otto": "INC-1: klok “oplossing” op 75%",
        "help desk": "INC-1: klok “oplossing” op 75%",
    }
    assert (
        told["bram"].body
        == "oplossing: loopt, open; 6 uur van 8 uur verbruikt, uiterlijk ma 2 mrt 2026, 18:00 CET"
    )
    assert told["mina"].body == (
        f"حل: در جریان، باز؛ {FSI}۶ ساعت{PDI} از {FSI}۸ ساعت{PDI} سپری شده است، مهلت: "
        f"{FSI}دوشنبه ۱۱ اسفند ۱۴۰۴، ساعت ۲۰:۳۰ (وقت ایران){PDI}"
    )
    # A desk has no zone of its own: it is told in that of the calendar.
    assert told["help desk"].body.endswith("ma 2 mrt 2026, 17:00 UTC")


def test_a_requester_hears_of_a_promise_that_moves_and_history_keeps_it_in_english() -> None:
    room = Room()
    incident = room.desk.incidents.log("Printer", requester="bram", impact="low", urgency="low")
    room.clock.advance(HOUR)
    assigned = room.desk.incidents.transition(incident.id, "assign", support_group="Beheer")
    room.desk.incidents.transition(assigned.id, "wait", pending_reason="question")
    (notice,) = room.delivered()
    assert notice.subject == (
        "INC-1: onderbroken in afwachting van uw reactie; als het nu verdergaat, is het uiterlijk "
        "ma 2 mrt 2026, 18:00 CET gereed"
    )
    assert notice.body == (
        f"{notice.subject}\n\nReden van de wijziging: het werk is onderbroken in afwachting van uw reactie."
    )
    moves = [
        each.fact for each in room.desk.tickets.history(incident.id) if isinstance(each.fact, PromiseMoved)
    ]
    assert [each.because for each in moves] == ["it was logged", "it is paused: waiting for you"]


def test_a_requester_whom_nobody_knows_is_where_the_ticket_is() -> None:
    room = Room(effects={"tell": Effect(notify=["requester", "stranger"])})
    speaker = room.desk.incidents._runner.speaker
    ticket = room.desk.incidents.log("Printer", requester="zahra", site="tehran")
    assert speaker.to("zahra", ticket) == Languages("nl").messages("fa", zone=ZoneInfo("Asia/Tehran"))
    assert speaker.to("stranger", ticket) == Languages("nl").messages("nl")


class Broken(InMemoryDirectory):
    """A directory that nobody reaches any more once it is down."""

    is_down = False

    def person(self, person_id: str) -> Person:
        if self.is_down:
            problem = f"no answer about {person_id}"
            raise OSError(problem)
        return super().person(person_id)


def test_a_ticket_does_not_wait_for_a_directory_that_fails(caplog: pytest.LogCaptureFixture) -> None:
    directory = Broken(PEOPLE)
    room = Room(directory, promises=None)
    incident = room.desk.incidents.log("Printer", support_group="Network")
    directory.is_down = True
    room.clock.advance(6 * HOUR)
    with caplog.at_level(logging.WARNING, logger="itsmkit.desk"):
        assert room.desk.run_due().failures == ()
    assert {each.language for each in room.delivered()} == {"nl"}
    assert "the directory does not tell the language of 'anna'" in caplog.text
    assert "no answer about anna" in caplog.text
    assert room.desk.tickets.get(incident.id).version == 2


def test_what_a_desk_says_itself_has_translations_of_its_own() -> None:
    config = DeskConfig.load(
        {
            "desk": {"language": "sv"},
            "effects": {"notify_requester": {"notify": ["requester"], "text": "Please look {here}."}},
            "promises": {"words": {"nothing": "{number}: patience"}},
            "people": [{"id": "bram", "language": "nl-NL"}, {"id": "mina", "language": "fa"}],
            "translations": {
                "nl": {
                    "Please look {here}.": "Kijk even {here}.",
                    "{number}: patience": "{number}: even geduld",
                }
            },
        }
    )
    assert config.languages == Languages("sv", own=config.languages.own)
    desk = Desk(config).acting_as(AN_AGENT)
    question = desk.questions.log("How?", requester="bram") if "question" in config.kinds else None
    ticket = question or desk.incidents.log("How?", requester="bram")
    assert desk.tickets.promise(ticket.id, language="nl-BE").text == f"{ticket.number}: even geduld"
    assert desk.tickets.promise(ticket.id).text == f"{ticket.number}: patience"
    (notice,) = config.effects["notify_requester"].notices(ticket, "notify_requester")
    assert config.languages.messages("nl").say(notice.body) == "Kijk even {here}."
    assert config.languages.messages("fa").say(notice.body) == f"{FSI}Please look {{here}}.{PDI}"


def test_an_effect_and_a_cascade_speak_the_language_of_who_is_told() -> None:
    cascade = Cascade("tell", "comment", on_category="resolved", text="Fixed.", notify=["requester"])
    link = LinkType("parent_of", "child_of", is_acyclic=True, cascades=[cascade])
    own = {"nl": {"Fixed.": "Verholpen."}}
    room = Room(link_types=[link], languages=Languages("en", own=own), promises=None)
    parent, child, untitled = (
        room.desk.incidents.log(title, requester=name)
        for title, name in (("Cause", "jane"), ("Druk", "bram"), ("", "bram"))
    )
    for each in (child, untitled):
        room.desk.links.link(parent.id, "parent_of", each.id)
    room.desk.incidents.transition(parent.id, "assign", support_group="x")
    room.desk.incidents.transition(parent.id, "resolve", resolution="done")
    room.desk.run_due()
    told = sorted((each.subject, each.body) for each in room.delivered() if each.recipient == "bram")
    assert told == [("INC-2: Druk", "Verholpen."), ("INC-3: Nieuw", "Verholpen.")]
    assert room.desk.tickets.history(child.id)[-1].fact.text == "Fixed."


def test_reads_are_in_the_language_that_is_asked_for() -> None:
    room = Room()
    desk = room.desk
    incident = desk.incidents.log("Printer", requester="bram", impact="low", urgency="low")
    promised = desk.tickets.promise(incident.id, Audience.AGENT, language="sv", time_zone="Europe/Stockholm")
    assert promised.text == "INC-1: vi räknar med att vara klara senast mån 2 mars 2026 18:00 CET"
    assert promised.depends_on == ("prioriteten förblir P5", "inget behöver vänta på någon annan")
    assert promised.because == (
        "8 timmar arbetstid är avtalad för P5; all: lösning: pågår, öppen; 0 sekunder av 8 timmar förbrukat, "
        "senast mån 2 mars 2026 17:00 UTC"
    )
    assert desk.messages("mina").say(promised.said) == (
        f"{FSI}INC-1{PDI}: پیش‌بینی می‌کنیم تا {FSI}دوشنبه ۱۱ اسفند ۱۴۰۴، ساعت ۲۰:۳۰ (وقت ایران){PDI} انجام شود"
    )
    assert [each.because for each in desk.tickets.work_list()] == [
        "oplossing: uiterlijk 02-03-2026, 17:00 UTC"
    ]
    (item,) = desk.tickets.work_list(language="id")
    assert item.because == "penyelesaian: paling lambat 2/3/26 17.00 UTC"
    with pytest.raises(DefinitionError, match="a language is named by a tag"):
        desk.tickets.work_list(language="Dutch!")


def test_a_work_list_says_who_needs_it() -> None:
    room = Room(agreements=[])
    asked = room.desk.incidents.log("Printer", requester="bram", needed_by=A_MONDAY + HOUR)
    dutch = Messages.of("nl")
    assert work_item(asked, {}, dutch).because == "bram heeft het uiterlijk 02-03-2026, 10:00 UTC nodig"
    assert work_item(evolve(asked, requester=None), {}, dutch).because == (
        "de aanvrager heeft het uiterlijk 02-03-2026, 10:00 UTC nodig"
    )
    assert work_item(evolve(asked, needed_by=None), {}, dutch).because == "er is geen haast bij"


def test_a_desk_speaks_to_a_person_or_in_a_language_that_a_browser_asks_for() -> None:
    desk = Room().desk
    assert desk.messages("mina") == Languages("nl").messages("fa-IR", zone=ZoneInfo("Asia/Tehran"))
    assert desk.messages("mina", language="sv", time_zone="UTC") == Languages("nl").messages(
        "sv", zone=ZoneInfo("UTC")
    )
    assert desk.messages(language="de", time_zone=None).say(Term("state", "New")) == "Nieuw"
    assert desk.messages().zone is None
    with pytest.raises(DefinitionError, match="unknown time zone"):
        desk.messages(time_zone="Utrecht")


def test_a_requester_reads_a_ticket_in_their_language() -> None:
    desk = Room().desk
    incident = desk.incidents.log("چاپگر", requester="mina", needed_by=A_MONDAY + HOUR)
    desk.tickets.attach(incident.id, "a.txt", b"x", public=True)
    desk.tickets.send_message(incident.id, "We are on it.")
    view = public_view(desk.tickets.get(incident.id), desk.tickets.history(incident.id))
    assert render_for_requester(view, desk.messages("mina")).splitlines() == [
        f"{FSI}INC-1{PDI}: چاپگر",
        f"جدید، ثبت‌شده در {FSI}۱۴۰۴/۱۲/۱۱،\u200f ۱۲:۳۰ (وقت ایران){PDI}",
        f"مورد نیاز تا {FSI}۱۴۰۴/۱۲/۱۱،\u200f ۱۳:۳۰ (وقت ایران){PDI}",
        f"فایل: {FSI}a.txt{PDI} ({FSI}۱{PDI} بایت)",
        "",
        f"{FSI}۱۴۰۴/۱۲/۱۱،\u200f ۱۲:۳۰ (وقت ایران){PDI}، {FSI}agent{PDI}:".replace("agent", AN_AGENT.id),
        "We are on it.",
    ]


def test_words_of_promises_may_say_how_instants_are_written() -> None:
    words = PromiseWords(instant="%d.%m.", done_by="by {by}, {number}", done="", nothing="{again}")
    assert str(words.said(words.done_by, "INC-1", A_MONDAY)) == "by 02.03., INC-1"
    assert str(words.said(words.done, "INC-1")) == ""
    assert str(words.said(words.nothing, "INC-1")) == "–"


def test_words_of_promises_are_looked_at() -> None:
    with pytest.raises(DefinitionError) as caught:
        PromiseWords(done="{nummer}", late="{", nothing=7)  # type: ignore[arg-type]
    assert [problem.partition(":")[0] for problem in caught.value.problems] == ["late", "done", "nothing"]


def test_a_notice_takes_text_and_tells_it_as_it_is() -> None:
    notice = Notice("bram", "Hello {x}", message("it was logged"), "test")
    assert (str(notice.subject), str(notice.body)) == ("Hello {x}", "it was logged")


def test_causes_of_moved_promises_are_told() -> None:
    strict = ServiceLevelAgreement(
        "strict", office_hours(), [Promise(Target("resolve", 2 * HOUR))], equals("title", "Fire")
    )
    group = ServiceLevelAgreement(
        "group", office_hours(), [Promise(Target("resolve", 3 * HOUR))], equals("support_group", "Fast")
    )
    room = Room(agreements=[strict, group, *rules().agreements], promises=PromisePolicy())
    incident = room.desk.incidents.log("Smoke", requester="bram")
    room.desk.tickets.assign(incident.id, support_group="Fast")
    room.desk.tickets.assign(incident.id)
    room.desk.tickets.describe(incident.id, title="Fire")
    told = [each.body.rpartition("wijziging: ")[2] for each in room.delivered()]
    assert told == [
        "de melding is doorgezet naar Fast.",
        "de melding is aan niemand meer toegewezen.",
        "er is iets anders opgegeven voor titel.",
    ]


@pytest.mark.parametrize(
    ("plain", "problems"),
    [
        (
            {"desk": {"language": "Dutch!"}, "translations": {"nl": {"{a}": "{b}"}}},
            [
                "the configuration: desk.language: must be the tag of a language",
                "the configuration: translations.nl.'{a}': nothing is known to put in place of {b}",
            ],
        ),
        ({"desk": {"language": "de"}}, ["the configuration: desk.language: nobody speaks 'de' here"]),
        ({"promises": {"words": {"done": "{by"}}}, ["the configuration: promises.words: done: str '{by'"]),
    ],
)
def test_a_configuration_is_checked_when_it_is_loaded(plain: dict[str, Any], problems: list[str]) -> None:
    with pytest.raises(DefinitionError) as caught:
        DeskConfig.load(plain)
    for told, expected in zip(caught.value.problems, problems, strict=True):
        assert told.startswith(expected)


def test_events_have_no_language() -> None:
    def history_of(language: str) -> list[Fact]:
        room = Room(languages=Languages(language))
        incident = room.desk.incidents.log("Printer", requester="bram")
        room.clock.advance(6 * HOUR)
        room.desk.run_due()
        room.desk.incidents.prioritise(incident.id, impact="high", urgency="high")
        return [each.fact for each in room.desk.tickets.history(incident.id)]

    assert history_of("fa") == history_of("en")
