from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise, product
from typing import Any

import networkx as nx
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError, NotFoundError
from itsmkit.practices.assets import (
    EntitlementBought,
    EntitlementReturned,
    EntitlementUpgraded,
    InstallationRemoved,
    InstallationSeen,
    LicenceEvent,
    LicenceMetric,
    LicencePosition,
    LicenceProduct,
    licence_position,
)

START = date(2026, 1, 1)
OFFICE = [
    LicenceProduct("2024", may_run=["2021", "2019"]),
    LicenceProduct("2021", may_run=["2019"]),
    LicenceProduct("2019"),
]
PRODUCTS = [
    *OFFICE,
    LicenceProduct("drawing", LicenceMetric.PER_USER),
    LicenceProduct("database", LicenceMetric.PER_CORE, least_cores=8, may_run=["old database"]),
    LicenceProduct("old database", LicenceMetric.PER_CORE),
]


def bought(key: str, product: str, quantity: int, **more: Any) -> EntitlementBought:
    return EntitlementBought(
        **{
            "id": f"b-{key}",
            "on": START,
            "entitlement": key,
            "product": product,
            "quantity": quantity,
            **more,
        }
    )


def seen(key: str, product: str, **more: Any) -> InstallationSeen:
    return InstallationSeen(
        **{"id": f"s-{key}", "on": START, "installation": key, "product": product, **more}
    )


def day(number: int) -> date:
    return START + timedelta(days=number)


@st.composite
def events(draw: st.DrawFn) -> list[LicenceEvent]:
    found: list[LicenceEvent] = []
    products = st.sampled_from([each.name for each in PRODUCTS])
    keys = st.sampled_from(["A", "B", "C", "D"])
    for number in range(draw(st.integers(0, 14))):
        common: dict[str, Any] = {"id": f"e{number}", "on": day(draw(st.integers(0, 6)))}
        quantity, product = draw(st.integers(1, 6)), draw(products)
        before, key = draw(st.lists(keys, min_size=2, max_size=2, unique=True))
        ends = draw(st.none() | st.integers(0, 4))
        last = None if ends is None else common["on"] + timedelta(days=ends)
        match draw(st.integers(0, 6)):
            case 0 | 1:
                made: LicenceEvent = EntitlementBought(
                    **common, entitlement=draw(keys), product=product, quantity=quantity, last_day=last
                )
            case 2:
                made = EntitlementReturned(**common, entitlement=draw(keys), quantity=quantity)
            case 3:
                made = EntitlementUpgraded(
                    **common,
                    upgraded_from=before,
                    entitlement=key,
                    product=product,
                    quantity=quantity,
                    last_day=last,
                )
            case 4:
                made = InstallationRemoved(**common, installation=draw(keys))
            case _:
                made = InstallationSeen(
                    **common,
                    installation=draw(keys),
                    product=product,
                    device=draw(st.sampled_from([None, "pc", "mac"])),
                    user=draw(st.sampled_from([None, "ann", "bob"])),
                    cores=draw(st.sampled_from([None, 4, 16])),
                )
        found.append(made)
    return found


# -- an oracle that goes through the days ----------------------------------------------------------


def entitled_by_days(history: list[LicenceEvent], on: date) -> dict[str, int]:
    """Return what is entitled to, by product, going from day to day."""
    held: dict[str, list[Any]] = {}

    def take(key: str, quantity: int, today: date) -> int:
        product, left, last = held.get(key, ["", 0, None])
        got = min(left, quantity) if last is None or last >= today else 0
        if got:
            held[key] = [product, left - got, last]
        return got

    kinds = (EntitlementBought, EntitlementUpgraded, EntitlementReturned)
    for number, kind in product(range((on - START).days + 1), kinds):
        for each in sorted(history, key=lambda each: each.id):
            if each.on != day(number) or not isinstance(each, kind):
                continue
            if isinstance(each, EntitlementBought):
                held.setdefault(each.entitlement, [each.product, each.quantity, each.last_day])
            elif isinstance(each, EntitlementReturned):
                take(each.entitlement, each.quantity, each.on)
            elif each.entitlement not in held and (got := take(each.upgraded_from, each.quantity, each.on)):
                held[each.entitlement] = [each.product, got, each.last_day]
    found = {each.name: 0 for each in PRODUCTS}
    for name, quantity, last in held.values():
        found[name] += quantity if last is None or last >= on else 0
    return found


