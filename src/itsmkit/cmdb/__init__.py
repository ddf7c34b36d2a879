"""
Configuration items, their relations, and what a failure reaches.

A *provider* supports a *dependent*: impact flows from provider to dependent, diagnosis goes back. A
`ConfigurationGraph` answers for one moment; the packages beside it ask it further:

=============================  ==============================================================================
`itsmkit.cmdb.risk`            what rests on one thing alone, and what is redundant only on paper
`itsmkit.cmdb.change`          what changes put at risk, which of them collide, and when there is room
`itsmkit.cmdb.causes`          what explains the reports, and what to ask next
`itsmkit.cmdb.history`         what held when, what was known of it when, what differs, and how to merge it
`itsmkit.cmdb.reconciliation`  one configuration of what several sources say
`itsmkit.cmdb.health`          whether the data are complete, correct, as desired, and to be believed
`itsmkit.cmdb.diagrams`        service maps
=============================  ==============================================================================
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.cmdb.bridges import to_networkx, to_rustworkx
    from itsmkit.cmdb.class_model import (
        ANY_CLASS,
        OPEN_MODEL,
        AllowedRelation,
        CIClass,
        ClassModel,
        Facet,
        ImpactRule,
    )
    from itsmkit.cmdb.class_model_form import (
        class_model_from,
        class_model_to_mapping,
        load_class_model,
        standard_class_model,
    )
    from itsmkit.cmdb.cold_start import ColdStart
    from itsmkit.cmdb.configuration_document import ConfigurationDocument
    from itsmkit.cmdb.configuration_item import CIId, ConfigurationItem
    from itsmkit.cmdb.errors import UnknownItemError, UnknownRecordError
    from itsmkit.cmdb.findings import (
        AttributeFault,
        AttributeProblem,
        BrokenCardinality,
        DanglingRelation,
        GovernanceViolation,
        GraphFinding,
        UnmetRule,
        UnrelatedMembers,
    )
    from itsmkit.cmdb.graph import ConfigurationGraph
    from itsmkit.cmdb.impact import Impact, Presentation
    from itsmkit.cmdb.json_schema import class_model_schema, configuration_schema
    from itsmkit.cmdb.levels import IGNORED, SAME, STANDARD_LEVELS, Effect, LevelChain, capped
    from itsmkit.cmdb.live_impact import LiveImpact
    from itsmkit.cmdb.mapping_form import configuration_from, load_configuration, to_mapping
    from itsmkit.cmdb.model_findings import (
        ClassWithoutDependents,
        IdleImpactRule,
        ModelFinding,
        UnkeepableOrphanRule,
    )
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
    from itsmkit.cmdb.source_record import LookUp, SourceRecord, SourceRelation
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.cmdb.bridges": (
                "to_networkx",
                "to_rustworkx",
            ),
            "itsmkit.cmdb.class_model": (
                "ANY_CLASS",
                "AllowedRelation",
                "CIClass",
                "ClassModel",
                "Facet",
                "ImpactRule",
                "OPEN_MODEL",
            ),
            "itsmkit.cmdb.class_model_form": (
                "class_model_from",
                "class_model_to_mapping",
                "load_class_model",
                "standard_class_model",
            ),
            "itsmkit.cmdb.cold_start": ("ColdStart",),
            "itsmkit.cmdb.configuration_document": ("ConfigurationDocument",),
            "itsmkit.cmdb.configuration_item": (
                "CIId",
                "ConfigurationItem",
            ),
            "itsmkit.cmdb.errors": ("UnknownItemError", "UnknownRecordError"),
            "itsmkit.cmdb.findings": (
                "AttributeFault",
                "AttributeProblem",
                "BrokenCardinality",
                "DanglingRelation",
                "GovernanceViolation",
                "GraphFinding",
                "UnmetRule",
                "UnrelatedMembers",
            ),
            "itsmkit.cmdb.graph": ("ConfigurationGraph",),
            "itsmkit.cmdb.impact": (
                "Impact",
                "Presentation",
            ),
            "itsmkit.cmdb.json_schema": (
                "class_model_schema",
                "configuration_schema",
            ),
            "itsmkit.cmdb.levels": (
                "Effect",
                "IGNORED",
                "LevelChain",
                "SAME",
                "STANDARD_LEVELS",
                "capped",
            ),
            "itsmkit.cmdb.live_impact": ("LiveImpact",),
            "itsmkit.cmdb.mapping_form": (
                "configuration_from",
                "load_configuration",
                "to_mapping",
            ),
            "itsmkit.cmdb.model_findings": (
                "ClassWithoutDependents",
                "IdleImpactRule",
                "ModelFinding",
                "UnkeepableOrphanRule",
            ),
            "itsmkit.cmdb.proof": (
                "Proof",
                "ProofStep",
                "Shortfall",
            ),
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
            "itsmkit.cmdb.relation": (
                "Flow",
                "Relation",
                "RelationType",
                "STANDARD_RELATION_TYPES",
            ),
            "itsmkit.cmdb.seed": (
                "Override",
                "Provenance",
                "Seed",
            ),
            "itsmkit.cmdb.source_record": (
                "LookUp",
                "SourceRecord",
                "SourceRelation",
            ),
        },
    )

__all__ = [
    "ANY_CLASS",
    "AllNeeded",
    "AllowedRelation",
    "AnySuffices",
    "AtLeast",
    "AttributeFault",
    "AttributeProblem",
    "BrokenCardinality",
    "CIClass",
    "CIId",
    "ClassModel",
    "ClassWithoutDependents",
    "Clause",
    "Clauses",
    "ColdStart",
    "ConfigurationDocument",
    "ConfigurationGraph",
    "ConfigurationItem",
    "DanglingRelation",
    "Effect",
    "Facet",
    "Flow",
    "GovernanceViolation",
    "GraphFinding",
    "IGNORED",
    "IdleImpactRule",
    "Impact",
    "ImpactRule",
    "Influence",
    "LevelChain",
    "LiveImpact",
    "LookUp",
    "ModelFinding",
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
    "SourceRecord",
    "SourceRelation",
    "UnkeepableOrphanRule",
    "UnknownItemError",
    "UnknownRecordError",
    "UnmetRule",
    "UnrelatedMembers",
    "WeightedNeed",
    "capped",
    "class_model_from",
    "class_model_schema",
    "class_model_to_mapping",
    "configuration_from",
    "configuration_schema",
    "load_class_model",
    "load_configuration",
    "standard_class_model",
    "to_mapping",
    "to_networkx",
    "to_rustworkx",
]
