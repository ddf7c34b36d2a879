"""Knowledge articles: what is worth knowing, kept true."""

from itsmkit.workflow.definition import WorkflowDefinition
from itsmkit.workflow.standard._files import standard_definition

__all__ = ["knowledge_article_workflow"]


def knowledge_article_workflow() -> WorkflowDefinition:
    """
    Return a definition for knowledge articles: written, reviewed by another, published and retired.

    ======== ======================== ========== =================== ====================
    Trigger  From                     To         Required            Guards, *roles*
    ======== ======================== ========== =================== ====================
    submit   Draft, Rework            In Review  content, audience
    return   In Review                Rework     review_comment
    publish  In Review                Available  reviewer            reviewed_by_another,
                                                                     *knowledge_manager*
    fall_due Published                Review Due
    confirm  Review Due               Published  reviewer            reviewed_by_another,
                                                                     *knowledge_manager*
    revise   Available                Rework     revision_reason
    retire   Available                Retired    retirement_reason   *knowledge_manager*
    discard  Draft, In Review, Rework Discarded  cancellation_reason
    ======== ======================== ========== =================== ====================

    Conditions compare facts with values and not with each other, so whoever hands in the facts tells
    whether the reviewer is the author, as ``reviewer_is_author``. While a published article is reworked,
    its last published version stands; which one readers see is not the business of its workflow. After 250
    business days, which is about a year, a review is due.

    Source:
        ITIL 4, practice "Knowledge management". That nobody publishes what only its author has read, and
        that what is published is looked at again, is our choice, in line with ISO/IEC 27001:2022, A.5.3 on
        segregation of duties.
    """
    return standard_definition("knowledge_article")