def consumed_by_days(history: list[LicenceEvent], on: date) -> dict[str, int]:
    """Return what is consumed, by product, from what stands at the end of all days."""
    there: dict[str, InstallationSeen] = {}
    for each in sorted(history, key=lambda each: (each.on, isinstance(each, InstallationRemoved), each.id)):
        if each.on <= on and isinstance(each, InstallationSeen):
            there[each.installation] = each
        if each.on <= on and isinstance(each, InstallationRemoved):
            there.pop(each.installation, None)
    found = {}
    for kind in PRODUCTS:
        here = [each for each in there.values() if each.product == kind.name]
        needs = [(each.device or each.installation, 1) for each in here]
        if kind.metric is LicenceMetric.PER_USER:
            needs = [(each.user or each.installation, 1) for each in here]
        if kind.metric is LicenceMetric.PER_CORE:
            cores = [max(each.cores or 1, kind.least_cores) for each in here]
            needs = [(who, count) for (who, _), count in zip(needs, cores, strict=True)]
        found[kind.name] = sum(
            max(n for other, n in needs if other == who) for who in {who for who, _ in needs}
        )
    return found


def most_covered(entitled: dict[str, int], consumed: dict[str, int]) -> int:
    network = nx.DiGraph()
    for kind in PRODUCTS:
        name = kind.name
        network.add_edge("source", ("has", name), capacity=entitled[name])
        network.add_edge(("needs", name), "sink", capacity=consumed[name])
        for other in (name, *kind.may_run):
            network.add_edge(("has", name), ("needs", other))
    return int(nx.maximum_flow_value(network, "source", "sink"))


@settings(max_examples=80)
@given(events(), st.integers(0, 7))
def test_the_position_is_that_of_going_through_the_days(history: list[LicenceEvent], number: int) -> None:
    position = licence_position(PRODUCTS, history, day(number))
    entitled, consumed = entitled_by_days(history, day(number)), consumed_by_days(history, day(number))
    assert {each.product.name: each.entitled for each in position.products} == entitled
    assert {each.product.name: each.consumed for each in position.products} == consumed
    assert all(each.balance == each.entitled - each.consumed for each in position.products)
    covered = sum(sum(each.covered_by.values()) for each in position.products)
    assert covered == most_covered(entitled, consumed)


