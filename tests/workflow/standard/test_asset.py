import pytest

from itsmkit.workflow import Workflow
from itsmkit.workflow.standard import asset_workflow

MANAGER = {"actor_roles": ("asset_manager",)}
RECEIVED = {"serial_number": "X1-77", "location": "Essen"}
NOT_WIPED = (
    "it may hold data, and there is no certificate of its wiping; wipe it, or record that it holds none"
)
NOT_REPORTED = "it may hold data; report its loss as a security incident, or record that it holds none"


def test_an_asset_is_received_used_repaired_retired_and_disposed_of(tell):
    tell(
        asset_workflow(),
        [
            ("receive", {}, ["serial_number is missing", "location is missing"]),
            ("receive", RECEIVED, "In Stock"),
            ("issue", {}, ["assigned_to is missing"]),
            ("issue", {"assigned_to": "kim"}, "In Use"),
            ("repair", {}, ["fault is missing", "repaired_by is missing"]),
            ("repair", {"fault": "no picture", "repaired_by": "the vendor"}, "In Repair"),
            ("take_back", {}, "In Stock"),
            ("retire", {"retirement_reason": "out of warranty"}, ["needs the role asset_manager"]),
            ("retire", MANAGER, "Retired"),
            ("dispose", {}, ["disposal_record is missing", NOT_WIPED]),
            ("dispose", {"disposal_record": "R-9", "wipe_certificate": "W-3"}, "Disposed"),
        ],
    )


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        pytest.param({}, [NOT_WIPED], id="nobody knows"),
        pytest.param({"holds_data": True}, [NOT_WIPED], id="it holds data"),
        pytest.param({"holds_data": None, "wipe_certificate": ""}, [NOT_WIPED], id="an empty certificate"),
        pytest.param({"holds_data": True, "wipe_certificate": "W-3"}, "Disposed", id="wiped"),
        pytest.param({"holds_data": False}, "Disposed", id="it holds none"),
    ],
)
def test_what_may_hold_data_is_disposed_of_with_proof(tell, facts, outcome):
    tell(
        asset_workflow(),
        [
            ("receive", RECEIVED, "In Stock"),
            ("retire", {"retirement_reason": "never used", **MANAGER}, "Retired"),
            ("dispose", {"disposal_record": "R-9", **facts}, outcome),
        ],
    )


def test_an_asset_that_is_reinstated_comes_back_to_stock(tell):
    tell(
        asset_workflow(),
        [
            ("receive", RECEIVED, "In Stock"),
            ("retire", {"retirement_reason": "too many", **MANAGER}, "Retired"),
            ("reinstate", {}, "In Stock"),
        ],
    )


def test_what_is_lost_is_found_or_written_off_and_reported(tell):
    tell(
        asset_workflow(),
        [
            ("receive", RECEIVED, "In Stock"),
            ("issue", {"assigned_to": "kim"}, "In Use"),
            ("report_missing", {}, ["last_seen is missing"]),
            ("report_missing", {"last_seen": "on the train"}, "Missing"),
            ("find", {}, "In Stock"),
            ("report_missing", {}, "Missing"),
            ("write_off", {"write_off_reason": "stolen", **MANAGER}, [NOT_REPORTED]),
            ("write_off", {"security_incident": "INC-42"}, "Written Off"),
        ],
    )


def test_what_is_issued_again_needs_a_new_certificate():
    facts = {"assigned_to": "kim", "location": "Essen"}
    assert Workflow(asset_workflow()).fire("In Stock", "issue", facts).effects == (
        "withdraw_wipe_certificate",
    )


def test_an_order_can_be_cancelled(tell):
    tell(asset_workflow(), [("cancel", {"cancellation_reason": "not to be had"}, "Cancelled")])
