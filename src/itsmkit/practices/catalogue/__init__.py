"""
The service catalogue: what is offered to whom, in versions, and how what was ordered is fulfilled.

An order keeps to the version that was published when it was placed, whatever becomes of the item. Its tasks
are tickets of their own, so that each team has its own clock; how they stand together is read from the
history of the order alone.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily
from itsmkit.practices.catalogue.approving import (
    APPROVER,
    NOBODY_STANDS_IN,
    OrderApproval,
    VoteAwaited,
    approval_notices,
    approval_of,
    as_approver,
    ask_for_approval,
    cast_ballot,
    told_to_vote,
    votes_awaited,
)
from itsmkit.practices.catalogue.catalogue_entry import (
    CatalogueEntry,
    EntryState,
    PublishedItem,
    draft_item,
    publish_item,
    published_id,
    published_item,
    retire_item,
    revise_item,
)
from itsmkit.practices.catalogue.catalogue_item import (
    MANAGER,
    MOST_TASKS,
    CatalogueItem,
    Per,
    RecurringPrice,
)
from itsmkit.practices.catalogue.directory import DirectoryLine, SupportHours, directory
from itsmkit.practices.catalogue.fulfilment import (
    Advance,
    OrderProgress,
    advance,
    progress_of,
    retry_task,
    skip_task,
    task_details,
)
from itsmkit.practices.catalogue.ordering import OrderForm, facts_of_order, fill_in, place_order

if TYPE_CHECKING:
    from itsmkit.practices.catalogue.mapping_form import (
        catalogue_item_from,
        catalogue_item_to_mapping,
        load_catalogue_item,
    )
else:
    # Only documents need cattrs, which is slow to load.
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.practices.catalogue.mapping_form": (
                "catalogue_item_from",
                "catalogue_item_to_mapping",
                "load_catalogue_item",
            )
        },
    )

__all__ = [
    "APPROVER",
    "Advance",
    "CatalogueEntry",
    "CatalogueItem",
    "DirectoryLine",
    "EntryState",
    "MANAGER",
    "MOST_TASKS",
    "NOBODY_STANDS_IN",
    "OrderApproval",
    "OrderForm",
    "OrderProgress",
    "Per",
    "PublishedItem",
    "RecurringPrice",
    "SupportHours",
    "VoteAwaited",
    "advance",
    "approval_notices",
    "approval_of",
    "as_approver",
    "ask_for_approval",
    "cast_ballot",
    "catalogue_item_from",
    "catalogue_item_to_mapping",
    "directory",
    "draft_item",
    "facts_of_order",
    "fill_in",
    "load_catalogue_item",
    "place_order",
    "progress_of",
    "publish_item",
    "published_id",
    "published_item",
    "retire_item",
    "retry_task",
    "revise_item",
    "skip_task",
    "task_details",
    "told_to_vote",
    "votes_awaited",
]
