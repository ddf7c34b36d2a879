"""
Ready definitions as data: each pack is one TOML file, complete in itself and made to be copied.

=====================  ======================================================================
Pack                   What it describes
=====================  ======================================================================
``servicenow-audit``   How to relive the audit log of incidents that ServiceNow writes
=====================  ======================================================================

>>> from itsmkit import packs
>>> packs.names()
('servicenow-audit',)
>>> packs.load("servicenow-audit").name
'Incidents of a ServiceNow audit log'
"""

from itsmkit.packs.catalogue import load, names
from itsmkit.packs.errors import UnknownPackError

__all__ = ["UnknownPackError", "load", "names"]
