"""All agreements of a desk as one value, which a file can hold."""

from collections.abc import Container, Iterable, Mapping
from itertools import chain as chained
from os import PathLike
from pathlib import Path

from attrs import field, frozen

from itsmkit._frozen import EMPTY, as_tuple, frozen_dict
from itsmkit.calendars import BusinessTime
from itsmkit.errors import DefinitionError
from itsmkit.sla.agreement import ServiceLevelAgreement
from itsmkit.sla.leg_chain import LegChain
from itsmkit.sla.legs import OperationalLevelAgreement, UnderpinningContract

__all__ = [
    "AgreementBook",
    "agreements_from",
    "agreements_to_mapping",
    "load_agreements",
]


@frozen
class AgreementBook:
    """
    All that a desk has promised, and in which hours.

    Args:
        calendars: The calendars, by name.
        agreements: The service-level agreements, in order.
        legs: What teams and suppliers promise for their legs.
        chains: The legs that promises are made of.

    Raises:
        DefinitionError: With each calendar that is used and not among *calendars*, and each leg of a chain
            that is not among *legs*.
    """

    calendars: Mapping[str, BusinessTime] = field(default=EMPTY, converter=frozen_dict)
    agreements: tuple[ServiceLevelAgreement, ...] = field(default=(), converter=as_tuple)
    legs: tuple[OperationalLevelAgreement | UnderpinningContract, ...] = field(default=(), converter=as_tuple)
    chains: tuple[LegChain, ...] = field(default=(), converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        known = list(self.calendars.values())
        problems = [
            f"{what} {user.name!r} counts in a calendar that is not in the book; add it to calendars"
            for what, users in (("agreement", self.agreements), ("leg", self.legs))
            for user in users
            if any(calendar not in known for calendar in _calendars_of(user))
        ]
        problems += [
            f"the chain for {chain.clock!r} has the leg {leg.name!r}, which is not in the book; add it"
            for chain in self.chains
            for leg in chain.legs
            if leg not in self.legs
        ]
        if problems:
            raise DefinitionError(*problems)


def load_agreements(
    source: "str | PathLike[str] | Mapping[str, object]", *, ignoring: Container[str] = ()
) -> AgreementBook:
    """
    Return the agreements that *source* describes.

    Args:
        source: The path of a TOML file, or a mapping of the same shape: see `itsmkit.sla.mapping_form`.
        ignoring: Tables that may stand beside them, such as those of a desk.

    Raises:
        DefinitionError: With every fault, each with its path.
    """
    if isinstance(source, Mapping):
        return agreements_from(source, ignoring=ignoring)
    from itsmkit._documents import load_toml  # noqa: PLC0415  cattrs is slow to load, and clocks need none

    path = Path(source)
    return agreements_from(load_toml(path), where=path.name, ignoring=ignoring)


def agreements_from(
    plain: Mapping[str, object], *, where: str = "the agreements", ignoring: Container[str] = ()
) -> AgreementBook:
    """
    Return the agreements that *plain* describes: the inverse of `agreements_to_mapping`.

    Args:
        plain: A mapping of plain data, such as TOML and JSON are read into: see `itsmkit.sla.mapping_form`.
        where: The name of the document, for the sentences of the faults.
        ignoring: Tables that may stand beside them.

    Raises:
        DefinitionError: With every fault, each with its path.

    >>> agreements_from({"agreements": [{"name": "Gold", "targets": [{"clock": "resolve", "within": "8"}]}]})
    Traceback (most recent call last):
        ...
    itsmkit.errors.DefinitionError: 2 problems:
    - the agreements: agreements[0].calendar: is missing
    - the agreements: agreements[0].targets[0].within: must be a duration such as '8h', ..., not '8'
    """
    from itsmkit.sla.mapping_form import read_book  # noqa: PLC0415  as above

    return read_book(plain, where, ignoring)


def agreements_to_mapping(book: AgreementBook) -> dict[str, object]:
    """
    Return *book* as plain data that TOML and JSON can hold: the inverse of `agreements_from`.

    What is the default is left out.

    Raises:
        DefinitionError: If a calendar is no `BusinessCalendar`: what is composed has no plain form.
    """
    from itsmkit.sla.mapping_form import plain_book  # noqa: PLC0415  as above

    return plain_book(book)


def _calendars_of(
    user: ServiceLevelAgreement | OperationalLevelAgreement | UnderpinningContract,
) -> Iterable[BusinessTime]:
    rules = user.calendars if isinstance(user, ServiceLevelAgreement) else ()
    return chained((user.calendar,), (rule.calendar for rule in rules))
