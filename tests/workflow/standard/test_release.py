from itsmkit.workflow.standard import release_workflow

MANAGER = {"actor_roles": ("release_manager",)}
PLANS = {"release_plan": "two waves", "back_out_plan": "the old image"}
WINDOW = {"planned_start": "2026-03-07T22:00Z", "planned_end": "2026-03-08T02:00Z"}
NOT_TESTED = "its test has not passed; test the build, or build it again"
NOT_ALL_APPROVED = "not all of its changes are approved; have them approved, or take them out"
NOT_VERIFIED = "what was deployed is not verified; verify it, or back it out"
NO_REVIEW = "its review has no result; say what it came to and what was learnt"


def test_a_release_goes_out_tested_with_all_its_changes_approved(tell):
    tell(
        release_workflow(),
        [
            (
                "build",
                {},
                ["release_plan is missing", "back_out_plan is missing", "needs the role release_manager"],
            ),
            ("build", {**PLANS, **MANAGER}, "Building"),
            ("test", {}, ["build is missing"]),
            ("test", {"build": "4.2.0"}, "Testing"),
            ("deploy", {}, ["legal here are accept, rebuild, cancel"]),
            ("accept", {"test_result": "failed", "changes_approved": False}, [NOT_TESTED, NOT_ALL_APPROVED]),
            ("rebuild", {"defects": "the login fails"}, "Building"),
            ("test", {"build": "4.2.1"}, "Testing"),
            ("accept", {"test_result": "passed"}, [NOT_ALL_APPROVED]),
            ("accept", {"changes_approved": True}, "Ready"),
            ("deploy", {}, ["planned_start is missing", "planned_end is missing"]),
            (
                "deploy",
                {**WINDOW, "change_freeze": True, "changes_approved": False},
                ["a change freeze holds; wait for its end", NOT_ALL_APPROVED],
            ),
            ("deploy", {"change_freeze": False, "changes_approved": True}, "Deploying"),
            ("finish", {"deployment_record": "both waves"}, [NOT_VERIFIED]),
            ("finish", {"verification_result": "passed"}, "Deployed"),
            ("close", {}, [NO_REVIEW]),
            ("close", {"review_result": "as planned"}, "Closed"),
        ],
    )


def test_a_release_is_backed_out_and_built_again(tell):
    ready = {"test_result": "passed", "changes_approved": True}
    tell(
        release_workflow(),
        [
            ("build", {**PLANS, **MANAGER}, "Building"),
            ("test", {"build": "4.2.0"}, "Testing"),
            ("accept", ready, "Ready"),
            ("deploy", WINDOW, "Deploying"),
            ("back_out", {"back_out_reason": "the second wave failed"}, "Backed Out"),
            ("rebuild", {"defects": "a migration locks"}, "Building"),
            ("test", {"build": "4.2.1", "test_result": None}, "Testing"),
            ("accept", {}, [NOT_TESTED]),
            ("accept", ready, "Ready"),
            ("deploy", {}, "Deploying"),
            ("finish", {"deployment_record": "both waves", "verification_result": "passed"}, "Deployed"),
            ("back_out", {}, "Backed Out"),
            ("close", {"review_result": "withdrawn; 4.3 follows"}, "Closed"),
        ],
    )


def test_a_release_can_be_cancelled_until_it_goes_out(tell):
    tell(
        release_workflow(),
        [
            ("build", {**PLANS, **MANAGER}, "Building"),
            ("cancel", {}, ["cancellation_reason is missing"]),
            ("cancel", {"cancellation_reason": "merged into 4.3"}, "Cancelled"),
        ],
    )
