from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.practices import Occasion
from itsmkit.practices.assets import Asset, AssetManagement, Scan, StockTake, stock_take
from itsmkit.workflow import Workflow, asset_workflow

Occasions = Callable[..., Occasion]
Stocked = Callable[..., Asset]


@pytest.fixture(scope="session")
def scan(when: Occasions) -> Callable[..., Scan]:
    def make(tag: str, location: str = "Essen", hours: float = 10) -> Scan:
        return Scan(tag, location, when(hours).at)

    return make


def decided(take: StockTake, management: AssetManagement, books: list[Asset], now: Occasion) -> list[Asset]:
    """Return the books after what was decided."""
    after = {decision.asset.id: decision.asset for decision in take.decide(management, books, now)}
    return [after.get(asset.id, asset) for asset in books]


def test_a_count_is_compared_with_the_books(
    management: AssetManagement, when: Occasions, stocked: Stocked, scan: Callable[..., Scan]
) -> None:
    lost = management.transition(stocked("lost"), "report_missing", when(2), {"last_seen": "Essen"}).asset
    away = management.transition(stocked("away"), "report_missing", when(2), {"last_seen": "Essen"}).asset
    gone = management.transition(stocked("gone", "monitor"), "retire", when(2), {"retirement_reason": "old"})
    gone_asset = management.transition(gone.asset, "dispose", when(3), {"disposal_record": "D"}).asset
    books = [
        stocked("here"),
        stocked("there"),
        stocked("nowhere"),
        stocked("elsewhere", location="Bonn"),
        stocked("bare", tag=None),
        lost,
        away,
        gone_asset,
    ]
    scans = [
        scan("T-here", hours=11),
        scan("T-here", "Bonn", hours=10),
        scan("T-there", "Bonn"),
        scan("T-lost"),
        scan("T-gone"),
        scan("T-strange"),
    ]
    take = stock_take("2026", management, books, scans, locations={"Essen"})
    assert take.explain() == (
        "stock-take 2026: 1 found\n"
        "moved: 1\n"
        "  there (T-there): seen at Bonn, expected at Essen\n"
        "reappeared: 1\n"
        "  lost (T-lost): seen at Essen\n"
        "missing: 1\n"
        "  nowhere (T-nowhere): not seen, expected at Essen\n"
        "still missing: 1\n"
        "  away (T-away): not seen, expected at Essen\n"
        "unexpected: 1\n"
        "  gone (T-gone): seen at Essen\n"
        "unknown: 1\n"
        "  T-strange at Essen on 2026-03-02T19:00:00+00:00\n"
        "duplicates: 1\n"
        "  T-here at Bonn on 2026-03-02T19:00:00+00:00\n"
        "untagged: 1\n"
        "  bare"
    )
    after = {asset.id: asset for asset in decided(take, management, books, when(20))}
    assert {key: asset.state for key, asset in after.items()} == {
        "here": "In Stock",
        "there": "In Stock",
        "nowhere": "Missing",
        "elsewhere": "In Stock",
        "bare": "In Stock",
        "lost": "In Stock",
        "away": "Missing",
        "gone": "Disposed",
    }
    assert after["there"].location == "Bonn"
    assert after["nowhere"].details["last_seen"] == "Essen"
    assert [key for key, asset in after.items() if asset.counts] == ["here", "there", "lost"]


def test_what_is_refused_is_refused_for_all(
    management: AssetManagement, when: Occasions, stocked: Stocked
) -> None:
    plain = asset_workflow()
    strict = evolve(
        plain,
        transitions=[
            evolve(each, roles="auditor") if each.trigger == "report_missing" else each
            for each in plain.transitions
        ],
    )
    audited = evolve(management, workflow=Workflow(strict))
    books = [stocked("a"), stocked("b")]
    take = stock_take("2026", audited, books, [], locations={"Essen"})
    assert take.explain().splitlines()[:2] == ["stock-take 2026: 0 found", "missing: 2"]
    with pytest.raises(RefusedError) as caught:
        take.decide(audited, books, when(20))
    assert [reason.split(":")[0] for reason in caught.value.reasons] == ["laptop a (a)", "laptop b (b)"]


def test_two_assets_cannot_have_the_same_label(
    management: AssetManagement, when: Occasions, stocked: Stocked, scan: Callable[..., Scan]
) -> None:
    one, other = stocked("a", "monitor", tag="T"), stocked("b", "monitor", tag="T")
    with pytest.raises(DefinitionError) as caught:
        stock_take(" ", management, [one, other], [], locations=["Essen"])
    assert caught.value.problems == (
        "name: must be a name without surrounding spaces, not str ' '",
        "tag 'T' is on a and on b; give one of them another, then count",
    )
    retired = management.transition(one, "retire", when(2), {"retirement_reason": "old"}).asset
    gone = management.transition(retired, "dispose", when(3), {"disposal_record": "D"}).asset
    for books in ([gone, other], [other, gone]):
        take = stock_take("2026", management, books, [scan("T")], locations=["Essen"])
        assert [each.asset for each in take.found] == ["b"]


