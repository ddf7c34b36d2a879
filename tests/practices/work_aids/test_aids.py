"""Work aids: what is none is refused with all that is wrong; who may use them, and on what."""

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from itsmkit.conditions import equals
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.practices.work_aids import (
    CannedReply,
    ChecklistTemplate,
    Macro,
    MacroStep,
    ReplyAction,
    ReplyPolicy,
    Suggestion,
    TicketTemplate,
    begin_checklist,
    check_item,
    chosen_reply,
)
from itsmkit.testing import A_MONDAY, an_incident_logged

TICKET = an_incident_logged().ticket
HANDOVER = ChecklistTemplate(id="handover", name="Hand over", items=["who", "what"], version=3)


@pytest.mark.parametrize(
    ("kind", "given", "problems"),
    [
        (Macro, {"steps": []}, ["steps: there is none"]),
        (Macro, {"steps": ["comment"]}, ["steps[0]: must be a MacroStep"]),
        (
            Macro,
            {"steps": [MacroStep("comment", {"text": "{", "public": True})]},
            ["steps[0].arguments.text: has a '{'"],
        ),
        (CannedReply, {"text": " "}, ["text: there is none"]),
        (CannedReply, {"text": 5, "name": "", "when": "x"}, ["name", "when: must be a Condition", "text"]),
        (
            CannedReply,
            {"text": "x", "audience": equals("organisation", "acme")},
            ["audience: asks for 'organisation', which is no fact of a viewer"],
        ),
        (TicketTemplate, {"kind": "", "title": " "}, ["kind", "title"]),
        (ChecklistTemplate, {"items": []}, ["items: there is none"]),
        (ChecklistTemplate, {"items": ["a", "a"]}, ["items"]),
    ],
)
def test_what_is_no_aid_is_refused(kind: Any, given: dict[str, object], problems: list[str]) -> None:
    with pytest.raises(DefinitionError) as refused:
        kind(**{"id": "x", "name": "X", **given})
    assert len(refused.value.problems) == len(problems)
    for told, expected in zip(refused.value.problems, problems, strict=True):
        assert told.startswith(f"{kind.__name__} 'x': {expected}")


def test_an_aid_is_for_some_tickets_until_it_is_retired() -> None:
    aid = CannedReply(id="x", name="X", text="Hello", when=equals("number", TICKET.number))
    assert aid.is_for(TICKET)
    assert not aid.is_for(evolve(TICKET, number="INC-9"))
    assert not evolve(aid, is_retired=True).is_for(TICKET)


def test_a_checklist_keeps_what_its_template_said() -> None:
    begun = begin_checklist("c1", HANDOVER, TICKET).value
    assert (begun.template, begun.template_version, begun.is_complete) == ("handover", 3, False)
    first = check_item(begun, "who", done=True, by="ann", now=A_MONDAY)
    assert first is not None
    assert check_item(first.value, "who", done=True, by="eve", now=A_MONDAY) is None
    second = check_item(first.value, "what", done=True, by="eve", now=A_MONDAY + timedelta(hours=1))
    assert second is not None
    assert second.value.is_complete
    assert [each.done_by for each in second.value.items] == ["ann", "eve"]
    undone = check_item(second.value, "who", done=False, by="eve", now=A_MONDAY)
    assert undone is not None
    assert (undone.event, undone.value.items[0].done_by) == ("ItemUnchecked", None)
    with pytest.raises(RefusedError, match="has no item 'when'; it has 'who', 'what'"):
        check_item(begun, "when", done=True, by="ann", now=A_MONDAY)


def test_a_checklist_is_begun_where_it_belongs() -> None:
    with pytest.raises(RefusedError, match="it is retired"):
        begin_checklist("c1", evolve(HANDOVER, is_retired=True), TICKET)
    with pytest.raises(RefusedError, match='it is for tickets where kind = "change"'):
        begin_checklist("c1", evolve(HANDOVER, when=equals("kind", "change")), TICKET)


# -- suggested replies -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("confidence", "policy", "action"),
    [
        (0.49, ReplyPolicy(), ReplyAction.DROP),
        (0.5, ReplyPolicy(), ReplyAction.DRAFT),
        (1, ReplyPolicy(), ReplyAction.DRAFT),
        (0.79, ReplyPolicy(send_from=0.8), ReplyAction.DRAFT),
        (0.8, ReplyPolicy(send_from=0.8), ReplyAction.SEND),
        (0.9, ReplyPolicy(send_from=0.8, never_when=equals("kind", "incident")), ReplyAction.DRAFT),
        (0.1, ReplyPolicy(send_from=0.8), ReplyAction.DROP),
    ],
)
def test_what_is_sure_enough_is_used(confidence: float, policy: ReplyPolicy, action: ReplyAction) -> None:
    chosen = chosen_reply(TICKET, [Suggestion("Press it.", "a", confidence)], policy)
    assert chosen.action is action
    assert chosen.because.startswith("confidence")


def test_the_surest_is_taken() -> None:
    given = [Suggestion("x", source, sure) for source, sure in (("a", 0.2), ("b", 0.9), ("c", 0.9))]
    chosen = chosen_reply(TICKET, given, ReplyPolicy())
    assert chosen.suggestion is given[1]
    assert chosen.others == (given[2], given[0])
    assert chosen_reply(TICKET, [], ReplyPolicy()).because == "nothing was suggested"


@pytest.mark.parametrize(
    ("given", "problems"),
    [
        ({"send_from": 2.0}, 1),
        ({"draft_from": "0.5", "counts_as_response": " "}, 2),
        ({"send_from": 0.2}, 1),
        ({"never_when": True}, 1),
        ({"send_from": True}, 1),
    ],
)
def test_a_policy_is_refused_with_all_that_is_wrong(given: dict[str, Any], problems: int) -> None:
    with pytest.raises(DefinitionError) as refused:
        ReplyPolicy(**given)
    assert len(refused.value.problems) == problems


def test_a_suggestion_is_refused_with_all_that_is_wrong() -> None:
    with pytest.raises(DefinitionError) as refused:
        Suggestion(" ", "a", float("nan"))
    assert len(refused.value.problems) == 2
