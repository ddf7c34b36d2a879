"""Releases: changes that go out together."""

from itsmkit.workflow.definition import WorkflowDefinition
from itsmkit.workflow.standard._files import standard_definition

__all__ = ["release_workflow"]


def release_workflow() -> WorkflowDefinition:
    """
    Return a definition for releases: planned, built, tested, deployed, verified and closed, with a way back.

    ======== ==================== =========== =================== =========================
    Trigger  From                 To          Required            Guards, *roles*
    ======== ==================== =========== =================== =========================
    build    Planned              Preparation release_plan,       *release_manager*
                                              back_out_plan
    test     Building             Testing     build
    accept   Testing              Ready                           tested, changes_approved,
                                                                  *release_manager*
    rebuild  Testing, Ready       Building    defects,
                                              release_plan,
                                              back_out_plan
    rebuild  Backed Out           Preparation defects,
                                              release_plan,
                                              back_out_plan
    deploy   Ready                Deploying   planned_start,      not frozen, tested,
                                              planned_end         changes_approved,
                                                                  *release_manager*
    finish   Deploying            Deployed    deployment_record   verified
    back_out Deploying, Deployed  Backed Out  back_out_reason
    close    Deployed, Backed Out Closed                          reviewed,
                                                                  *release_manager*
    cancel   Planned, Preparation Cancelled   cancellation_reason
    ======== ==================== =========== =================== =========================

    A release is ready when its test has passed and all of its changes are approved, and it is asked again
    when it is deployed; a build made again needs a test of its own. What was deployed is verified, or
    backed out and built again. Either way it closes with a review.

    Source:
        ITIL 4, practices "Release management" and "Deployment management"; ISO/IEC 20000-1:2018, 8.5.3.
    """
    return standard_definition("release")
