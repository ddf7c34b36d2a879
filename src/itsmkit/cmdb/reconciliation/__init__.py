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
    from itsmkit.cmdb.reconciliation.decision import IdentificationDecision, Outcome, RejectedEntry
    from itsmkit.cmdb.reconciliation.engine import reconcile
    from itsmkit.cmdb.reconciliation.findings import (
        ClashingClasses,
        ContradictingRecords,
        CyclicParents,
        DuplicateItems,
        IdentifierConflict,
        IdleLock,
        ReconciliationFinding,
        RepeatedIdentifier,
        SeveralValues,
        SplitItem,
        TwinRecords,
        UnknownClass,
        UnknownRelationType,
        UnresolvedRelation,
        UnsettledRecords,
    )
    from itsmkit.cmdb.reconciliation.matcher import Matcher
    from itsmkit.cmdb.reconciliation.outcome import Reconciliation
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
    from itsmkit.cmdb.reconciliation.values import EffectiveValue, RejectedValue
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.cmdb.reconciliation._rule_checks": ("check_rules",),
            "itsmkit.cmdb.reconciliation.decision": (
                "IdentificationDecision",
                "Outcome",
                "RejectedEntry",
            ),
            "itsmkit.cmdb.reconciliation.engine": ("reconcile",),
            "itsmkit.cmdb.reconciliation.findings": (
                "ClashingClasses",
                "ContradictingRecords",
                "CyclicParents",
                "DuplicateItems",
                "IdentifierConflict",
                "IdleLock",
                "ReconciliationFinding",
                "RepeatedIdentifier",
                "SeveralValues",
                "SplitItem",
                "TwinRecords",
                "UnknownClass",
                "UnknownRelationType",
                "UnresolvedRelation",
                "UnsettledRecords",
            ),
            "itsmkit.cmdb.reconciliation.matcher": ("Matcher",),
            "itsmkit.cmdb.reconciliation.outcome": ("Reconciliation",),
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
            "itsmkit.cmdb.reconciliation.staging": (
                "AttributeLock",
                "Origin",
                "StagingArea",
                "records_of",
            ),
            "itsmkit.cmdb.reconciliation.staging_form": (
                "load_staging",
                "save_staging",
                "staging_from",
                "staging_lines",
            ),
            "itsmkit.cmdb.reconciliation.values": (
                "EffectiveValue",
                "RejectedValue",
            ),
        },
    )

__all__ = [
    "ANY_SOURCE",
    "AttributeLock",
    "CI_CLASS",
    "ClashingClasses",
    "ContradictingRecords",
    "CyclicParents",
    "DuplicateItems",
    "EffectiveValue",
    "IdentificationDecision",
    "IdentificationRule",
    "IdentifierConflict",
    "IdentifierEntry",
    "IdleLock",
    "Matcher",
    "Origin",
    "Outcome",
    "PLACEHOLDERS",
    "PrecedenceRule",
    "Reconciliation",
    "ReconciliationFinding",
    "ReconciliationRules",
    "RejectedEntry",
    "RejectedValue",
    "RepeatedIdentifier",
    "SeveralValues",
    "SourcePolicy",
    "SplitItem",
    "StagingArea",
    "TwinRecords",
    "UnknownClass",
    "UnknownRelationType",
    "UnresolvedRelation",
    "UnsettledRecords",
    "check_rules",
    "load_reconciliation_rules",
    "load_staging",
    "reconcile",
    "reconciliation_rules_from",
    "reconciliation_rules_to_mapping",
    "records_of",
    "save_staging",
    "staging_from",
    "staging_lines",
]
