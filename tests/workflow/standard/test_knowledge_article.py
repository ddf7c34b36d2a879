import pytest

from itsmkit.workflow.standard import knowledge_article_workflow

MANAGER = {"actor_roles": ("knowledge_manager",)}
WRITTEN = {"content": "Hold the button for ten seconds.", "audience": "everybody"}
UNREVIEWED = "nobody but the author has reviewed it; let somebody else do so"


def test_an_article_is_reviewed_published_confirmed_revised_and_retired(tell):
    tell(
        knowledge_article_workflow(),
        [
            ("submit", {}, ["content is missing", "audience is missing"]),
            ("submit", WRITTEN, "In Review"),
            ("return", {}, ["review_comment is missing"]),
            ("return", {"review_comment": "which button?"}, "Rework"),
            ("submit", {}, "In Review"),
            (
                "publish",
                {},
                ["reviewer is missing", "needs the role knowledge_manager", UNREVIEWED],
            ),
            ("publish", {"reviewer": "kim", "reviewer_is_author": False, **MANAGER}, "Published"),
            ("fall_due", {}, "Review Due"),
            ("confirm", {"reviewer_is_author": True}, [UNREVIEWED]),
            ("confirm", {"reviewer_is_author": False}, "Published"),
            ("revise", {"revision_reason": "there is a new model"}, "Rework"),
            ("submit", {}, "In Review"),
            ("publish", {"reviewer_is_author": True}, [UNREVIEWED]),
            ("publish", {"reviewer_is_author": False}, "Published"),
            (
                "retire",
                {"retirement_reason": "the model is gone", "actor_roles": ()},
                ["needs the role knowledge_manager"],
            ),
            ("retire", MANAGER, "Retired"),
        ],
    )


@pytest.mark.parametrize("told", [True, None, 0, "false", ""])
def test_only_a_review_known_to_be_anothers_counts(tell, told):
    tell(
        knowledge_article_workflow(),
        [
            ("submit", WRITTEN, "In Review"),
            ("publish", {"reviewer": "kim", "reviewer_is_author": told, **MANAGER}, [UNREVIEWED]),
        ],
    )


def test_what_is_not_published_can_be_discarded(tell):
    tell(
        knowledge_article_workflow(),
        [
            ("discard", {}, ["cancellation_reason is missing"]),
            ("discard", {"cancellation_reason": "there is one already"}, "Discarded"),
        ],
    )
