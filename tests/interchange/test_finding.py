import pytest

from itsmkit.interchange import Finding, FindingKind


def test_the_kinds_that_drop_a_row_are_these():
    assert {kind.value for kind in FindingKind if kind.drops_row} == {
        "wrong_field_count",
        "missing_ticket",
        "bad_date",
        "duplicate_row",
        "no_known_state",
    }


@pytest.mark.parametrize(
    ("ticket", "sentence"), [("INC-1", "line 3, INC-1: is odd"), (None, "line 3, no ticket: is odd")]
)
def test_a_finding_reads_as_a_sentence(ticket, sentence):
    assert str(Finding(FindingKind.TIME_REVERSED, 3, ticket, "is odd")) == sentence
