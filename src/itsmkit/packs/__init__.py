"""
Ready definitions as data: each pack is complete in itself, and made to be copied.

=====================  ======================================================================
Pack                   What it describes
=====================  ======================================================================
``hr``                 A personnel office: what colleagues ask it, and what nobody else sees
``it``                 An IT service desk: categories, agreements, a catalogue to begin with
``servicenow-audit``   How to relive the audit log of incidents that ServiceNow writes
=====================  ======================================================================

The tables of a configuration stand in ``<name>.toml``, the records that are kept on the desk in
``records/<name>.toml``. No pack needs another.

>>> from itsmkit import packs
>>> packs.names()
('hr', 'it', 'servicenow-audit')
>>> packs.load("servicenow-audit").name
'Incidents of a ServiceNow audit log'
>>> packs.pack("hr").title
'Human resources'
"""

from itsmkit.packs._article import PackArticle
from itsmkit.packs._pack import Pack
from itsmkit.packs.catalogue import load, names, pack, text
from itsmkit.packs.combining import combined
from itsmkit.packs.errors import UnknownPackError
from itsmkit.packs.installing import InstallReport, PackRecord, install

__all__ = [
    "InstallReport",
    "Pack",
    "PackArticle",
    "PackRecord",
    "UnknownPackError",
    "combined",
    "install",
    "load",
    "names",
    "pack",
    "text",
]

hr: Pack
"""The pack ``hr``, read anew each time."""

it: Pack
"""The pack ``it``, read anew each time."""


def __getattr__(name: str) -> Pack:
    if name in ("hr", "it"):
        return pack(name)
    problem = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(problem)
