"""Files that are attached to tickets."""

from attrs import field, frozen

from itsmkit._checks import named

__all__ = ["Attached", "Attachment", "Detached"]


@frozen
class Attachment:
    """
    A file that is attached to a ticket. Its content is kept by the store, under the digest.

    Args:
        digest: SHA-256 of the content, in hexadecimal digits.
        name: What the file is called.
        size: How many bytes it has.
        media_type: Such as ``"image/png"``.
        is_public: Whether the requester may see it.
    """

    digest: str = field(validator=named)
    name: str = field(validator=named)
    size: int
    media_type: str = "application/octet-stream"
    is_public: bool = True


@frozen
class Attached:
    """
    A file was attached to the ticket; one of the same content and name gives way to it.

    Args:
        attachment: The file.
    """

    attachment: Attachment


@frozen
class Detached:
    """
    A file belongs to the ticket no more.

    Args:
        attachment: The file.
    """

    attachment: Attachment
