"""
What a store keeps, as documents: plain data that JSON holds without loss.

`to_document` writes a value of any of the types that a store is handed, `from_document` reads one that this
or an earlier release wrote. `canonical_bytes` and `digest` are the same for the same content.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit._documents import Form
    from itsmkit.plugin.documents._scalars import ValueForm
    from itsmkit.plugin.documents.canonical import canonical_bytes, digest
    from itsmkit.plugin.documents.cursor import Cursor
    from itsmkit.plugin.documents.documents import Document, Documents, DocumentType, Upgrade
    from itsmkit.plugin.documents.personal import (
        ERASED,
        Sealed,
        check_erasable,
        erased,
        erased_up_to,
        in_the_clear,
        is_erased,
        kept_by,
        problems_of_personal,
        seal,
        unseal,
    )
    from itsmkit.plugin.documents.rows import (
        StagedContradiction,
        StagedIdentity,
        StagedLoad,
        StagedLock,
        StagedRecord,
        StagingRow,
        staging_from_rows,
        staging_rows,
    )
    from itsmkit.plugin.documents.standard import (
        DOCUMENTS,
        from_document,
        to_document,
        to_plain,
        to_plain_detail,
    )

__all__ = [
    "Cursor",
    "DOCUMENTS",
    "Document",
    "DocumentType",
    "Documents",
    "ERASED",
    "Form",
    "Sealed",
    "StagedContradiction",
    "StagedIdentity",
    "StagedLoad",
    "StagedLock",
    "StagedRecord",
    "StagingRow",
    "Upgrade",
    "ValueForm",
    "canonical_bytes",
    "check_erasable",
    "digest",
    "erased",
    "erased_up_to",
    "from_document",
    "in_the_clear",
    "is_erased",
    "kept_by",
    "problems_of_personal",
    "seal",
    "staging_from_rows",
    "staging_rows",
    "to_document",
    "to_plain",
    "to_plain_detail",
    "unseal",
]

__getattr__, __dir__ = lazily(
    __name__,
    {
        "itsmkit._documents": ("Form",),
        "itsmkit.plugin.documents._scalars": ("ValueForm",),
        "itsmkit.plugin.documents.canonical": ("canonical_bytes", "digest"),
        "itsmkit.plugin.documents.documents": ("Document", "DocumentType", "Documents", "Upgrade"),
        "itsmkit.plugin.documents.personal": (
            "ERASED",
            "Sealed",
            "check_erasable",
            "erased",
            "erased_up_to",
            "in_the_clear",
            "is_erased",
            "kept_by",
            "problems_of_personal",
            "seal",
            "unseal",
        ),
        "itsmkit.plugin.documents.cursor": ("Cursor",),
        "itsmkit.plugin.documents.rows": (
            "StagedContradiction",
            "StagedIdentity",
            "StagedLoad",
            "StagedLock",
            "StagedRecord",
            "StagingRow",
            "staging_from_rows",
            "staging_rows",
        ),
        "itsmkit.plugin.documents.standard": (
            "DOCUMENTS",
            "from_document",
            "to_document",
            "to_plain",
            "to_plain_detail",
        ),
    },
)
