"""IT assets, from order to disposal."""

from itsmkit.workflow.definition import WorkflowDefinition
from itsmkit.workflow.standard._files import standard_definition

__all__ = ["asset_workflow"]


def asset_workflow() -> WorkflowDefinition:
    """
    Return a definition for IT assets: ordered, received, used, repaired, retired and disposed of.

    ============== ================= =========== ===================== ======================
    Trigger        From              To          Required              Guards, *roles*
    ============== ================= =========== ===================== ======================
    receive        On Order          On Hand     serial_number,
                                                 location
    issue          In Stock          In Use      assigned_to, location
    take_back      In Use, In Repair In Stock    location
    repair         In Stock, In Use  In Repair   fault, repaired_by
    report_missing On Hand, Retired  Missing     last_seen
    find           Missing           On Hand     location
    write_off      Missing           Written Off write_off_reason      loss_reported,
                                                                       *asset_manager*
    retire         On Hand           Retired     retirement_reason     *asset_manager*
    reinstate      Retired           On Hand     location              *asset_manager*
    dispose        Retired           Disposed    disposal_record       wiped, *asset_manager*
    cancel         On Order          Cancelled   cancellation_reason
    ============== ================= =========== ===================== ======================

    Nothing that may hold data leaves without proof: it is disposed of with a certificate of its wiping, and
    written off only with a security incident. Issuing an asset withdraws the certificate (an effect), since
    it will hold data again. What is in stock counts as pending, as it waits for somebody who needs it.

    Source:
        ITIL 4, practice "IT asset management"; ISO/IEC 27001:2022, A.7.14 on secure disposal or re-use of
        equipment; NIST SP 800-88 on certificates of sanitization.
    """
    return standard_definition("asset")
