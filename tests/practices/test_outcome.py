"""What comes of a command on a record."""

from typing import Any

import pytest

from itsmkit.errors import DefinitionError
from itsmkit.practices import Outcome


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"changes": {}}, "must not have changes: what changes"),
        ({"removed": [], "changes": {}, "reason": "x"}, "must not have changes, removed: what changes"),
    ],
)
def test_what_changes_is_taken_from_the_value_alone(said: dict[str, Any], told: str) -> None:
    with pytest.raises(DefinitionError, match=told):
        Outcome("value", "Written", said)


def test_what_is_said_besides_cannot_change() -> None:
    said = {"reason": "reviewed"}
    outcome = Outcome("value", "Written", said)
    said["reason"] = "changed behind its back"
    assert outcome.said == {"reason": "reviewed"}
    with pytest.raises(DefinitionError, match=r"Outcome\.event must be a name"):
        Outcome("value", " Written")
