"""
Configuration items, their relations, and what a failure reaches.

A *provider* supports a *dependent*: impact flows from provider to dependent, diagnosis goes back.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.cmdb.class_model import (
        ANY_CLASS,
        AllowedRelation,
        CIClass,
        ClassModel,
        Facet,
        ImpactRule,
    )
    from itsmkit.cmdb.configuration_item import CIId, ConfigurationItem
    from itsmkit.cmdb.errors import UnknownItemError
    from itsmkit.cmdb.findings import (
        DanglingRelation,
        GovernanceViolation,
        GraphFinding,
        UnmetRule,
        UnrelatedMembers,
    )
    from itsmkit.cmdb.graph import OPEN_MODEL, ConfigurationGraph
    from itsmkit.cmdb.impact import Impact, Presentation
    from itsmkit.cmdb.levels import IGNORED, SAME, STANDARD_LEVELS, Effect, LevelChain, capped
    from itsmkit.cmdb.proof import Proof, ProofStep, Shortfall
    from itsmkit.cmdb.redundancy import (
        AllNeeded,
        AnySuffices,
        AtLeast,
        Clause,
        Clauses,
        Influence,
        PercentUp,
        RedundancyRule,
        RedundancySet,
        WeightedNeed,
    )
    from itsmkit.cmdb.relation import STANDARD_RELATION_TYPES, Flow, Relation, RelationType
    from itsmkit.cmdb.seed import Override, Provenance, Seed
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.cmdb.class_model": (
                "ANY_CLASS",
                "AllowedRelation",
                "CIClass",
                "ClassModel",
                "Facet",
                "ImpactRule",
            ),
            "itsmkit.cmdb.configuration_item": ("CIId", "ConfigurationItem"),
            "itsmkit.cmdb.errors": ("UnknownItemError",),
            "itsmkit.cmdb.findings": (
                "DanglingRelation",
                "GovernanceViolation",
                "GraphFinding",
                "UnmetRule",
                "UnrelatedMembers",
            ),
            "itsmkit.cmdb.graph": ("OPEN_MODEL", "ConfigurationGraph"),
            "itsmkit.cmdb.impact": ("Impact", "Presentation"),
            "itsmkit.cmdb.levels": ("IGNORED", "SAME", "STANDARD_LEVELS", "Effect", "LevelChain", "capped"),
            "itsmkit.cmdb.proof": ("Proof", "ProofStep", "Shortfall"),
            "itsmkit.cmdb.redundancy": (
                "AllNeeded",
                "AnySuffices",
                "AtLeast",
                "Clause",
                "Clauses",
                "Influence",
                "PercentUp",
                "RedundancyRule",
                "RedundancySet",
                "WeightedNeed",
            ),
            "itsmkit.cmdb.relation": ("STANDARD_RELATION_TYPES", "Flow", "Relation", "RelationType"),
            "itsmkit.cmdb.seed": ("Override", "Provenance", "Seed"),
        },
    )

__all__ = [
    "ANY_CLASS",
    "AllNeeded",
    "AllowedRelation",
    "AnySuffices",
    "AtLeast",
    "CIClass",
    "CIId",
    "ClassModel",
    "Clause",
    "Clauses",
    "ConfigurationGraph",
    "ConfigurationItem",
    "DanglingRelation",
    "Effect",
    "Facet",
    "Flow",
    "GovernanceViolation",
    "GraphFinding",
    "IGNORED",
    "Impact",
    "ImpactRule",
    "Influence",
    "LevelChain",
    "OPEN_MODEL",
    "Override",
    "PercentUp",
    "Presentation",
    "Proof",
    "ProofStep",
    "Provenance",
    "RedundancyRule",
    "RedundancySet",
    "Relation",
    "RelationType",
    "SAME",
    "STANDARD_LEVELS",
    "STANDARD_RELATION_TYPES",
    "Seed",
    "Shortfall",
    "UnknownItemError",
    "UnmetRule",
    "UnrelatedMembers",
    "WeightedNeed",
    "capped",
]
