"""Attachments, kept by what is in them."""

from hashlib import sha256

import pytest

from itsmkit.errors import NotFoundError
from itsmkit.plugin import RowKind, Store
from itsmkit.testing.contracts.steps import Undo

__all__ = ["AttachmentContract"]


class AttachmentContract:
    """The content of an attachment comes back by its digest, byte for byte."""

    @pytest.mark.parametrize(
        "content",
        [b"", b"\x00", b"words", bytes(range(256)), b"x" * 2_000_000],
        ids=["empty", "a NUL", "text", "every byte", "two megabytes"],
    )
    def test_content_comes_back_by_its_digest(self, store: Store, content: bytes) -> None:
        with store.begin() as unit:
            digest = unit.attach(content)
        assert digest == sha256(content).hexdigest()
        assert store.attachment(digest) == content

    def test_the_same_content_is_kept_once(self, store: Store) -> None:
        with store.begin() as unit:
            first = unit.attach(b"words")
            assert unit.attach(b"words") == first
        with store.begin() as unit:
            assert unit.attach(b"words") == first
            other = unit.attach(b"other words")
        assert [store.attachment(digest) for digest in (first, other)] == [b"words", b"other words"]
        kept = [row.data["digest"] for row in store.dump() if row.kind is RowKind.ATTACHMENT]
        assert kept == sorted([first, other])

    def test_what_was_never_attached_is_not_found(self, store: Store) -> None:
        digest = ""
        with pytest.raises(Undo), store.begin() as unit:
            digest = unit.attach(b"words")
            raise Undo
        with pytest.raises(NotFoundError):
            store.attachment(digest)
