"""
Contract suites: what a back end promises, as tests that its author runs.

Subclass the suite, provide the fixture that it names, and let pytest collect the subclass:

.. code-block:: python

    class TestMyStore(StorageContract):
        @pytest.fixture
        def store(self) -> Store:
            return MyStore()

The suites need pytest, which itsmkit itself does not; that of stores needs hypothesis, too. Those of a part
of a store, such as `QueryContract`, can be run by themselves while a store is being made.
"""

from itsmkit.testing.contracts.attachments import AttachmentContract
from itsmkit.testing.contracts.configuration import ConfigurationContract
from itsmkit.testing.contracts.directory import A_STRUCTURE, DirectoryContract
from itsmkit.testing.contracts.dumps import DumpContract
from itsmkit.testing.contracts.erasing import ErasingContract
from itsmkit.testing.contracts.erasing_records import RecordErasingContract
from itsmkit.testing.contracts.feed import FeedContract
from itsmkit.testing.contracts.integrity import IntegrityContract
from itsmkit.testing.contracts.ledger import LedgerContract
from itsmkit.testing.contracts.notifiers import NotifierContract
from itsmkit.testing.contracts.numbers import NumberContract
from itsmkit.testing.contracts.outbox import OutboxContract
from itsmkit.testing.contracts.provisioners import ProvisionerContract
from itsmkit.testing.contracts.queries import QueryContract
from itsmkit.testing.contracts.records import RecordContract
from itsmkit.testing.contracts.search import SearchIndexContract
from itsmkit.testing.contracts.shifts import A_TEAM, OFFICE, DutyShiftsContract, ShiftsContract
from itsmkit.testing.contracts.staging import StagingContract
from itsmkit.testing.contracts.steps import (
    HOUR,
    LEASE,
    Undo,
    commented,
    deleted,
    done,
    entry,
    happened,
    insisting,
    kept,
    keys,
    lived,
    newest,
    recorded,
    rewritten,
    run_together,
    said,
    salt_of,
    salted,
    save,
    saved,
    staged,
)
from itsmkit.testing.contracts.storage import StorageContract
from itsmkit.testing.contracts.tenants import TenantContract
from itsmkit.testing.contracts.tickets import TicketContract
from itsmkit.testing.contracts.timers import TimerContract
from itsmkit.testing.contracts.waiting import WaitingContract
from itsmkit.testing.contracts.working_desk import DeskContract
from itsmkit.testing.discovery_contract import DiscoveryContract
from itsmkit.testing.kind_contract import KindContract

__all__ = [
    "A_STRUCTURE",
    "A_TEAM",
    "AttachmentContract",
    "ConfigurationContract",
    "DeskContract",
    "DirectoryContract",
    "DiscoveryContract",
    "DumpContract",
    "DutyShiftsContract",
    "ErasingContract",
    "FeedContract",
    "HOUR",
    "IntegrityContract",
    "KindContract",
    "LEASE",
    "LedgerContract",
    "NotifierContract",
    "NumberContract",
    "OFFICE",
    "OutboxContract",
    "ProvisionerContract",
    "QueryContract",
    "RecordContract",
    "RecordErasingContract",
    "SearchIndexContract",
    "ShiftsContract",
    "StagingContract",
    "StorageContract",
    "TenantContract",
    "TicketContract",
    "TimerContract",
    "Undo",
    "WaitingContract",
    "commented",
    "deleted",
    "done",
    "entry",
    "happened",
    "insisting",
    "kept",
    "keys",
    "lived",
    "newest",
    "recorded",
    "rewritten",
    "run_together",
    "said",
    "salt_of",
    "salted",
    "save",
    "saved",
    "staged",
]
