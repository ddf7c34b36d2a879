"""How much one file may ask for."""

from attrs import field, fields, frozen

from itsmkit._problems import shown
from itsmkit.errors import DefinitionError

__all__ = ["ImportLimits"]

_MEBI = 1 << 20


@frozen(kw_only=True)
class ImportLimits:
    """
    What an inventory may have at most, so that no file of others exhausts the memory.

    Args:
        file_bytes: The bytes of the file; of one that is compressed, after unpacking.
        record_length: The characters of one record, which is held in memory as a whole.
        text_length: The characters of one text.
        digits: The digits of one number.
        depth: How deep lists and tables lie in each other.
        items: How many values one record has, all those in its lists and tables counted, and each repetition
            of what an alias of YAML stands for.
        findings: How many records that are left out are told one by one; the rest are only counted.

    Raises:
        DefinitionError: With each that is no whole number above 0.
    """

    file_bytes: int = 16 * 1024 * _MEBI
    record_length: int = 256 * _MEBI
    text_length: int = 16 * _MEBI
    digits: int = 400
    depth: int = 100
    items: int = 5_000_000
    findings: int = field(default=1000)

    def __attrs_post_init__(self) -> None:
        problems = [
            f"limits: {each.name}: must be a whole number above 0, not {shown(getattr(self, each.name))}"
            for each in fields(ImportLimits)
            if type(getattr(self, each.name)) is not int or getattr(self, each.name) < 1
        ]
        if problems:
            raise DefinitionError(*problems)
