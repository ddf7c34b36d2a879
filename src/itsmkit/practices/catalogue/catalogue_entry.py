"""An entry of the service catalogue: what becomes of an item from its first draft until it is retired."""

from enum import StrEnum

from attrs import evolve, field, frozen

from itsmkit._checks import named
from itsmkit._problems import is_name
from itsmkit.errors import RefusedError
from itsmkit.practices.catalogue.catalogue_item import CatalogueItem
from itsmkit.practices.outcome import Outcome

__all__ = [
    "CatalogueEntry",
    "EntryState",
    "PublishedItem",
    "draft_item",
    "publish_item",
    "published_id",
    "published_item",
    "retire_item",
    "revise_item",
]


class EntryState(StrEnum):
    """How far an entry is."""

    DRAFT = "draft"
    """It was never published."""

    PUBLISHED = "published"
    RETIRED = "retired"
    """It is offered no more. What was ordered goes on."""


@frozen(kw_only=True)
class CatalogueEntry:
    """
    An entry of the catalogue.

    Args:
        id: The key of its item.
        draft: What is to be published next, if anything is.
        published: The version that is offered; ``None`` if none is.
        latest: The version that was published last; 0 if none was.
        version: How many events have made it.
    """

    id: str = field(validator=named)
    draft: CatalogueItem | None = None
    published: int | None = None
    latest: int = 0
    version: int = 0

    @property
    def state(self) -> EntryState:
        """How far it is."""
        if self.published is not None:
            return EntryState.PUBLISHED
        return EntryState.RETIRED if self.latest else EntryState.DRAFT


@frozen(kw_only=True)
class PublishedItem:
    """
    A version of an item that was published; it never changes.

    Args:
        id: Key and version, such as ``"laptop/3"``: see `published_id`.
        item: The item in this version.
        version: How many events have made it: one.
    """

    id: str = field(validator=named)
    item: CatalogueItem
    version: int = 0


def published_id(key: str, version: int) -> str:
    """Return what a published version of an item is called."""
    return f"{key}/{version}"


def draft_item(item: CatalogueItem) -> Outcome[CatalogueEntry]:
    """Begin an entry with the first draft of an item, whose version is 1 from now on."""
    return Outcome(CatalogueEntry(id=item.key, draft=evolve(item, version=1)), "ItemDrafted")


def revise_item(entry: CatalogueEntry, item: CatalogueItem) -> Outcome[CatalogueEntry]:
    """
    Replace the draft of an entry, or begin one for its next version. What is published stays as it is.

    Args:
        entry: The entry.
        item: The item as it shall be; its version becomes the one after the latest.

    Raises:
        RefusedError: If it is of another key.
    """
    if item.key != entry.id:
        refusal = (
            f"cannot revise {entry.id!r} by an item {item.key!r}; a key stays for ever, so draft another"
        )
        raise RefusedError(refusal)
    draft = evolve(item, version=entry.latest + 1)
    return Outcome(evolve(entry, draft=draft), "ItemRevised")


def publish_item(entry: CatalogueEntry) -> Outcome[CatalogueEntry]:
    """
    Offer the draft of an entry from now on, in place of what was offered before.

    Raises:
        RefusedError: If there is no draft.
    """
    if entry.draft is None:
        refusal = f"cannot publish {entry.id!r}: it has no draft; revise it first"
        raise RefusedError(refusal)
    version = entry.draft.version
    published = evolve(entry, draft=None, published=version, latest=version)
    return Outcome(published, "ItemPublished", {"version": version})


def published_item(entry: CatalogueEntry) -> Outcome[PublishedItem]:
    """
    Return the version that is published with the draft of *entry*, to be kept by itself.

    Raises:
        RefusedError: If there is no draft.
    """
    item = entry.draft
    if item is None:
        refusal = f"cannot publish {entry.id!r}: it has no draft; revise it first"
        raise RefusedError(refusal)
    return Outcome(PublishedItem(id=published_id(item.key, item.version), item=item), "VersionPublished")


def retire_item(entry: CatalogueEntry, reason: str) -> Outcome[CatalogueEntry]:
    """
    Offer an entry no more. What was ordered goes on, and a new version may be published.

    Raises:
        RefusedError: If nothing of it is offered, or no reason is said.
    """
    reasons = []
    if entry.published is None:
        reasons.append(f"cannot retire {entry.id!r}: it is {entry.state}, and not published")
    if not is_name(reason):
        reasons.append(f"cannot retire {entry.id!r}: say why in `reason`")
    if reasons:
        raise RefusedError(*reasons)
    return Outcome(evolve(entry, published=None), "ItemRetired", {"reason": reason})
