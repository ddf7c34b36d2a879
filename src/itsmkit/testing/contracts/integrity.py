"""Chains of digests, and the checkpoints over them."""

from typing import Any

import pytest

from itsmkit.plugin import ChainHead, Checkpoint, Heads, PositionedEvent, Store
from itsmkit.plugin.documents import canonical_bytes, seal, to_document
from itsmkit.plugin.integrity import configuration_record, link, record_name, root_of, ticket_record
from itsmkit.testing.builders import A_MONDAY
from itsmkit.testing.contracts.steps import (
    HOUR,
    Undo,
    commented,
    kept,
    recorded,
    rewritten,
    said,
    save,
    saved,
)

__all__ = ["IntegrityContract"]


class IntegrityContract:
    """Every event is chained to the one before it."""

    def test_a_new_store_has_no_chains(self, store: Store) -> None:
        assert store.heads() == Heads(0, ())
        assert list(store.checkpoints()) == []

    def test_the_heads_are_those_of_the_histories(self, store: Store) -> None:
        assert store.heads() == chained(store)
        incident = saved(store)
        for number in ("b", "a", "\u00fc", "\uffff", "\U0001f600"):
            saved(store, number)
        with store.begin() as unit:
            save(unit, commented(incident), expected=1)
        assert store.heads() == chained(store)
        recorded(store, said("web-1"), said("\u00fc"), said("web-1", 2, there=False))
        assert store.heads() == chained(store)
        ann = kept(store, "ann")
        kept(store, "\uffff", kind="article")
        with store.begin() as unit:
            rewritten(unit, rewritten(unit, ann, name="Ann"), name="Anna")
        assert store.heads() == chained(store)
        assert len(store.heads().heads) == 10

    def test_a_conflict_or_an_exception_leaves_the_chains(self, store: Store) -> None:
        incident = saved(store)
        before = store.heads()
        with pytest.raises(Undo), store.begin() as unit:
            save(unit, commented(incident), expected=1)
            raise Undo
        assert store.heads() == before

    def test_checkpoints_come_back_in_the_order_of_their_making(self, store: Store) -> None:
        made = []
        for n in range(3):
            saved(store, f"INC-{n}")
            heads = store.heads()
            made.append(Checkpoint(heads.position, A_MONDAY - n * HOUR, n + 1, root_of(heads.heads)))
            with store.begin() as unit:
                unit.save_checkpoint(made[-1])
        with pytest.raises(Undo), store.begin() as unit:
            unit.save_checkpoint(made[0])
            raise Undo
        assert list(store.checkpoints()) == made
        assert len({checkpoint.root for checkpoint in made}) == 3
        assert list(store.checkpoints()) == made


def chained(store: Store) -> Heads:
    """Return the heads that the events of a store must have, from what it says of them elsewhere."""
    said: list[tuple[str, PositionedEvent[Any]]] = [
        (ticket_record(each.event.ticket_id), each) for each in store.events(after=0, limit=1000)
    ]
    said += [
        (configuration_record(each.event.record.key), each)
        for each in store.configuration_events(after=0, limit=1000)
    ]
    said += [
        (record_name(each.event.kind, each.event.id), each)
        for each in store.record_events(after=0, limit=1000)
    ]
    heads: dict[str, ChainHead] = {}
    for record, positioned in said:
        before = heads.get(record)
        previous, length = (None, 0) if before is None else (before.digest, before.sequence)
        digest = link(previous, canonical_bytes(seal(to_document(positioned.event)).document))
        heads[record] = ChainHead(record, length + 1, digest)
    newest = max((positioned.position for _, positioned in said), default=0)
    return Heads(newest, tuple(heads[record] for record in sorted(heads)))
