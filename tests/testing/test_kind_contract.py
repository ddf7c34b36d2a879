"""Every kind of work that itsmkit brings keeps the contract, and so does the one of the example."""

import runpy
from pathlib import Path

import pytest

from itsmkit._frozen import frozen_dict
from itsmkit.desk import DeskConfig
from itsmkit.practices import STANDARD_KINDS
from itsmkit.testing.kind_contract import KindContract
from itsmkit.tickets import Ticket

STANDARD = DeskConfig.standard()
EXAMPLE = runpy.run_path(str(Path(__file__).parents[2] / "examples" / "legal_complaints.py"))["CONFIG"]


@pytest.mark.parametrize("name", STANDARD_KINDS)
class TestStandardKinds(KindContract):
    config = STANDARD

    @pytest.fixture(autouse=True)
    def choose(self, name: str) -> None:
        self.kind_name = name


class TestAKindOfTheDesksOwn(KindContract):
    config = EXAMPLE
    kind_name = "legal_complaint"


class TestAKindThatAsksForAFieldAtLogging(KindContract):
    config = DeskConfig.load(
        {
            "kinds": {
                "visit": {
                    "workflow": "task",
                    "fields_version": 2,
                    "fields": {"address": {"required": True, "formerly": ["place"]}, "floor": "number"},
                }
            }
        }
    )
    kind_name = "visit"
    at_logging = frozen_dict({"address": "Main Street 1"})


def test_a_kind_of_the_desks_own_is_a_plain_ticket() -> None:
    assert EXAMPLE.kind("legal_complaint").ticket_class is Ticket
    assert [*EXAMPLE.kinds] == ["incident", "legal_complaint"]
