from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.errors import RefusedError
from itsmkit.practices import Incident, Occasion, TagRules, normal_tag, tag, untag
from itsmkit.tickets import Tagged, Untagged

Occasions = Callable[..., Occasion]
RULES = TagRules(max_tags=3, max_length=12)


def test_words_are_put_on_and_taken_off(incident: Incident, occasion: Occasions) -> None:
    decision = tag(incident, occasion(), ["VIP", "Board  Member", "vip"], RULES)
    assert [event.fact for event in decision.events] == [Tagged(["vip", "board-member"])]
    ticket = decision.ticket
    assert ticket.tags == ("board-member", "vip")
    assert ticket.fact("tag.vip") is True
    assert tag(ticket, occasion(), ["Vip"], RULES).steps == ()
    gone = untag(ticket, occasion(), ["VIP", "unknown"])
    assert [event.fact for event in gone.events] == [Untagged(["vip"])]
    assert gone.ticket.tags == ("board-member",)
    assert untag(gone.ticket, occasion(), ["vip"]).steps == ()


def test_all_that_is_no_tag_is_told(incident: Incident, occasion: Occasions) -> None:
    with pytest.raises(RefusedError) as refused:
        tag(incident, occasion(), ["a.b", "", "ok", "x" * 13, "-a"], RULES)
    assert refused.value.reasons == (
        "cannot tag INC-1 with str 'a.b': write letters, digits and hyphens",
        "cannot tag INC-1 with str '': write letters, digits and hyphens",
        "cannot tag INC-1 with str 'xxxxxxxxxxxxx': it has more than 12 characters",
        "cannot tag INC-1 with str '-a': write letters, digits and hyphens",
    )
    with pytest.raises(RefusedError, match="it would have 4 tags; at most 3 are allowed"):
        tag(incident, occasion(), "abcd", RULES)


@given(st.text(max_size=10))
def test_the_normal_form_is_normal(word: str) -> None:
    once = normal_tag(word)
    assert normal_tag(once) == once or not once.isascii()
    assert once == once.strip()
    if word.isascii():
        assert once == "-".join(word.lower().split())
