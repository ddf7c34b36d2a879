from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.practices import AttachmentRules, Incident, Occasion, attach, attachments_of, detach
from itsmkit.tickets import Attached, Attachment, Detached

Occasions = Callable[..., Occasion]
UNSEEN = "its name has characters that nobody sees: {}; a name may look by them as if it were another"
RULES = AttachmentRules(max_bytes=10, max_files=2)


def file(name: str = "log.txt", digest: str = "d1", size: int = 3, **options: Any) -> Attachment:
    return Attachment(digest, name, size, options.pop("media_type", "text/plain"), **options)


def test_files_come_and_go(incident: Incident, occasion: Occasions) -> None:
    decision = attach(incident, occasion(), file(), RULES)
    assert [event.fact for event in decision.events] == [Attached(file())]
    assert attach(decision.ticket, occasion(), file(), RULES).steps == ()
    other = attach(decision.ticket, occasion(), file("copy.txt"), RULES).ticket
    assert attachments_of(other, "d1") == other.attachments == (file(), file("copy.txt"))
    gone = detach(other, occasion(), "d1")
    assert [event.fact for event in gone.events] == [Detached(file()), Detached(file("copy.txt"))]
    assert gone.ticket.attachments == ()
    with pytest.raises(NotFoundError, match="no attachment 'd1'"):
        detach(gone.ticket, occasion(), "d1")


def test_a_file_may_become_private(incident: Incident, occasion: Occasions) -> None:
    ticket = attach(incident, occasion(), file(is_public=True), RULES).ticket
    private = attach(ticket, occasion(), file(is_public=False), RULES).ticket
    assert private.attachments == (file(is_public=False),)


@pytest.mark.parametrize(
    ("attachment", "reasons"),
    [
        pytest.param(file("../passwd"), ["its name is a path; leave out the folders"], id="a path"),
        pytest.param(file("C:\\a"), ["its name is a path; leave out the folders"], id="a path of Windows"),
        pytest.param(file(".."), ["its name is a path; leave out the folders"], id="the folder above"),
        pytest.param(
            file("a\x00b\n.txt"),
            [UNSEEN.format("U+0000, U+000A")],
            id="controls",
        ),
        pytest.param(
            file("photo\u202egpj.exe"),
            [UNSEEN.format("U+202E")],
            id="turned around",
        ),
        pytest.param(file("ü" * 128), ["its name has more than 255 bytes"], id="long"),
        pytest.param(file(media_type="png"), ["str 'png' is no media type such as 'image/png'"], id="media"),
        pytest.param(
            file("a/b", size=11, media_type=""),
            [
                "its name is a path; leave out the folders",
                "str '' is no media type such as 'image/png'",
                "it has 11 bytes; at most 10 are allowed",
            ],
            id="all at once",
        ),
    ],
)
def test_what_may_not_be_attached_is_told(
    incident: Incident, occasion: Occasions, attachment: Attachment, reasons: list[str]
) -> None:
    with pytest.raises(RefusedError) as refused:
        attach(incident, occasion(), attachment, RULES)
    assert [each.partition(" to INC-1: ")[2] for each in refused.value.reasons] == reasons


def test_there_are_not_too_many(incident: Incident, occasion: Occasions) -> None:
    ticket = incident
    for digest in ("d1", "d2"):
        ticket = attach(ticket, occasion(), file(digest=digest), RULES).ticket
    with pytest.raises(RefusedError, match="it has 2 files already, which is the most; detach one first"):
        attach(ticket, occasion(), file(digest="d3"), RULES)
    assert attach(ticket, occasion(), file(digest="d2", is_public=False), RULES).ticket.attachments[
        1
    ] == file(digest="d2", is_public=False)


@given(name=st.text(min_size=1, max_size=20))
def test_a_name_that_is_let_in_can_stand_in_a_folder(
    incident: Incident, occasion: Occasions, name: str
) -> None:
    try:
        attach(incident, occasion(), file(name), RULES)
    except (RefusedError, DefinitionError):
        return
    assert name == name.strip()
    assert name not in (".", "..")
    assert all(each.isprintable() or each.isspace() for each in name)
    assert not {"/", "\\", "\n", "\u202e", "\u2066"} & {*name}


@pytest.mark.parametrize("options", [{"max_bytes": 0}, {"max_files": 1.5}])
def test_a_limit_is_a_number(options: Any) -> None:
    with pytest.raises(
        DefinitionError, match=r"AttachmentRules\.max_\w+ must be a whole number of at least 1"
    ):
        AttachmentRules(**options)
