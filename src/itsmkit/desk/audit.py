"""What can be asked of a desk's own books: whether they are whole, and as they were written."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

from attrs import frozen

from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk.clock import Clock
from itsmkit.desk.config import DeskConfig
from itsmkit.errors import DefinitionError
from itsmkit.plugin import Store

if TYPE_CHECKING:
    from itsmkit.plugin.documents import Documents
    from itsmkit.plugin.verification import Anchor, Verification

__all__ = ["Audit", "OWN_SEALS", "counted"]

OWN_SEALS = 10
"""How many of the checkpoints that a store keeps itself it is held to: the newest."""

Row = TypeVar("Row")


@looking_at_arguments()
@frozen
class Audit:
    """
    Seals what a store keeps, and verifies it.

    Args:
        store: The store, of the tenant in question.
        clock: The desk's clock.
        config: The desk's rules.
        admit: Refuses what is not permitted; by default, nothing.
    """

    _store: Store
    _clock: Clock
    _config: DeskConfig
    _admit: Callable[[str], object] = lambda _operation: None

    def checkpoint(self) -> "Anchor":
        """
        Seal all that has happened until now, and return the seal.

        The store keeps it, too. But who can change the one there can change the other, so keep what is
        returned somewhere else: `Anchor.to_plain`.
        """
        from itsmkit.plugin.verification import Anchor  # noqa: PLC0415  documents are slow to load

        self._admit("audit.checkpoint")
        anchor = Anchor.of(self._store.tenant, self._store.heads(), self._clock())
        with self._store.begin() as unit:
            unit.save_checkpoint(anchor.checkpoint)
        return anchor

    def verify(
        self,
        anchors: "Iterable[Anchor]" = (),
        *,
        documents: "Documents | None" = None,
        progress: Callable[[int], object] | None = None,
    ) -> "Verification":
        """
        Find what is wrong with what the store keeps, while others go on working.

        It is held to *anchors*, and to the newest `OWN_SEALS` checkpoints that it keeps itself.

        Args:
            anchors: Checkpoints that are kept elsewhere.
            documents: What the documents are of, if the desk has kinds of tickets of its own.
            progress: Is told how many rows were looked at.

        Raises:
            DefinitionError: If an anchor is of another tenant.
        """
        self._admit("audit.verify")
        # Documents are slow to load.
        from itsmkit.plugin.documents import DOCUMENTS  # noqa: PLC0415
        from itsmkit.plugin.errors import DamagedStoreError  # noqa: PLC0415
        from itsmkit.plugin.verification import Anchor, verify  # noqa: PLC0415

        tenant = self._store.tenant
        given = tuple(anchors)
        strange = sorted({each.tenant for each in given if each.tenant != tenant})
        if strange:
            problem = (
                f"an anchor is of tenant {strange[0]!r}, and what is verified of {tenant!r}; give its own"
            )
            raise DefinitionError(problem)
        try:
            own = tuple(Anchor(tenant, each) for each in self._store.checkpoints()[-OWN_SEALS:])
        except DamagedStoreError:
            own = ()  # the dump comes to it, too
        seals = {each.checkpoint: each for each in (*own, *given)}  # one that knows its heads goes before
        return verify(
            counted(self._store.dump(), progress),
            seals.values(),
            prefixes=self._config.prefixes,
            documents=documents or DOCUMENTS,
        )


def counted(rows: Iterable[Row], progress: Callable[[int], object] | None) -> Iterator[Row]:
    """Go through *rows*, and tell *progress* after each how many there were."""
    for done, row in enumerate(rows, 1):
        yield row
        if progress is not None:
            progress(done)
