import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit._documents import toml_text
from itsmkit.errors import DefinitionError
from itsmkit.money import Money
from itsmkit.practices.assets import (
    AssetClass,
    AssetDocument,
    Contract,
    DepreciationMethod,
    DepreciationTerms,
    LicenceMetric,
    LicenceProduct,
    PricePer,
    Proration,
    StartConvention,
    Warranty,
    asset_document_from,
    asset_document_to_mapping,
    documents,
    load_asset_document,
)

EXAMPLE = str(documents.__doc__).split(".. code-block:: toml\n")[1]


def test_the_example_of_the_module_is_read(tmp_path: Path) -> None:
    file = tmp_path / "assets.toml"
    file.write_text(EXAMPLE, "utf-8")
    document = load_asset_document(file)
    assert document == AssetDocument(
        classes=[
            AssetClass(
                "laptop",
                depreciation=DepreciationTerms(life_months=36, residual=Decimal("0.1"), rate=Decimal("0.3")),
            )
        ],
        contracts=[
            Contract(
                id="C-7",
                name="On-site repair",
                supplier="Acme",
                assets=["a-1", "a-2"],
                first_day=date(2026, 1, 1),
                last_day=date(2026, 12, 31),
                notice_days=90,
                price=Money(1200, "EUR"),
            )
        ],
        warranties=[Warranty(asset="a-1", provider="Acme", last_day=date(2028, 3, 1))],
        products=[
            LicenceProduct("Office 2024", LicenceMetric.PER_USER, may_run=["Office 2021"]),
            LicenceProduct("Office 2021", LicenceMetric.PER_USER),
        ],
    )


def test_a_document_is_written_as_toml_holds_it() -> None:
    document = AssetDocument(
        [AssetClass("laptop", depreciation=DepreciationTerms(life_months=36, residual=Decimal("0.1")))],
        [Contract(id="C-7", name="Repair", supplier="Acme", notice_days=90)],
    )
    plain = asset_document_to_mapping(document)
    assert plain["classes"][0]["depreciation"]["residual"] == "0.1"  # which TOML would have as a float
    assert "price" not in plain["contracts"][0]  # TOML has nothing that says nothing
    assert asset_document_from(tomllib.loads(toml_text(plain))) == document


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(DefinitionError) as caught:
        asset_document_from(
            {
                "classes": [
                    {"name": "a", "depreciation": {"life_months": 0, "by": "week", "residual": 0.1}},
                    {"name": "b", "depreciation": {"life_months": 0, "factor": "many", "rate": 2}},
                ],
                "contracts": [
                    {"id": "C", "name": "x", "supplier": "y", "price": "1,50 EUR", "notice_days": -1}
                ],
                "products": [{"name": "p", "metric": "per head"}, {"nam": "q"}],
                "licences": [],
            },
            where="assets.toml",
        )
    exact = "must be a number as text, such as '0.1', so that it is exact"
    metrics = "'per user', 'per device', 'per core'"
    money = "must be an amount and a currency, such as '1234.50 EUR'"
    assert caught.value.problems == (
        f"assets.toml: classes[0].depreciation.residual: {exact}, not float 0.1",
        "assets.toml: classes[0].depreciation.by: must be one of 'month', 'day', not 'week'",
        f"assets.toml: classes[1].depreciation.factor: {exact}, not str 'many'",
        f"assets.toml: contracts[0].price: {money}, not str '1,50 EUR'",
        f"assets.toml: products[0].metric: must be one of {metrics}, not 'per head'",
        "assets.toml: products[1].name: is missing",
        "assets.toml: products[1].nam: is not known here; did you mean name?",
        "assets.toml: licences: is not known here; known are classes, contracts, products, warranties",
    )


def test_what_stands_twice_is_refused() -> None:
    product = LicenceProduct("p", may_run=["q"])
    contract = Contract(id="C", name="x", supplier="y")
    with pytest.raises(DefinitionError) as caught:
        AssetDocument([AssetClass("a"), AssetClass("a")], [contract] * 2, products=[product] * 2)
    assert caught.value.problems == (
        "classes: 'a' stands there more than once",
        "contracts: 'C' stands there more than once",
        "products: 'p' stands there more than once",
        "p may run 'q', which is unknown; known: p",
    )


names = st.sampled_from(["a", "b c", "ü"])
decimals = st.decimals(Decimal("0.01"), Decimal("0.99"), places=3)
days = st.none() | st.dates(date(2020, 1, 1), date(2024, 1, 1))
later_days = st.none() | st.dates(date(2025, 1, 1), date(2030, 1, 1))
terms = st.builds(
    DepreciationTerms,
    life_months=st.integers(1, 99),
    method=st.sampled_from(DepreciationMethod),
    residual=decimals,
    factor=decimals,
    rate=st.none() | decimals,
    compounded_months=st.integers(1, 12),
    switch=st.booleans(),
    by=st.sampled_from(Proration),
    start=st.sampled_from(StartConvention),
)


def products_of(metric: LicenceMetric, older: list[str]) -> list[LicenceProduct]:
    return [LicenceProduct("p", metric, may_run=older), *(LicenceProduct(name, metric) for name in older)]


asset_documents = st.builds(
    AssetDocument,
    st.builds(AssetClass, names, holds_data=st.booleans(), depreciation=st.none() | terms).map(lambda c: [c]),
    st.builds(
        Contract,
        id=names,
        name=names,
        supplier=names,
        assets=st.lists(names, unique=True),
        first_day=st.dates(date(2020, 1, 1), date(2024, 1, 1)),
        last_day=st.dates(date(2025, 1, 1), date(2030, 1, 1)),
        notice_days=st.integers(0, 99),
        price=st.none() | st.integers(0, 99999).map(lambda cents: Money(Decimal(cents).scaleb(-2), "EUR")),
        price_per=st.sampled_from(PricePer),
    ).map(lambda c: [c]),
    st.lists(
        st.builds(Warranty, asset=names, provider=names, first_day=days, last_day=later_days), max_size=2
    ),
    st.builds(products_of, st.sampled_from(LicenceMetric), st.lists(names, unique=True)),
)


@settings(max_examples=40)
@given(asset_documents)
def test_what_is_written_is_read_back(document: AssetDocument) -> None:
    plain = asset_document_to_mapping(document)
    assert asset_document_from(plain) == document
    assert asset_document_from(tomllib.loads(toml_text(plain))) == document
