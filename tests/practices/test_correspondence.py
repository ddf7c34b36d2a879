"""What the requester sees: no note gets out, whatever happens to a ticket."""

import typing
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import itsmkit
from itsmkit.errors import RefusedError
from itsmkit.languages import Messages
from itsmkit.practices import (
    Incident,
    Occasion,
    PublicLetter,
    PublicTicket,
    Resolution,
    add_note,
    attach,
    comment,
    log_work,
    public_view,
    render_for_requester,
    render_letter,
    send_message,
    transition,
)
from itsmkit.practices.attachments import AttachmentRules
from itsmkit.practices.work_log import WorkLogPolicy
from itsmkit.tickets import Attachment, Commented, InternalNote, PublicMessage, Ticket, TicketEvent
from itsmkit.workflow import Workflow, incident_workflow

Occasions = Callable[..., Occasion]
WORKFLOW = Workflow(incident_workflow())


def test_a_message_and_a_note_are_two_facts(incident: Incident, occasion: Occasions) -> None:
    (sent,) = send_message(incident, occasion(), "We are on it").events
    (noted,) = add_note(incident, occasion(), "It is the cable").events
    assert (sent.fact, noted.fact) == (PublicMessage("We are on it"), InternalNote("It is the cable"))


@pytest.mark.parametrize("text", ["", " \n"])
def test_who_says_nothing_is_refused(incident: Incident, occasion: Occasions, text: str) -> None:
    with pytest.raises(RefusedError, match="cannot send a message on INC-1: the text is empty"):
        send_message(incident, occasion(), text)
    with pytest.raises(RefusedError, match="cannot add a note to INC-1: the text is empty"):
        add_note(incident, occasion(), text)


def lived(incident: Incident, *deeds: Callable[[Incident], Any]) -> tuple[Incident, list[TicketEvent]]:
    """Return *incident* after *deeds*, and what happened."""
    happened: list[TicketEvent] = []
    for deed in deeds:
        decision = deed(incident)
        happened += decision.events
        incident = decision.ticket
    return incident, happened


def test_the_requester_sees_what_was_written_for_them(incident: Incident, occasion: Occasions) -> None:
    ticket, history = lived(
        incident,
        lambda it: comment(it, occasion(1, "caller"), "Is it done?", public=True),
        lambda it: comment(it, occasion(2), "The old fuse", public=False),
        lambda it: add_note(it, occasion(3), "The new fuse"),
        lambda it: send_message(it, occasion(4), "We are on it"),
        lambda it: attach(it, occasion(5), file("log.txt", public=False), AttachmentRules()),
        lambda it: attach(it, occasion(5), file("photo.png", public=True), AttachmentRules()),
    )
    view = public_view(ticket, history)
    assert [(each.author, each.message.text) for each in view.letters] == [
        ("caller", "Is it done?"),
        ("ann", "We are on it"),
    ]
    assert view.written_at == occasion(4).at
    assert [each.name for each in view.files] == ["photo.png"]
    assert render_for_requester(view).splitlines() == [
        "INC-1: No mail",
        "New, opened 2026-03-02 09:00 UTC",
        "file: photo.png (3 bytes)",
        "",
        "2026-03-02 10:00 UTC, caller:",
        "Is it done?",
        "",
        "2026-03-02 13:00 UTC, ann:",
        "We are on it",
    ]


def test_what_nobody_wrote_to_was_written_to_when_it_was_opened(incident: Incident) -> None:
    view = public_view(attrs.evolve(incident, title=None, needed_by=incident.opened_at), [])
    assert (view.written_at, view.letters) == (incident.opened_at, ())
    assert render_for_requester(view) == (
        "INC-1\nNew, opened 2026-03-02 09:00 UTC\nneeded by 2026-03-02 09:00 UTC"
    )


def test_how_it_was_solved_is_told_once_it_is(incident: Incident, occasion: Occasions) -> None:
    assigned = attrs.evolve(incident, state="Assigned", state_category="active")
    resolution = Resolution("fixed", "a new cable", "a mouse")
    solved = transition(assigned, WORKFLOW, "resolve", occasion(), resolution.details()).ticket
    text = render_for_requester(public_view(solved, []))
    assert "solved: a new cable" in text
    assert "mouse" not in text
    early = attrs.evolve(incident, details={"resolution": "a guess"})
    assert "guess" not in render_for_requester(public_view(early, []))
    odd = attrs.evolve(solved, details={"resolution": 7})
    assert public_view(odd, []).resolution is None


