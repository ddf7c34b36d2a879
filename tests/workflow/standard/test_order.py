import pytest

from itsmkit.workflow.standard import order_workflow, service_request_workflow

UNCLEARED = "it is neither approved nor free of approval"


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param(
            [
                ("submit", {}, "Awaiting Approval"),
                ("approve", {}, [UNCLEARED]),
                ("approve", {"approval": "approved"}, "Procuring"),
                ("place", {}, ["supplier is missing", "order_reference is missing"]),
                ("place", {"supplier": "ACME", "order_reference": "4711"}, "Awaiting Delivery"),
                ("deliver", {}, ["delivery_record is missing"]),
                ("deliver", {"delivery_record": "signed by bob"}, "Delivered"),
                ("return", {}, ["return_reason is missing"]),
                ("return", {"return_reason": "the wrong colour"}, "Procuring"),
            ],
            id="bought, and sent back",
        ),
        pytest.param(
            [
                ("submit", {"approval_required": False}, "Procuring"),
                ("deliver", {"delivery_record": "from the shelf"}, "Delivered"),
                ("close", {}, "Closed"),
            ],
            id="in stock",
        ),
        pytest.param(
            [
                ("submit", {}, "Awaiting Approval"),
                ("reject", {"approval": "rejected"}, ["rejection_reason is missing"]),
                ("reject", {"rejection_reason": "too dear"}, "Rejected"),
            ],
            id="rejected",
        ),
    ],
)
def test_an_order_goes_its_way(tell, steps):
    tell(order_workflow(), steps)


def test_what_was_placed_goes_back_before_it_is_cancelled(tell):
    tell(
        order_workflow(),
        [
            ("submit", {"approval_required": False}, "Procuring"),
            ("place", {"supplier": "ACME", "order_reference": "4711"}, "Awaiting Delivery"),
            ("cancel", {"cancellation_reason": "no need"}, ["legal here are replace_supplier, deliver"]),
            ("replace_supplier", {"supplier_failure": "out of stock"}, "Procuring"),
            ("cancel", {}, "Cancelled"),
        ],
    )


def test_orders_are_approved_as_service_requests_are():
    guards = service_request_workflow().guards
    assert order_workflow().guards == {name: guards[name] for name in order_workflow().guards}
