"""
Languages: what people are told in their own, with the dates, durations, numbers and directions of it.

A `Message` is what is to be said, as a value; `Messages` say it in one language, to one reader; `Languages`
are those of a desk. Other languages than plain English need the extra ``languages``.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily
from itsmkit.languages.message import (
    Joined,
    Message,
    Sayable,
    Term,
    as_said,
    counted,
    joined,
    message,
    msgid,
    worded,
)
from itsmkit.languages.tag import LanguageTag, is_language_tag

if TYPE_CHECKING:
    from itsmkit.languages.bidi import Direction
    from itsmkit.languages.catalogue import SHIPPED
    from itsmkit.languages.languages import Languages
    from itsmkit.languages.messages import ENGLISH, Messages
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.languages.bidi": ("Direction",),
            "itsmkit.languages.catalogue": ("SHIPPED",),
            "itsmkit.languages.languages": ("Languages",),
            "itsmkit.languages.messages": ("ENGLISH", "Messages"),
        },
    )

__all__ = [
    "Direction",
    "ENGLISH",
    "Joined",
    "LanguageTag",
    "Languages",
    "Message",
    "Messages",
    "SHIPPED",
    "Sayable",
    "Term",
    "as_said",
    "counted",
    "is_language_tag",
    "joined",
    "message",
    "msgid",
    "worded",
]
