"""Canned replies: what is written to requesters again and again."""

from collections.abc import Iterator

from attrs import frozen

from itsmkit._problems import instance_problems
from itsmkit.practices.work_aids._aid import Aid
from itsmkit.practices.work_aids.placeholders import text_problems

__all__ = ["CannedReply"]


@frozen(kw_only=True, slots=False)
class CannedReply(Aid):
    """
    A reply that is written again and again.

    Args:
        text: The words; where they have a place such as ``{requester}``, the fact of the ticket is put there.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    text: str

    def _problems(self) -> Iterator[str]:
        wrong = [*instance_problems("text", self.text, str)]
        yield from wrong
        if wrong:
            return
        if not self.text.strip():
            yield "text: there is none"
        yield from text_problems("text", self.text)
