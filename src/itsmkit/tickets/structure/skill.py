"""Skills: what people can do, how well, and for how long that is certified."""

from datetime import datetime

from attrs import field, frozen
from attrs.validators import optional

from itsmkit._checks import aware_instant, in_utc_if_any, named
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError

__all__ = ["MAX_LEVEL", "Skill"]

MAX_LEVEL = 10
"""How many levels a skill has at most."""


@frozen
class Skill:
    """
    That somebody can do something, at a level, for as long as a certificate says so.

    Args:
        name: What it is called in the house, such as ``"network"``.
        level: How well, from 1 for who can do it at all to `MAX_LEVEL`; what each means is up to the house.
        valid_from: From when on it counts, aware; left out, always.
        valid_until: Until when it counts, not included, aware; left out, for good.

    Raises:
        DefinitionError: With everything that is wrong, such as a certificate that ends before it begins.

    >>> from datetime import UTC, datetime
    >>> certified = Skill("network", 3, valid_until=datetime(2026, 7, 1, tzinfo=UTC))
    >>> certified.is_valid_at(datetime(2026, 6, 30, tzinfo=UTC)), certified.is_valid_at(certified.valid_until)
    (True, False)
    """

    name: str = field(validator=named)
    level: int = 1
    valid_from: datetime | None = field(
        default=None, kw_only=True, converter=in_utc_if_any, validator=optional(aware_instant)
    )
    valid_until: datetime | None = field(
        default=None, kw_only=True, converter=in_utc_if_any, validator=optional(aware_instant)
    )

    def __attrs_post_init__(self) -> None:
        problems = []
        if type(self.level) is not int or not 1 <= self.level <= MAX_LEVEL:
            problems.append(
                f"Skill.level must be a whole number from 1 to {MAX_LEVEL}, not {shown(self.level)}"
            )
        since, until = self.valid_from, self.valid_until
        if since is not None and until is not None and until <= since:
            problems.append(
                f"Skill.valid_until: {self.name!r} is valid until {until.isoformat()}, and only from "
                f"{since.isoformat()} on"
            )
        if problems:
            raise DefinitionError(*problems)

    def is_valid_at(self, instant: datetime) -> bool:
        """Tell whether it counts at *instant*, which is aware."""
        return (self.valid_from is None or self.valid_from <= instant) and (
            self.valid_until is None or instant < self.valid_until
        )
