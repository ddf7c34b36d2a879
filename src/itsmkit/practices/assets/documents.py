"""
What a desk declares of its assets, as plain data for TOML and JSON.

.. code-block:: toml

    [[classes]]
    name = "laptop"
    holds_data = true                          # may be left out, as all below but names and keys

    [classes.depreciation]
    life_months = 36
    method = "straight line"                   # or "declining balance"
    residual = "0.1"                           # a share of the cost; as text, so that it is exact
    factor = "2"                               # of the declining balance
    rate = "0.3"                               # instead of the factor
    compounded_months = 12
    switch = true
    by = "month"                               # or "day"
    start = "full month"                       # or "mid-month", "exact day"
    rounding = "half up"                       # or "half even"

    [[contracts]]
    id = "C-7"
    name = "On-site repair"
    supplier = "Acme"
    assets = ["a-1", "a-2"]
    first_day = 2026-01-01
    last_day = 2026-12-31
    notice_days = 90
    price = "1200.00 EUR"
    price_per = "year"                         # or "month", "term"

    [[warranties]]
    asset = "a-1"
    provider = "Acme"
    last_day = 2028-03-01

    [[products]]
    name = "Office 2024"
    metric = "per user"                        # or "per device", "per core"
    may_run = ["Office 2021"]
    least_cores = 0

    [[products]]
    name = "Office 2021"
    metric = "per user"
"""

from pathlib import Path
from typing import Any

from attrs import field, frozen

from itsmkit._documents import load_document, structure, unstructure
from itsmkit._frozen import as_tuple
from itsmkit._problems import distinct_problems
from itsmkit.errors import DefinitionError
from itsmkit.practices.assets._plain_forms import FORMS
from itsmkit.practices.assets.asset_class import AssetClass
from itsmkit.practices.assets.coverage import Contract, Warranty
from itsmkit.practices.assets.licence_events import LicenceProduct, downgrade_problems

__all__ = [
    "AssetDocument",
    "asset_document_from",
    "asset_document_to_mapping",
    "load_asset_document",
]


@frozen
class AssetDocument:
    """
    What a desk declares of its assets.

    Args:
        classes: The classes that they may have.
        contracts: The contracts that cover them.
        warranties: What is promised for them.
        products: What licences are for.

    Raises:
        DefinitionError: With every class, contract and product that stands twice, and every product that may
            run what is unknown or counted otherwise.
    """

    classes: tuple[AssetClass, ...] = field(default=(), converter=as_tuple)
    contracts: tuple[Contract, ...] = field(default=(), converter=as_tuple)
    warranties: tuple[Warranty, ...] = field(default=(), converter=as_tuple)
    products: tuple[LicenceProduct, ...] = field(default=(), converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        problems = [
            *distinct_problems("classes", (each.name for each in self.classes)),
            *distinct_problems("contracts", (each.id for each in self.contracts)),
            *distinct_problems("products", (each.name for each in self.products)),
            *downgrade_problems({each.name: each for each in self.products}),
        ]
        if problems:
            raise DefinitionError(*problems)


def asset_document_from(document: object, *, where: str = "the assets") -> AssetDocument:
    """
    Return what *document* declares: the inverse of `asset_document_to_mapping`.

    Args:
        document: A mapping of plain data, such as TOML and JSON are read into.
        where: The name of what it was taken from, for the sentences of the problems.

    Raises:
        DefinitionError: With every problem, and where it stands.

    >>> asset_document_from({"classes": [{"name": "laptop", "hold_data": True}]})
    Traceback (most recent call last):
        ...
    itsmkit.errors.DefinitionError: the assets: classes[0].hold_data: is not known here; did you mean ...
    """
    return structure(AssetDocument, document, where=where, forms=FORMS)


def load_asset_document(path: str | Path) -> AssetDocument:
    """
    Return what a file declares: JSON if its name ends in ``.json``, TOML otherwise.

    Raises:
        DefinitionError: If the file cannot be read, or with every problem, and where it stands.
    """
    return asset_document_from(load_document(path), where=Path(path).name)


def asset_document_to_mapping(document: AssetDocument) -> dict[str, Any]:
    """Return *document* as plain data that TOML can hold: the inverse of `asset_document_from`."""
    plain: dict[str, Any] = unstructure(document, forms=FORMS)
    return plain
