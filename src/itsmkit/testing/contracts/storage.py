"""All that every store keeps."""

import pytest

from itsmkit.plugin import Store
from itsmkit.testing.contracts.attachments import AttachmentContract
from itsmkit.testing.contracts.configuration import ConfigurationContract
from itsmkit.testing.contracts.dumps import DumpContract
from itsmkit.testing.contracts.erasing import ErasingContract
from itsmkit.testing.contracts.erasing_records import RecordErasingContract
from itsmkit.testing.contracts.feed import FeedContract
from itsmkit.testing.contracts.integrity import IntegrityContract
from itsmkit.testing.contracts.ledger import LedgerContract
from itsmkit.testing.contracts.numbers import NumberContract
from itsmkit.testing.contracts.outbox import OutboxContract
from itsmkit.testing.contracts.queries import QueryContract
from itsmkit.testing.contracts.records import RecordContract
from itsmkit.testing.contracts.staging import StagingContract
from itsmkit.testing.contracts.tenants import TenantContract
from itsmkit.testing.contracts.tickets import TicketContract
from itsmkit.testing.contracts.timers import TimerContract
from itsmkit.testing.contracts.waiting import WaitingContract
from itsmkit.testing.contracts.working_desk import DeskContract

__all__ = ["StorageContract"]


class StorageContract(
    TicketContract,
    FeedContract,
    ConfigurationContract,
    RecordContract,
    StagingContract,
    NumberContract,
    TimerContract,
    OutboxContract,
    TenantContract,
    QueryContract,
    LedgerContract,
    AttachmentContract,
    IntegrityContract,
    ErasingContract,
    RecordErasingContract,
    DumpContract,
    WaitingContract,
    DeskContract,
):
    """
    What every store keeps: provide the fixture ``store``, a new and empty one for each test.

    The fixture ``other_store`` is another new and empty store; by default, another tenant of the same.
    Provide one of another kind to see that it can load what the store dumps.
    """

    @pytest.fixture
    def store(self) -> Store:
        """Return a new, empty store."""
        message = "subclass StorageContract and provide the fixture `store`"
        raise NotImplementedError(message)

    @pytest.fixture
    def other_store(self, store: Store) -> Store:
        """Return another new and empty store."""
        return store.of_tenant("other")