@settings(max_examples=60)
@given(events(), st.integers(0, 7), st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_matters(history: list[LicenceEvent], number: int, dice: Any) -> None:
    position = licence_position(PRODUCTS, history, day(number))
    again = [*history, *dice.choices(history, k=3)] if history else []
    dice.shuffle(again)
    other = licence_position(dice.sample(PRODUCTS, len(PRODUCTS)), again, day(number))
    assert other == position
    assert other.explain() == position.explain()


@settings(max_examples=60)
@given(events(), st.integers(0, 7))
def test_what_covers_and_what_is_covered_agree(history: list[LicenceEvent], number: int) -> None:
    position = licence_position(PRODUCTS, history, day(number))
    for each in position.products:
        name = each.product.name
        assert each.missing >= 0
        assert each.spare >= 0
        assert each.missing + sum(each.covered_by.values()) == each.consumed
        assert each.spare + sum(each.used_for.values()) == each.entitled
        assert set(each.used_for) <= {name, *each.product.may_run}
        assert all(position.of(other).covered_by[name] == count for other, count in each.used_for.items())
        assert all(position.of(other).used_for[name] == count for other, count in each.covered_by.items())
    assert position.under_licensed == tuple(each for each in position.products if each.missing)
    assert position.over_licensed == tuple(each for each in position.products if each.spare)


def devices(product: str, *names: str) -> list[InstallationSeen]:
    return [seen(f"{product}-{name}", product, device=name) for name in names]


def test_downgrade_rights_cover_what_is_older() -> None:
    history = [bought("L1", "2024", 2), bought("L2", "2021", 1), *devices("2019", "p", "q", "r")]
    position = licence_position(OFFICE, history, START)
    assert position.explain() == (
        "licence position on 2026-01-01\n"
        "2019 (per device): 0 entitled - 3 consumed = -3; 1 covered by 2021, 2 covered by 2024\n"
        "  consumed: 1 by p, 1 by q, 1 by r\n"
        "2021 (per device): 1 entitled - 0 consumed = 1; 1 used for 2019\n"
        "  entitled: 1 by L2\n"
        "2024 (per device): 2 entitled - 0 consumed = 2; 2 used for 2019\n"
        "  entitled: 2 by L1"
    )


def test_a_licence_makes_room_where_another_takes_its_place() -> None:
    # B may run C, but A may not: A takes the place of B on B's own product.
    chain = [LicenceProduct("A", may_run=["B"]), LicenceProduct("B", may_run=["C"]), LicenceProduct("C")]
    history = [bought("LA", "A", 1), bought("LB", "B", 1), *devices("B", "p"), *devices("C", "q")]
    position = licence_position(chain, history, START)
    assert position.under_licensed == position.over_licensed == ()
    assert (position.of("B").covered_by, position.of("C").covered_by) == ({"A": 1}, {"B": 1})
    assert "all of it used" in licence_position([LicenceProduct("X")], [], START).explain()


def test_a_licence_makes_room_along_a_chain() -> None:
    names = "ABCDE"
    chain = [LicenceProduct(a, may_run=[b]) for a, b in pairwise(names)] + [LicenceProduct("E")]
    history = [bought(f"L{name}", name, 1) for name in "ABCD"]
    history += [each for name in "BCDE" for each in devices(name, "p")]  # type: ignore[misc]  # all are events
    assert licence_position(chain, history, START).under_licensed == ()


def test_users_devices_and_cores_are_counted() -> None:
    history = [
        seen("1", "drawing", user="ann", device="pc"),
        seen("2", "drawing", user="ann", device="mac"),
        seen("3", "drawing", device="pc"),
        seen("4", "database", device="host", cores=16),
        seen("5", "database", device="host", cores=4),
        seen("6", "database", device="small", cores=2),
        seen("7", "old database"),
    ]
    position = licence_position(PRODUCTS, history, START)
    assert position.of("drawing").consumers == {"ann": 1, "installation 3": 1}
    assert position.of("database").consumers == {"host": 16, "small": 8}
    assert position.of("old database").consumers == {"installation 7": 1}
    assert position.findings == (
        "installation 3 of drawing names no user; it counts by itself",
        "installation 7 of old database names no device; it counts by itself",
        "installation 7 of old database names no cores; the least number counts",
    )


def upgrade(key: str, number: int, **more: Any) -> EntitlementUpgraded:
    return EntitlementUpgraded(id=f"u-{key}", on=day(number), entitlement=key, **more)


def entitled(position: LicencePosition) -> dict[str, int]:
    return {each.product.name: each.entitled for each in position.products if each.entitled}


def test_what_is_upgraded_is_no_longer_what_it_was() -> None:
    history: list[LicenceEvent] = [
        bought("L1", "2019", 5, last_day=day(9)),
        upgrade("L2", 2, upgraded_from="L1", product="2024", quantity=3),
        EntitlementReturned(id="r", on=day(4), entitlement="L2", quantity=1),
    ]
    positions = [entitled(licence_position(OFFICE, history, day(number))) for number in (1, 2, 4, 9, 10)]
    assert positions == [
        {"2019": 5},
        {"2019": 2, "2024": 3},
        {"2019": 2, "2024": 2},
        {"2019": 2, "2024": 2},
        {"2024": 2},
    ]


def test_what_is_not_there_does_not_count_and_is_told() -> None:
    history: list[LicenceEvent] = [
        bought("L1", "2019", 2, last_day=day(3)),
        upgrade("L2", 1, upgraded_from="L1", product="2024", quantity=5),
        upgrade("L3", 4, upgraded_from="L1", product="2024", quantity=1),
        upgrade("L4", 4, upgraded_from="L9", product="2024", quantity=1),
        EntitlementReturned(id="r", on=day(2), entitlement="L2", quantity=3),
        evolve(bought("L1", "2021", 9), id="again", on=day(5)),
    ]
    position = licence_position(OFFICE, history, day(5))
    assert entitled(position) == {}
    assert position.findings == (
        "u-L2 upgrades 5 of entitlement L1, of which 2 are left; the rest does not count",
        "r returns 3 of entitlement L2, of which 2 are left; the rest does not count",
        "u-L3 upgrades 1 of entitlement L1, of which 0 are left; the rest does not count",
        "u-L4 upgrades 1 of entitlement L9, of which 0 are left; the rest does not count",
        "again gives entitlement L1 for the second time; it does not count: give it a key of its own",
    )
    assert position.explain().count("finding: ") == 5


def test_what_was_removed_is_not_consumed_any_more() -> None:
    history: list[LicenceEvent] = [
        *devices("2024", "p", "q"),
        InstallationRemoved(id="x", on=day(3), installation="2024-p"),
        InstallationRemoved(id="y", on=day(3), installation="never seen"),
    ]
    consumers = [licence_position(OFFICE, history, day(each)).of("2024").consumers for each in (2, 3)]
    assert consumers == [{"p": 1, "q": 1}, {"q": 1}]


def test_an_upgrade_that_does_not_count_takes_nothing() -> None:
    history: list[LicenceEvent] = [
        bought("L1", "2019", 2),
        bought("L2", "2021", 3),
        upgrade("L2", 1, upgraded_from="L1", product="2024", quantity=2),
    ]
    position = licence_position(OFFICE, history, day(5))
    assert entitled(position) == {"2019": 2, "2021": 3}
    assert position.findings == (
        "u-L2 gives entitlement L2 for the second time; it does not count: give it a key of its own",
    )


@pytest.mark.parametrize(
    ("make", "problems"),
    [
        pytest.param(
            lambda: LicenceProduct("x", "per head", may_run=["x", " "], least_cores=-1),  # type: ignore[arg-type]
            [
                "licence product 'x': metric: must be a LicenceMetric, not str 'per head'",
                "licence product 'x': may_run[1]: must be a name without surrounding spaces, not str ' '",
                "licence product 'x': least_cores: must be a whole number, not below 0, not int -1",
                "licence product 'x': may_run: 'x' is the product itself",
            ],
            id="product",
        ),
        pytest.param(
            lambda: bought("L", "x", 0, on="May", last_day="June"),
            [
                "licence event 'b-L': on: must be a date, not str 'May'",
                "licence event 'b-L': quantity: must be a whole number, not below 1, not int 0",
                "licence event 'b-L': last_day: must be a date, not str 'June'",
            ],
            id="bought",
        ),
        pytest.param(
            lambda: upgrade("L", 3, upgraded_from="K", product="x", quantity=1, last_day=day(2)),
            ["licence event 'u-L': last_day: 2026-01-03 precedes 2026-01-04, from which on it counts"],
            id="upgraded",
        ),
        pytest.param(
            lambda: upgrade("L", 3, upgraded_from="L", product="x", quantity=1),
            ["licence event 'u-L': entitlement: 'L' is what it was; give the new right a key of its own"],
            id="upgraded to itself",
        ),
        pytest.param(
            lambda: EntitlementReturned(id="r", on=START, entitlement="L", quantity=True),
            ["licence event 'r': quantity: must be a whole number, not below 1, not bool True"],
            id="returned",
        ),
        pytest.param(
            lambda: seen("1", "x", cores=0),
            ["licence event 's-1': cores: must be a whole number, not below 1, not int 0"],
            id="seen",
        ),
        pytest.param(
            lambda: licence_position(["x"], ["bought"], "today"),  # type: ignore[list-item, arg-type]
            [
                "on: must be a date, not str 'today'",
                "products[0]: must be a LicenceProduct, not str 'x'",
                "events[0]: must be a licence event, not str 'bought'",
            ],
            id="no values",
        ),
        pytest.param(
            lambda: licence_position(
                [
                    LicenceProduct("x", may_run=["y", "z"]),
                    LicenceProduct("y", LicenceMetric.PER_USER),
                    LicenceProduct("y", LicenceMetric.PER_USER),
                ],
                [bought("L", "xx", 1), InstallationRemoved(id="b", on=START, installation="1")],
                START,
            ),
            [
                "products: 'y' stands there more than once",
                (
                    "x may run y, which is counted per user and not per device; a licence serves only what "
                    "is counted alike"
                ),
                "x may run 'z', which is unknown; known: x, y",
                "event 'b-L': product 'xx' is unknown; did you mean 'x'?",
            ],
            id="products that do not fit",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_every_problem(
    make: Callable[[], object], problems: list[str]
) -> None:
    with pytest.raises(DefinitionError) as caught:
        make()
    assert list(caught.value.problems) == problems


def test_an_id_stands_for_one_event() -> None:
    one, other = bought("L", "2019", 1), bought("L", "2019", 2)
    with pytest.raises(DefinitionError, match="event 'b-L': the id stands for two events") as first:
        licence_position(OFFICE, [one, other], START)
    with pytest.raises(DefinitionError) as second:
        licence_position(OFFICE, [other, one, other], START)
    assert first.value.problems == second.value.problems


def test_an_unknown_product_has_no_position() -> None:
    with pytest.raises(NotFoundError, match="no licence product '2000'"):
        licence_position(OFFICE, [], START).of("2000")
