"""Orders: what must be bought before it can be handed over."""

from itsmkit.workflow.definition import WorkflowDefinition
from itsmkit.workflow.standard._files import standard_definition

__all__ = ["order_workflow"]


def order_workflow() -> WorkflowDefinition:
    """
    Return a definition for orders: approved where they must be, placed with a supplier, delivered.

    ================ =================== ================= =================== ====================
    Trigger          From                To                Required            Guards, *roles*
    ================ =================== ================= =================== ====================
    submit           New                 Procuring                             free_of_approval,
                                                                               cleared
    submit           New                 Awaiting Approval                     not free_of_approval
    approve          Awaiting Approval   Procuring                             cleared
    reject           Awaiting Approval   Rejected          rejection_reason    rejected
    place            Procuring           Awaiting Delivery supplier,           cleared
                                                           order_reference
    replace_supplier Awaiting Delivery   Procuring         supplier_failure    cleared
    deliver          Procuring, Awaiting Delivered         delivery_record
                     Delivery
    return           Delivered           Procuring         return_reason       cleared
    close            Delivered           Closed
    cancel           New, Awaiting       Cancelled         cancellation_reason
                     Approval, Procuring
    ================ =================== ================= =================== ====================

    What the stock has is delivered at once; the rest waits for its supplier. It can be returned until it
    closes, which is ten business days after its delivery.

    Source:
        The approval follows that of service requests; the rest is our choice, made so that an order that is
        placed always says with whom, and under which reference.
    """
    return standard_definition("order")
