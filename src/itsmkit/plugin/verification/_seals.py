"""Whether the chains are those that anchors have sealed."""

from collections.abc import Iterator
from itertools import islice

from itsmkit._figures import plural
from itsmkit.plugin.integrity import ChainHead, root_of
from itsmkit.plugin.verification._chains import Chains
from itsmkit.plugin.verification.anchors import Anchor
from itsmkit.plugin.verification.findings import MOST_KEPT, FindingKind, StoreFinding

__all__ = ["broken_seal"]


def broken_seal(
    anchor: Anchor, chains: Chains, *, end: int, last_good: int | None
) -> tuple[StoreFinding, ...]:
    """
    Return what is wrong with the chains by an anchor: nothing, or the seal, and what is known by name.

    Args:
        anchor: The anchor.
        chains: The chains, read to the end. If the anchor is not older than the newest event, its position
            need not be one of their boundaries.
        end: The position of the newest event.
        last_good: The position of the newest anchor before this one that holds, if there is any.
    """
    checkpoint = anchor.checkpoint
    position = None if checkpoint.position >= end else checkpoint.position
    heads = tuple(chains.heads(position))
    if root_of(heads) == checkpoint.root and len(heads) == checkpoint.records and checkpoint.position <= end:
        return ()
    made = f"{checkpoint.at:%Y-%m-%d %H:%M:%S} UTC"
    told = [f"the checkpoint of {made}, which covers position {checkpoint.position}, does not hold"]
    if checkpoint.position > end:
        told.append(f"the newest event that is there has position {end}")
    if len(heads) != checkpoint.records:
        told.append(f"it sealed {plural(checkpoint.records, 'record')}, and {len(heads)} stand there")
    if last_good is not None:
        told.append(f"the one of position {last_good} holds, so that it was changed after that one was made")
    seal = StoreFinding(FindingKind.BROKEN_SEAL, ": ".join((told[0], "; ".join(told[1:]) or _UNNAMED)))
    return (seal, *islice(_by_name(anchor.heads or (), heads), MOST_KEPT - 1))


_UNNAMED = "events were changed, dropped or put in before it"


def _by_name(sealed: tuple[ChainHead, ...], heads: tuple[ChainHead, ...]) -> Iterator[StoreFinding]:
    if not sealed:
        return
    there = {head.record: head for head in heads}
    for was in sealed:
        now = there.pop(was.record, None)
        if now is None:
            problem = f"it is gone, with {plural(was.sequence, 'event')} that the checkpoint has sealed"
        elif now.sequence < was.sequence:
            problem = f"it was cut off: {was.sequence} events were sealed, and {now.sequence} are there"
        elif now.sequence > was.sequence:
            problem = f"{now.sequence} events are there, and {was.sequence} were sealed: others were put in"
        elif now.digest != was.digest:
            problem = f"one of its events up to {was.sequence} was changed after it was sealed"
        else:
            continue
        yield StoreFinding(FindingKind.BROKEN_SEAL, problem, record=was.record)
    for stranger in there:
        problem = "it was put in: it has events from before the checkpoint, which has sealed none of it"
        yield StoreFinding(FindingKind.BROKEN_SEAL, problem, record=stranger)
