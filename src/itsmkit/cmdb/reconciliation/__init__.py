"""
From what several sources say to one configuration.

Records of several sources wait in a `StagingArea`, the newest of each. `reconcile` decides by
`ReconciliationRules` which of them are of one item and whose values hold, and can say why. It is a pure
function: nothing is lost by it, so that other rules give another configuration of the same records.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.cmdb.reconciliation._rule_checks import check_rules
    from itsmkit.cmdb.reconciliation.rules import (
        ANY_SOURCE,
        CI_CLASS,
        PLACEHOLDERS,
        IdentificationRule,
        IdentifierEntry,
        PrecedenceRule,
        ReconciliationRules,
        SourcePolicy,
    )
    from itsmkit.cmdb.reconciliation.rules_form import (
        load_reconciliation_rules,
        reconciliation_rules_from,
        reconciliation_rules_to_mapping,
    )
    from itsmkit.cmdb.reconciliation.staging import AttributeLock, Origin, StagingArea, records_of
    from itsmkit.cmdb.reconciliation.staging_form import (
        load_staging,
        save_staging,
        staging_from,
        staging_lines,
    )
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.cmdb.reconciliation._rule_checks": ("check_rules",),
            "itsmkit.cmdb.reconciliation.rules": (
                "ANY_SOURCE",
                "CI_CLASS",
                "IdentificationRule",
                "IdentifierEntry",
                "PLACEHOLDERS",
                "PrecedenceRule",
                "ReconciliationRules",
                "SourcePolicy",
            ),
            "itsmkit.cmdb.reconciliation.rules_form": (
                "load_reconciliation_rules",
                "reconciliation_rules_from",
                "reconciliation_rules_to_mapping",
            ),
            "itsmkit.cmdb.reconciliation.staging": ("AttributeLock", "Origin", "StagingArea", "records_of"),
            "itsmkit.cmdb.reconciliation.staging_form": (
                "load_staging",
                "save_staging",
                "staging_from",
                "staging_lines",
            ),
        },
    )

__all__ = [
    "ANY_SOURCE",
    "AttributeLock",
    "CI_CLASS",
    "IdentificationRule",
    "IdentifierEntry",
    "Origin",
    "PLACEHOLDERS",
    "PrecedenceRule",
    "ReconciliationRules",
    "SourcePolicy",
    "StagingArea",
    "check_rules",
    "load_reconciliation_rules",
    "load_staging",
    "reconciliation_rules_from",
    "reconciliation_rules_to_mapping",
    "records_of",
    "save_staging",
    "staging_from",
    "staging_lines",
]