def file(name: str, *, public: bool) -> Attachment:
    return Attachment(name, name, 3, "text/plain", is_public=public)


DEEDS: dict[str, Callable[[Incident, Occasion, str], Any]] = {
    "note": add_note,
    "message": send_message,
    "comment": lambda it, occasion, text: comment(it, occasion, text, public=False),
    "public comment": lambda it, occasion, text: comment(it, occasion, text, public=True),
    "work": lambda it, occasion, text: log_work(
        it, occasion, WorkLogPolicy(), timedelta(hours=1), "repair", note=text
    ),
    "file": lambda it, occasion, text: attach(
        it, occasion, file(text, public=False), AttachmentRules(max_files=1000)
    ),
    "public file": lambda it, occasion, text: attach(
        it, occasion, file(text, public=True), AttachmentRules(max_files=1000)
    ),
}
PUBLIC = {"message", "public comment", "public file"}


@given(deeds=st.lists(st.sampled_from([*DEEDS]), max_size=12))
def test_no_internal_text_is_ever_shown(incident: Incident, occasion: Occasions, deeds: list[str]) -> None:
    ticket, history = lived(
        incident,
        *(
            lambda it, deed=deed, number=number: DEEDS[deed](it, occasion(), f"text {number}.")
            for number, deed in enumerate(deeds)
        ),
    )
    view = public_view(ticket, history)
    shown = render_for_requester(view) + repr(view) + "".join(map(render_letter, view.letters))
    for number, deed in enumerate(deeds):
        assert (f"text {number}." in shown) == (deed in PUBLIC), deed


# -- types -----------------------------------------------------------------------------------------------


def reachable(kind: Any) -> Iterator[Any]:
    """Go through all types that a value of *kind* may hold."""
    yield kind
    inner = typing.get_args(kind)
    if attrs.has(kind):
        inner = tuple(typing.get_type_hints(kind)[each.name] for each in attrs.fields(kind))
    for each in inner:
        yield from reachable(each)


@pytest.mark.parametrize(
    ("render", "takes"), [(render_for_requester, PublicTicket), (render_letter, PublicLetter)]
)
def test_what_renders_takes_public_types_alone(render: Callable[..., str], takes: type) -> None:
    hints = typing.get_type_hints(render)
    assert hints.pop("return") is str
    assert hints.pop("messages") is Messages
    assert [*hints.values()] == [takes]
    found = {*reachable(takes)}
    assert PublicMessage in found
    assert not found & {InternalNote, Commented, Ticket, TicketEvent, Attachment, Any, object}


def test_a_message_is_no_note() -> None:
    assert not issubclass(InternalNote, PublicMessage)
    assert not issubclass(PublicMessage, InternalNote)
    assert InternalNote("a") != PublicMessage("a")


SOURCE = Path(itsmkit.__file__).parent


def test_a_type_checker_refuses_to_show_a_note(tmp_path: Path) -> None:
    api = pytest.importorskip("mypy.api", reason="the type checker is not installed")
    snippet = tmp_path / "snippet.py"
    snippet.write_text(
        "from datetime import datetime\n"
        "from itsmkit.practices.correspondence import PublicLetter, render_for_requester, render_letter\n"
        "from itsmkit.tickets.correspondence import InternalNote, PublicMessage\n"
        "from itsmkit.tickets.ticket import Ticket\n"
        "def show(at: datetime, ticket: Ticket, note: InternalNote, message: PublicMessage) -> None:\n"
        "    render_letter(PublicLetter(at, 'ann', message))\n"
        "    render_letter(PublicLetter(at, 'ann', note))\n"
        "    render_letter(note)\n"
        "    render_for_requester(ticket)\n"
    )
    # Only what the snippet is about is read, which takes a tenth of the time.
    settings = tmp_path / "mypy.ini"
    settings.write_text("[mypy]\n[mypy-itsmkit.*]\nfollow_imports = skip\n")
    rooms = ("practices/correspondence.py", "tickets/correspondence.py", "tickets/ticket.py")
    read = [str(SOURCE / name) for name in (*rooms, "tickets/__init__.py")]
    options = ["--config-file", str(settings), "--cache-dir", str(tmp_path / "cache")]
    told, problems, _ = api.run([*options, "--no-error-summary", str(snippet), *read])
    assert not problems
    refused = [line.split(":", 2)[1:] for line in told.splitlines() if "snippet.py" in line]
    assert [place for place, _ in refused] == ["7", "8", "9"], told
    assert all("[arg-type]" in problem for _, problem in refused)
