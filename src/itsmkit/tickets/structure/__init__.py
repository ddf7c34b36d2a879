"""
People and structure: whom a desk serves, who works on it, and where.

Persons, support groups, organisations, sites, services and their offerings are values that name each other by
their ids. `Structure` is all of them together, checked as a whole.
"""

from itsmkit.tickets.structure.organisation import Organisation
from itsmkit.tickets.structure.person import Person, PersonKind
from itsmkit.tickets.structure.service import Criticality, Service, ServiceOffering
from itsmkit.tickets.structure.site import Site
from itsmkit.tickets.structure.skill import Skill
from itsmkit.tickets.structure.structure import Structure
from itsmkit.tickets.structure.support_group import SupportGroup

__all__ = [
    "Criticality",
    "Organisation",
    "Person",
    "PersonKind",
    "Service",
    "ServiceOffering",
    "Site",
    "Skill",
    "Structure",
    "SupportGroup",
]
