"""
Configuration items, their relations, and what a failure reaches.

A *provider* supports a *dependent*: impact flows from provider to dependent, diagnosis goes back.
"""

from itsmkit.cmdb.configuration_item import CIId, ConfigurationItem
from itsmkit.cmdb.errors import UnknownItemError
from itsmkit.cmdb.graph import ConfigurationGraph, DanglingRelation
from itsmkit.cmdb.relation import STANDARD_RELATION_TYPES, Flow, Relation, RelationType

__all__ = [
    "CIId",
    "ConfigurationGraph",
    "ConfigurationItem",
    "DanglingRelation",
    "Flow",
    "Relation",
    "RelationType",
    "STANDARD_RELATION_TYPES",
    "UnknownItemError",
]
