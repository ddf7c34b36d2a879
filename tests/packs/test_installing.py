"""How the records of a pack come to a desk: once, all or none, and never over what people made."""

import pytest
from attrs import evolve

from itsmkit import packs
from itsmkit.desk import Desk, DeskConfig
from itsmkit.errors import ConflictError, DefinitionError
from itsmkit.packs import InstallReport, PackArticle, PackRecord, install
from itsmkit.practices.catalogue import CatalogueItem
from itsmkit.practices.work_aids import CannedReply, TicketTemplate
from itsmkit.tickets import Actor

HR = packs.hr
ALL = tuple(
    [PackRecord("catalogue item", each.key) for each in HR.items]
    + [
        PackRecord(
            {"TicketTemplate": "ticket template", "CannedReply": "canned reply"}.get(
                type(each).__name__, "checklist template"
            ),
            each.id,
        )
        for each in HR.aids
    ]
    + [PackRecord("article", each.key) for each in HR.articles]
)


@pytest.fixture
def desk():
    return Desk(HR.config)


@pytest.fixture
def people(desk):
    return desk.privileged("to change it").acting_as(Actor("kim"))


def test_all_is_added_once(desk, people):
    assert install(desk, HR, reason="new") == InstallReport("hr", ALL, (), ())
    before = [*people.catalogue.entries()]
    assert install(desk, HR, reason="new") == InstallReport("hr", (), ALL, ())
    assert [*people.catalogue.entries()] == before
    assert {each.published for each in before} == {1}


def test_what_is_done_is_recorded_with_the_pack_and_the_reason(desk, people):
    install(desk, HR, reason="a new desk")
    [step] = people.aids.history("canned reply", "hr-received")
    assert step.actor.id == "pack hr"
    assert step.actor.automated
    assert any("a new desk" in role for role in step.actor.roles)


def test_what_people_have_changed_is_left(desk, people):
    install(desk, HR, reason="new")
    leave, training, data, goodbye = (
        people.catalogue.item(key) for key in ("leave", "training", "personal-data", "offboarding")
    )
    people.catalogue.revise(evolve(leave, title="Time off"))
    people.catalogue.publish("leave")
    people.catalogue.retire("training", "no budget")
    people.catalogue.revise(evolve(data, title="New data"))  # a draft that is not published yet
    people.catalogue.revise(goodbye)
    people.catalogue.publish("offboarding")  # another version, and alike
    people.aids.retire("canned reply", "hr-received")
    reply = next(each for each in people.aids.all("canned reply") if each.id == "hr-need-document")
    people.aids.keep(evolve(reply, text="Bring it."))
    kim, lee = (Actor(each, roles=["knowledge_manager"]) for each in ("kim", "lee"))
    people.knowledge.publish("ask-for-leave", "en", by=kim)
    people.knowledge.publish("report-sick", "en", by=kim)
    people.knowledge.revise(
        "report-sick", "en", "When you are ill", "Stay at home.", reason="shorter", by=kim
    )
    people.knowledge.submit("report-sick", "en", by=kim)
    people.knowledge.publish("report-sick", "en", by=lee)
    report = install(desk, HR, reason="again")
    left = {
        PackRecord("article", "report-sick"),
        PackRecord("catalogue item", "leave"),
        PackRecord("catalogue item", "training"),
        PackRecord("catalogue item", "personal-data"),
        PackRecord("canned reply", "hr-received"),
        PackRecord("canned reply", "hr-need-document"),
    }
    assert (set(report.left), set(report.same), report.added) == (left, {*ALL} - left, ())
    assert people.catalogue.item("leave").title == "Time off"
    assert people.catalogue.entry("training").published is None
    assert report.explain().splitlines() == [
        f"pack 'hr': 0 added, {len(ALL) - 6} there already, 6 left",
        *(f"- left as it is: {each}, which differs from that of the pack" for each in report.left),
    ]
    assert training.version == 1


def test_what_was_there_before_is_left_too(desk, people):
    mine = CannedReply(id="hr-received", name="Mine", text="Thanks.")
    people.aids.keep(mine)
    people.catalogue.draft(CatalogueItem(key="leave", title="Mine"))
    report = install(desk, HR, reason="new")
    assert report.left == (PackRecord("catalogue item", "leave"), PackRecord("canned reply", "hr-received"))
    assert set(report.added) == {*ALL} - {*report.left}
    assert mine in people.aids.all("canned reply")


def test_a_desk_that_lacks_something_is_told_all_of_it_and_gets_nothing():
    desk = Desk(DeskConfig.standard())
    with pytest.raises(DefinitionError) as caught:
        install(desk, HR, reason="new")
    problems = caught.value.problems
    assert len({each.split("'")[3] for each in problems if "cannot publish" in each}) == len(HR.items)
    assert sum("there is no kind of work 'hr_case'" in each for each in problems) == sum(
        isinstance(each, TicketTemplate) for each in HR.aids
    )
    assert all(each.startswith("pack 'hr': ") for each in problems)
    assert [*desk.catalogue.entries()] == []
    assert [*desk.aids.all("canned reply")] == []


def test_within_a_batch_it_is_a_part_of_that(desk, people):
    def break_off():
        with desk.privileged("import").batch() as batch:
            assert install(batch, HR, reason="new").added == ALL
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert [*people.catalogue.entries()] == []
    with desk.privileged("import").batch() as batch:
        install(batch, HR, reason="new")
    assert len([*people.catalogue.entries()]) == len(HR.items)


def test_of_two_at_once_one_is_told(desk):
    def both():
        with desk.privileged("import").batch() as batch:
            install(batch, HR, reason="new")
            install(desk, HR, reason="new")

    with pytest.raises(ConflictError):
        both()
    assert install(desk, HR, reason="again").same == ALL


def test_a_pack_without_records_has_nothing_to_add(desk):
    audit = packs.pack("servicenow-audit")
    assert install(desk, audit, reason="new") == InstallReport("servicenow-audit", (), (), ())


def test_an_article_waits_for_somebody_to_read_it(desk, people):
    install(desk, HR, reason="new")
    for article in HR.articles:
        (variant,) = people.knowledge.get(article.key).variants
        assert (variant.state, variant.published, variant.draft) == ("In Review", None, article.text)
    assert people.knowledge.search("leave") == ()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"body": " "}, "body: there is none"),
        ({"title": " "}, "title"),
        ({"categories": [" "]}, "categories"),
    ],
)
def test_an_article_that_says_nothing_is_refused(given, told):
    with pytest.raises(DefinitionError, match=told):
        PackArticle(**{"key": "a", "title": "A", "body": "b", **given})


def test_an_article_in_another_language_is_another_one(desk, people):
    people.knowledge.draft("ask-for-leave", "nl", "Verlof", "Vraag het.")
    assert PackRecord("article", "ask-for-leave") in install(desk, HR, reason="new").left