PLACES = ["Essen", "Bonn", None]


@st.composite
def counts(draw: st.DrawFn) -> tuple[list[tuple[str, str, bool]], list[tuple[str, str, int]], set[str]]:
    """Return the assets with place and whether they are missing, the scans, and what was counted."""
    places = st.sampled_from(["Essen", "Bonn"])
    books = [(f"{n}", draw(places), draw(st.booleans())) for n in range(draw(st.integers(0, 6)))]
    tags = st.sampled_from([f"T-{n}" for n in range(8)])
    scans = draw(st.lists(st.tuples(tags, places, st.integers(0, 5)), max_size=8))
    return books, scans, draw(st.sets(places))


@settings(max_examples=50)
@given(case=counts())
def test_every_asset_stands_in_one_list_and_deciding_twice_changes_nothing(
    management: AssetManagement, when: Occasions, stocked: Stocked, scan: Callable[..., Scan], case: Any
) -> None:
    told, read, counted = case
    books = []
    for key, place, is_missing in told:
        asset = stocked(key, location=place)
        if is_missing:
            asset = management.transition(asset, "report_missing", when(2), {"last_seen": place}).asset
        books.append(asset)
    scans = [scan(tag, place, hours) for tag, place, hours in read]
    take = stock_take("2026", management, books, scans, locations=counted)
    where = {tag: place for tag, place, _ in sorted(read, key=lambda each: (each[2], each[0], each[1]))}
    lists = {
        name: {each.asset for each in getattr(take, name)}
        for name in ("found", "moved", "reappeared", "missing", "still_missing", "unexpected")
    }
    for key, place, is_missing in told:
        seen = where.get(f"T-{key}")
        if is_missing:
            expected = "reappeared" if seen else "still_missing" if place in counted else None
        elif seen:
            expected = "found" if seen == place else "moved"
        else:
            expected = "missing" if place in counted else None
        assert [name for name, keys in lists.items() if key in keys] == ([expected] if expected else [])
    assert {each.tag for each in take.unknown} == where.keys() - {f"T-{key}" for key, _, _ in told}
    assert len(take.duplicates) == len(read) - len(where)
    assert stock_take("2026", management, books[::-1], scans[::-1], locations=counted) == take
    after = decided(take, management, books, when(20))
    assert take.decide(management, after, when(21)) == ()
    again = stock_take("2026", management, after, scans, locations=counted)
    assert again.decide(management, after, when(22)) == ()
    assert again.moved == again.reappeared == again.missing == ()
    assert lists["missing"] <= {each.asset for each in again.still_missing}
    for asset in after:
        if seen := where.get(f"T-{asset.id}"):
            assert (asset.location, asset.counts) == (seen, ("2026",))
    next_year = stock_take("2027", management, after, scans, locations=counted)
    assert len(next_year.decide(management, after, when(99))) == len(next_year.found)


def test_what_happened_since_the_count_is_respected(
    management: AssetManagement, when: Occasions, stocked: Stocked
) -> None:
    asset = stocked("a")
    take = stock_take("2026", management, [asset], [], locations={"Essen"})
    assert len(take.missing) == 1
    reported = management.transition(asset, "report_missing", when(5), {"last_seen": "Essen"}).asset
    assert take.decide(management, [reported, stocked("b")], when(6)) == ()
    [decision] = take.decide(management, [asset], when(6), {"last_seen": "the shelf"})
    assert decision.asset.details["last_seen"] == "the shelf"
    assert decision.events[0].at - timedelta(hours=6) == when().at


def test_what_moved_since_the_count_stays_there(
    management: AssetManagement, when: Occasions, stocked: Stocked, scan: Callable[..., Scan]
) -> None:
    books = [stocked("a"), stocked("b"), stocked("c")]
    scans = [scan("T-a", "Essen", 2), scan("T-b", "Bonn", 2)]
    take = stock_take("2026", management, books, scans, locations={"Essen"})
    moved = [management.move(asset, when(3), "Kiel").asset for asset in books]
    decisions = take.decide(management, moved, when(4))
    assert [(each.asset.id, each.asset.location, each.asset.counts) for each in decisions] == [
        ("a", "Kiel", ("2026",)),
        ("b", "Kiel", ("2026",)),
    ]


def test_an_asset_is_decided_on_once(management: AssetManagement, when: Occasions, stocked: Stocked) -> None:
    take = stock_take("2026", management, [stocked("a")], [], locations={"Essen"})
    with pytest.raises(DefinitionError, match="assets: 'a' stands there more than once"):
        take.decide(management, [stocked("a"), stocked("a")], when(6))


def test_a_single_location_may_stand_alone(management: AssetManagement, stocked: Stocked) -> None:
    books = [stocked("a"), stocked("b", location="Ess"), stocked("c", tag=None)]
    take = stock_take("2026", management, books, [], locations="Essen")
    assert [each.asset for each in take.missing] == ["a"]
    assert take.untagged == ("c",)
    assert take == stock_take("2026", management, books, [], locations=iter(["Essen"]))
