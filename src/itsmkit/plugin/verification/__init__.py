"""
Whether what a store keeps is whole, and as it was written.

`verify` reads a dump row by row and tells what is wrong: events that were changed, dropped or put in,
tickets that are not what their history makes them, what belongs to nothing, and chains that are not those
that a checkpoint has sealed. `Anchor` is a checkpoint to keep somewhere else.

What is sealed is what happened: the documents of events. Timers, cursors, the outbox, the staging area, the
ledger and the series stand beside it; of these, it shows that they fit, and not that nobody changed them.
"""

from itsmkit.plugin.verification.anchors import ANCHOR_FORMAT, Anchor, anchor_from, checkpoints_in
from itsmkit.plugin.verification.findings import (
    MOST_KEPT,
    FindingKind,
    SealCheck,
    StoreFinding,
    Verification,
)
from itsmkit.plugin.verification.verifier import Verifier, verify

__all__ = [
    "ANCHOR_FORMAT",
    "Anchor",
    "FindingKind",
    "MOST_KEPT",
    "SealCheck",
    "StoreFinding",
    "Verification",
    "Verifier",
    "anchor_from",
    "checkpoints_in",
    "verify",
]
