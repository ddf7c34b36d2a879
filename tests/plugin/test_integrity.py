"""Chains and roots, against definitions read straight from RFC 9162 and the module's own words."""

from datetime import UTC, datetime
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb.history import RecordKey
from itsmkit.errors import DefinitionError
from itsmkit.plugin import ChainHead, Checkpoint
from itsmkit.plugin.integrity import configuration_record, link, merkle_root, root_of, ticket_record
from itsmkit.tickets import TicketId


def tree_hash(leaves: list[bytes]) -> bytes:
    """Return the Merkle tree hash of RFC 9162, section 2.1.1, word by word."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while 2 * split < len(leaves):
        split *= 2
    return sha256(b"\x01" + tree_hash(leaves[:split]) + tree_hash(leaves[split:])).digest()


@given(st.lists(st.binary(max_size=4), max_size=70))
def test_the_root_is_that_of_the_rfc(leaves: list[bytes]) -> None:
    assert merkle_root(iter(leaves)) == tree_hash(leaves).hex()


@pytest.mark.parametrize(
    ("leaves", "root"),
    [
        # As the tests of Certificate Transparency have them.
        ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ([""], "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (["", "00"], "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        (["", "00", "10"], "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
    ],
)
def test_known_roots(leaves: list[str], root: str) -> None:
    assert merkle_root(map(bytes.fromhex, leaves)) == root


@given(st.lists(st.binary(max_size=3), min_size=1, max_size=9), st.data())
def test_a_changed_leaf_changes_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(leaves) - 1))
    other = data.draw(st.binary(max_size=3).filter(lambda leaf: leaf != leaves[place]))
    assert merkle_root(leaves) != merkle_root([*leaves[:place], other, *leaves[place + 1 :]])
    assert merkle_root(leaves) != merkle_root(leaves[:place] + leaves[place + 1 :])


def test_a_link_covers_the_document_and_all_before() -> None:
    first = link(None, b"one")
    assert first == sha256(b"\x02" + bytes(32) + b"one").hexdigest()
    second = link(first, b"two")
    assert second == sha256(b"\x02" + bytes.fromhex(first) + b"two").hexdigest()
    assert link(link(None, b"ONE"), b"two") != second


@given(st.lists(st.binary(max_size=3), min_size=2, max_size=6), st.data())
def test_whatever_is_changed_in_a_history_changes_its_head(history: list[bytes], data: st.DataObject) -> None:
    def head(documents: list[bytes]) -> str | None:
        digest = None
        for document in documents:
            digest = link(digest, document)
        return digest

    place = data.draw(st.integers(0, len(history) - 1))
    changed = data.draw(
        st.sampled_from(
            [
                [*history[:place], history[place] + b"!", *history[place + 1 :]],
                history[:place] + history[place + 1 :],
                [*history[:place], b"inserted", *history[place:]],
            ]
        )
    )
    assert head(changed) != head(history)


def test_the_root_over_heads_is_that_over_their_parts_as_json() -> None:
    heads = [ChainHead("ticket/b", 2, "ab" * 32), ChainHead("ticket/\u00e9", 1, "cd" * 32)]
    leaves = [
        b'["ticket/b",2,"' + b"ab" * 32 + b'"]',
        '["ticket/\u00e9",1,"'.encode() + b"cd" * 32 + b'"]',
    ]
    assert root_of(iter(heads)) == tree_hash(leaves).hex()
    assert root_of([]) == sha256().hexdigest()


def test_records_of_different_keys_have_different_names() -> None:
    keys = [RecordKey("item", ["a"]), RecordKey("override", ["a"]), RecordKey("item", ["a", "b"])]
    names = [configuration_record(key) for key in keys]
    assert names[0] == 'configuration/["item",["a"]]'
    assert len({*names, ticket_record(TicketId("a"))}) == 4


def test_a_checkpoint_is_of_an_instant() -> None:
    with pytest.raises(DefinitionError, match=r"Checkpoint\.at has no time zone"):
        Checkpoint(1, datetime(2026, 3, 2), 1, "")  # noqa: DTZ001  # that is what is wrong
    at = datetime.fromisoformat("2026-03-02T10:00+01:00")
    assert Checkpoint(1, at, 1, "").at.tzinfo is UTC
