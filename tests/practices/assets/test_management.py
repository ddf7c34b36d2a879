from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.cmdb import CIId
from itsmkit.errors import DefinitionError, ItsmkitError, RefusedError
from itsmkit.money import Money
from itsmkit.practices import Occasion
from itsmkit.practices.assets import (
    Asset,
    AssetClass,
    AssetDecision,
    AssetDescribed,
    AssetEvent,
    AssetId,
    AssetManagement,
    AssetRegistered,
    Assigned,
    Counted,
    Depreciation,
    DepreciationTerms,
    Installed,
    LifeCycleMoved,
    Moved,
    ReEstimate,
    Stretch,
    WipeCertified,
    WipeWithdrawn,
    asset_costs,
    asset_from,
)
from itsmkit.tickets import Actor
from itsmkit.workflow import TransitionRefusedError

Occasions = Callable[..., Occasion]
Stocked = Callable[..., Asset]


def test_an_asset_begins_in_the_first_state_of_its_workflow(
    management: AssetManagement, when: Occasions
) -> None:
    details = {"serial_number": "X", "cost": Money(10, "EUR"), "colour": ["red"], "tag": None}
    decision = management.register(AssetId("a-1"), "laptop", "Kim's", when(), details=details)
    asset = decision.asset
    assert decision.before is None
    assert (asset.state, asset.state_category, asset.version) == ("On Order", "new", 1)
    assert (asset.serial_number, asset.cost, asset.tag) == ("X", Money(10, "EUR"), None)
    assert asset.details == {"colour": ("red",)}
    assert (asset.owner, asset.location, asset.ci) == (None, None, None)
    assert str(asset) == "Kim's (a-1)"
    [event] = decision.events
    assert event.name == "AssetRegistered"
    assert decision.effects == ()


def test_what_has_data_is_not_disposed_of_without_a_certificate(
    management: AssetManagement, when: Occasions, stocked: Stocked
) -> None:
    retired = management.transition(stocked(), "retire", when(2), {"retirement_reason": "old"}).asset
    with pytest.raises(TransitionRefusedError) as caught:
        management.transition(retired, "dispose", when(3, "bob", roles=()))
    assert caught.value.missing == ("disposal_record",)
    assert caught.value.roles == ("asset_manager",)
    assert caught.value.failed == ("wiped",)
    assert len(caught.value.reasons) == 3
    record = {"disposal_record": "D-1"}
    certified = management.certify_wipe(retired, when(4), "W-1", method="purge").asset
    disposed = management.transition(certified, "dispose", when(5), record).asset
    assert (disposed.state_category, disposed.wipe_certificate, disposed.is_gone) == ("closed", "W-1", True)
    assert disposed.details["disposal_record"] == "D-1"
    monitor = management.transition(stocked("m", "monitor"), "retire", when(2), {"retirement_reason": "old"})
    assert management.transition(monitor.asset, "dispose", when(5), record).asset.is_gone


@pytest.mark.parametrize("name", ["wipe_certificate", "holds_data"])
def test_nobody_hands_in_that_there_is_no_data(
    management: AssetManagement, when: Occasions, stocked: Stocked, name: str
) -> None:
    retired = management.transition(stocked(), "retire", when(2), {"retirement_reason": "old"}).asset
    with pytest.raises(RefusedError, match=f"cannot set {name} of a-1 as a detail"):
        management.transition(retired, "dispose", when(3), {"disposal_record": "D", name: False})
    offered = management.available(retired, when(3), {"disposal_record": "D", name: False})
    [dispose] = [way for way in offered if way.trigger == "dispose"]
    assert dispose.failed == ("wiped",)


def test_what_is_issued_again_needs_a_new_certificate(
    management: AssetManagement, when: Occasions, stocked: Stocked
) -> None:
    wiped = management.certify_wipe(stocked(), when(2), "W-1").asset
    issued = management.transition(wiped, "issue", when(3), {"assigned_to": "ann"})
    assert issued.effects == ("withdraw_wipe_certificate",)
    assert [event.name for event in issued.events] == ["LifeCycleMoved", "Assigned", "WipeWithdrawn"]
    assert issued.asset.wipe_certificate is None
    plain = management.transition(stocked(), "issue", when(3), {"assigned_to": "ann"})
    assert [event.name for event in plain.events] == ["LifeCycleMoved", "Assigned"]


def test_what_does_the_work_of_an_item_needs_a_new_certificate(
    management: AssetManagement, when: Occasions, stocked: Stocked
) -> None:
    wiped = management.certify_wipe(stocked(), when(2), "W-1").asset
    installed = management.install(wiped, when(3), CIId("host"))
    assert [event.name for event in installed.events] == ["Installed", "WipeWithdrawn"]
    assert installed.asset.wipe_certificate is None
    again = management.certify_wipe(installed.asset, when(4), "W-2").asset
    assert management.install(again, when(5), CIId("host")).events == ()
    assert management.install(again, when(5), None).asset.wipe_certificate == "W-2"


def test_a_detail_that_a_store_would_not_give_back_is_refused(
    management: AssetManagement, when: Occasions, stocked: Stocked
) -> None:
    with pytest.raises(DefinitionError) as caught:
        management.describe(
            stocked(),
            when(2),
            {"a": Decimal("0.5"), "b": [Money(1, "EUR"), {"c": {1}}], "d": {1: "x"}, "e ": 1},
        )
    assert caught.value.problems == (
        "a: must be plain data, such as text, not Decimal Decimal('0.5'); write it as text",
        "b[0]: must be plain data, such as text, not Money Money(amount=...urrency='EUR'); write it as text",
        "b[1].c: must be plain data, such as text, not set {1}; write it as text",
        "a name in d: must be a name without surrounding spaces, not int 1",
        "a field's name: must be a name without surrounding spaces, not str 'e '",
    )


def test_the_history_tells_who_had_it_where(
    management: AssetManagement, when: Occasions, stocked: Stocked
) -> None:
    asset = management.transition(
        stocked(), "issue", when(2), {"assigned_to": "ann", "location": "Bonn"}
    ).asset
    asset = management.install(asset, when(2), "laptop-7").asset
    asset = management.assign(asset, when(3), "bob").asset
    asset = management.move(asset, when(4), "Essen").asset
    back = management.transition(asset, "take_back", when(5)).asset
    owners = [back.owner_at(when(hour).at) for hour in (1, 2, 2.9, 3, 4.9, 5)]
    assert owners == [None, "ann", "ann", "bob", "bob", None]
    places = [back.location_at(when(hour).at) for hour in (0, 1, 2, 4, 9)]
    assert places == [None, "Essen", "Bonn", "Essen", "Essen"]
    assert (back.ci_at(when(1).at), back.ci_at(when(2).at), back.ci) == (None, "laptop-7", "laptop-7")
    assert list(map(str, back.owners)) == [
        "ann from 2026-03-02T11:00:00+00:00 to 2026-03-02T12:00:00+00:00",
        "bob from 2026-03-02T12:00:00+00:00 to 2026-03-02T14:00:00+00:00",
    ]
    assert str(back.locations[-1]) == "Essen from 2026-03-02T13:00:00+00:00"


def test_what_is_gone_is_nowhere_and_nobodys(
    management: AssetManagement, when: Occasions, stocked: Stocked
) -> None:
    asset = management.install(stocked("m", "monitor"), when(2), "ci-1").asset
    asset = management.transition(asset, "retire", when(3), {"retirement_reason": "old"}).asset
    gone = management.transition(asset, "dispose", when(4), {"disposal_record": "D"}).asset
    assert (gone.location, gone.ci, gone.location_at(when(3).at)) == (None, None, "Essen")
    for command in (
        lambda: management.move(gone, when(5), "Bonn"),
        lambda: management.install(gone, when(5), None),
        lambda: management.certify_wipe(gone, when(5), "W"),
        lambda: management.count(gone, when(5), "2026", "Bonn"),
    ):
        with pytest.raises(RefusedError, match="it is Disposed"):
            command()


def test_nobody_has_what_is_not_in_use(
    management: AssetManagement, when: Occasions, stocked: Stocked
) -> None:
    asset = stocked()
    with pytest.raises(RefusedError, match=r"cannot assign laptop a-1 \(a-1\) to ann: it is In Stock"):
        management.assign(asset, when(2), "ann")
    issued = management.transition(asset, "issue", when(2), {"assigned_to": "ann"}).asset
    with pytest.raises(RefusedError, match=r"cannot take_back .* and assign it to bob: it is In Stock then"):
        management.transition(issued, "take_back", when(3), {"assigned_to": "bob"})
    with pytest.raises(RefusedError, match=r"cannot certify the wiping of .*: it is In Use; take it back"):
        management.certify_wipe(issued, when(3), "W")
    repaired = management.transition(
        issued, "repair", when(3), {"fault": "screen", "repaired_by": "Acme"}
    ).asset
    assert (repaired.owner, repaired.details) == (None, {"fault": "screen", "repaired_by": "Acme"})


def test_what_changes_nothing_decides_that_nothing_happens(
    management: AssetManagement, when: Occasions, stocked: Stocked
) -> None:
    asset = management.certify_wipe(management.install(stocked(), when(2), "c").asset, when(2), "W").asset
    asset = management.count(asset, when(2), "2026", "Essen").asset
    used = management.transition(asset, "issue", when(3), {"assigned_to": "ann"}).asset
    for decision in (
        management.move(asset, when(4), "Essen"),
        management.install(asset, when(4), "c"),
        management.certify_wipe(asset, when(4), "W"),
        management.count(asset, when(4), "2026", "Bonn"),
        management.describe(asset, when(4), {"tag": asset.tag, "colour": None}),
        management.reclassify(asset, when(4), "laptop", "no change"),
        management.assign(used, when(4), "ann"),
        management.withdraw_wipe(used, when(4), "no reason"),
    ):
        assert decision.steps == ()
        assert decision.asset is decision.before


def test_an_asset_can_be_described_and_reclassified(
    management: AssetManagement, when: Occasions, stocked: Stocked
) -> None:
    asset = management.describe(stocked(), when(2), {"tag": None, "name": "Old", "room": 7}).asset
    assert (asset.tag, asset.name, asset.details) == (None, "Old", {"room": 7})
    asset = management.describe(asset, when(2), {"room": None}).asset
    assert asset.details == {}
    asset = management.reclassify(asset, when(3), "monitor", "it has no disk").asset
    assert (asset.asset_class, management.class_of(asset).holds_data) == ("monitor", False)
    wiped = management.certify_wipe(asset, when(4), "W").asset
    assert management.withdraw_wipe(wiped, when(5), "wrong serial number").asset.wipe_certificate is None
    missing = management.transition(asset, "report_missing", when(6), {"last_seen": "Essen"})
    assert missing.effects == ("notify_asset_manager",)


def test_what_other_commands_set_is_refused_with_every_reason(
    management: AssetManagement, when: Occasions, stocked: Stocked
) -> None:
    with pytest.raises(RefusedError) as caught:
        management.describe(stocked(), when(2), {"state": "Disposed", "location": "Bonn", "tag": "T"})
    assert caught.value.reasons == (
        "cannot set location of a-1 as a detail: it is moved; use `move`",
        "cannot set state of a-1 as a detail: it moves through its life; use `transition`",
    )
    with pytest.raises(RefusedError, match="cannot set owner of a-2 as a detail: it is given to somebody"):
        management.register(AssetId("a-2"), "laptop", "x", when(), details={"owner": "ann"})


def test_fields_that_cannot_be_are_refused_with_every_problem(
    management: AssetManagement, when: Occasions, stocked: Stocked
) -> None:
    with pytest.raises(DefinitionError) as caught:
        management.describe(
            stocked(), when(2), {"tag": 7, "cost": "1 EUR", "acquired_on": "May", "name": None}
        )
    assert caught.value.problems == (
        "tag: must be a name without surrounding spaces, not int 7",
        "cost: must be an amount of money, not str '1 EUR'",
        "acquired_on: must be a date, not str 'May'",
        "name: must be a name without surrounding spaces, not NoneType None",
    )


def test_classes_are_checked() -> None:
    with pytest.raises(DefinitionError, match="classes: 'a' stands there more than once"):
        AssetManagement([AssetClass("a"), AssetClass("a")])
    with pytest.raises(DefinitionError, match=r"classes\[0\]: must be an AssetClass, not str 'a'"):
        AssetManagement(["a"])  # type: ignore[list-item]
    with pytest.raises(DefinitionError) as caught:
        AssetClass("a", holds_data=1, depreciation=36)  # type: ignore[arg-type]
    assert caught.value.problems == (
        "asset class 'a': holds_data: must be a bool, not int 1",
        "asset class 'a': depreciation: must be a DepreciationTerms, not int 36",
    )


def test_an_unknown_class_is_refused(management: AssetManagement, when: Occasions, stocked: Stocked) -> None:
    with pytest.raises(DefinitionError, match="no asset class 'laptob'; did you mean 'laptop'"):
        management.register(AssetId("a"), "laptob", "x", when())
    with pytest.raises(DefinitionError, match="the name of a is given twice: 'x', and 'y' in the details"):
        management.register(AssetId("a"), "laptop", "x", when(), details={"name": "y"})
    with pytest.raises(DefinitionError, match="no asset class 'monitor'"):
        AssetManagement([AssetClass("laptop")]).class_of(stocked("m", "monitor"))


def test_the_class_says_how_an_asset_is_written_off(
    management: AssetManagement, when: Occasions, stocked: Stocked
) -> None:
    terms = DepreciationTerms(life_months=36)
    price, bought, used = Money(1200, "EUR"), date(2026, 1, 1), date(2026, 3, 1)
    assert management.depreciation(stocked()) == Depreciation(price, terms, bought)
    stopped = management.depreciation(stocked(in_service_on=used), stopped_on=date(2027, 1, 1))
    assert stopped == Depreciation(price, terms, used, stopped_on=date(2027, 1, 1))
    assert management.depreciation(stocked("m", "monitor")) is None
    assert management.depreciation(stocked(cost=None)) is None
    assert management.depreciation(stocked(acquired_on=None)) is None
    facts = stocked(cost=None).facts()
    assert (facts["cost"], facts["currency"]) == (None, None)
    assert (stocked().facts()["cost"], stocked().facts()["currency"]) == (1200, "EUR")


def test_what_was_estimated_anew_counts_in_the_books(
    management: AssetManagement, when: Occasions, stocked: Stocked
) -> None:
    july = ReEstimate(date(2026, 7, 1), remaining_months=10, impairment=Money(100, "EUR"))
    decision = management.re_estimate(stocked(), when(2), july)
    assert [event.name for event in decision.events] == ["ReEstimated"]
    asset = decision.asset
    books = management.depreciation(asset)
    assert books is not None
    # 1200 over 36 months until July leaves 1000; less 100, over 10 months, is 90 a month.
    assert books.book_value(date(2026, 8, 1)) == Money(810, "EUR")
    assert books.ends_on == date(2027, 5, 1)
    assert "\nfrom 2026-07-01: 10 months left, worth 100.00 EUR less\n" in books.explain()
    assert str(evolve(july, impairment=None, residual=Money(1, "EUR"))) == (
        "from 2026-07-01: 10 months left; 1.00 EUR stays"
    )
    assert management.re_estimate(asset, when(3), july).events == ()
    stopped = management.depreciation(asset, stopped_on=date(2026, 7, 1))
    assert stopped is not None
    assert stopped.book_value(date(2027, 1, 1)) == Money(1000, "EUR")
    costs = asset_costs(management, [asset], date(2026, 1, 1), date(2027, 1, 1))
    assert [each.amount for each in costs] == [Money(200 + 100 + 540, "EUR")]


def test_an_estimate_that_cannot_be_is_refused_whatever_brings_it_about(
    management: AssetManagement, when: Occasions, stocked: Stocked
) -> None:
    july = ReEstimate(date(2026, 7, 1), remaining_months=10, impairment=Money(100, "EUR"))
    asset = management.re_estimate(stocked(), when(2), july).asset
    retired = management.transition(asset, "retire", when(2), {"retirement_reason": "x"}).asset
    for refused in (
        lambda: management.re_estimate(asset, when(3), ReEstimate(date(2026, 6, 1), remaining_months=9)),
        lambda: management.describe(asset, when(3), {"cost": Money(1200, "USD")}),
        lambda: management.describe(asset, when(3), {"in_service_on": date(2026, 8, 1)}),
        lambda: management.transition(retired, "reinstate", when(3), {"cost": Money(100, "EUR")}),
    ):
        with pytest.raises(DefinitionError, match=r"re_estimates\["):
            refused()
    with pytest.raises(RefusedError, match="it is not written off"):
        management.re_estimate(stocked("m", "monitor"), when(3), july)
    with pytest.raises(RefusedError, match="use `re_estimate`"):
        management.describe(asset, when(3), {"re_estimates": []})


def test_an_event_is_valid_from_birth() -> None:
    at = datetime.fromisoformat("2026-03-02T09:00:00+00:00")
    with pytest.raises(DefinitionError) as caught:
        AssetEvent(AssetId("a"), 0, at, at - timedelta(hours=1), at, "kim", "moved")  # type: ignore[arg-type]
    assert caught.value.problems == (
        "event of asset a: actor: must be an Actor, not str 'kim'",
        "event of asset a: sequence: must be a whole number, not below 1, not int 0",
        "event of asset a: fact: must be what happened to an asset, not str 'moved'",
        (
            "event of asset a: effective_at: 2026-03-02T08:00:00+00:00 precedes 2026-03-02T09:00:00+00:00, "
            "its instant"
        ),
    )


# -- histories --------------------------------------------------------------------------------------


def event(sequence: int, fact: Any, hours: int = 0, key: str = "a-1") -> AssetEvent:
    at = datetime.fromisoformat("2026-03-02T09:00:00+00:00") + timedelta(hours=hours)
    return AssetEvent(AssetId(key), sequence, at, at, at, Actor("kim"), fact)


BEGUN = AssetRegistered("laptop", "x", "On Order", "new")


@pytest.mark.parametrize(
    ("history", "problem"),
    [
        pytest.param([], "an empty history makes no asset", id="empty"),
        pytest.param(
            [event(1, Moved("x"))],
            "begins with Moved 1; it must begin with AssetRegistered 1",
            id="no beginning",
        ),
        pytest.param([event(2, BEGUN)], "begins with AssetRegistered 2", id="the beginning is missing"),
        pytest.param([event(1, BEGUN), event(2, BEGUN)], "is registered already", id="twice"),
        pytest.param([event(1, BEGUN), event(3, Moved("x"))], "cannot follow version 1", id="gap"),
        pytest.param(
            [event(1, BEGUN), event(2, Moved("x"), key="b")], "of asset b cannot follow", id="another"
        ),
        pytest.param(
            [event(1, BEGUN), event(2, Moved("x"), hours=-1)],
            "event 2 of asset a-1 takes effect at .*; a history never goes back",
            id="back in time",
        ),
    ],
)
def test_what_is_no_history_is_refused(history: list[AssetEvent], problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        asset_from(history)


def test_what_is_told_late_takes_effect_only_then(
    management: AssetManagement, when: Occasions, stocked: Stocked
) -> None:
    asset = management.move(stocked(), when(5), "Bonn").asset
    late = management.move(asset, when(2), "Berlin")
    assert (late.events[0].at, late.events[0].effective_at) == (when(2).at, when(5).at)
    # Bonn lasted for no time at all.
    assert [stretch.value for stretch in late.asset.locations] == ["Essen", "Berlin"]
    again = management.move(late.asset, when(2), "Essen").asset
    assert again.locations == (Stretch("Essen", when(1).at),)


PLACES = st.sampled_from(["Essen", "Bonn", "Berlin"])
PEOPLE = st.sampled_from(["ann", "bob"])


_COMMANDS = [
    "move",
    "assign",
    "install",
    "certify_wipe",
    "count",
    "issue",
    "take_back",
    "repair",
    "retire",
    "reinstate",
    "report_missing",
    "find",
    "dispose",
]


@st.composite
def lives(draw: st.DrawFn) -> list[tuple[float, str, dict[str, object]]]:
    """Return hours, commands and what they are told."""
    steps = []
    for _ in range(draw(st.integers(0, 12))):
        command = draw(st.sampled_from(_COMMANDS))
        told = {
            "location": draw(PLACES),
            "assigned_to": draw(PEOPLE),
            "ci": draw(st.sampled_from(["c", None])),
        }
        steps.append((draw(st.integers(0, 6)), command, told))
    return steps


def lived(
    management: AssetManagement, when: Occasions, asset: Asset, life: list[tuple[float, str, dict[str, Any]]]
) -> Iterator[AssetDecision]:
    told = dict.fromkeys(
        ("fault", "repaired_by", "last_seen", "retirement_reason", "disposal_record"), "something"
    )
    for hours, command, values in life:
        occasion = when(hours)
        try:
            match command:
                case "move":
                    decision = management.move(asset, occasion, values["location"])
                case "assign":
                    decision = management.assign(asset, occasion, values["assigned_to"])
                case "install":
                    decision = management.install(asset, occasion, values["ci"])
                case "certify_wipe":
                    decision = management.certify_wipe(asset, occasion, f"W{hours}")
                case "count":
                    decision = management.count(asset, occasion, f"{hours}", values["location"])
                case "issue":
                    details = {key: values[key] for key in ("assigned_to", "location")}
                    decision = management.transition(asset, command, occasion, details)
                case _:
                    details = {**told, "location": values["location"]}
                    decision = management.transition(asset, command, occasion, details)
        except ItsmkitError:
            continue
        yield decision
        asset = decision.asset


@settings(max_examples=60)
@given(life=lives())
def test_replaying_the_events_gives_the_asset_and_its_histories(
    management: AssetManagement, when: Occasions, life: list[tuple[float, str, dict[str, Any]]]
) -> None:
    begun = management.register(AssetId("a"), "laptop", "x", when(), details={"serial_number": "S"})
    received = management.transition(begun.asset, "receive", when(1), {"location": "Essen"})
    decisions = [begun, received, *lived(management, when, received.asset, life)]
    history = [event for decision in decisions for event in decision.events]
    asset = decisions[-1].asset
    assert asset_from(history) == asset
    # Who had it when, reckoned by looking at every hour: what the last event up to then says.
    for name, kind, at in (
        ("owner", Assigned, asset.owner_at),
        ("location", Moved, asset.location_at),
        ("ci", Installed, asset.ci_at),
    ):
        for hour in range(8):
            instant = when(hour).at
            said = [
                getattr(each.fact, name)
                for each in history
                if isinstance(each.fact, kind) and each.effective_at <= instant
            ]
            assert at(instant) == (said[-1] if said else None)
    for stretches in (asset.owners, asset.locations, asset.cis):
        assert all(a.until is not None and a.until <= b.since for a, b in pairwise(stretches))
        assert all((a.value, a.until) != (b.value, b.since) for a, b in pairwise(stretches))
        assert all(a.until is None or a.since < a.until for a in stretches)
    # No way leads out of use to disposal without a certificate that came after it.
    used = [
        n for n, e in enumerate(history) if isinstance(e.fact, LifeCycleMoved) and e.fact.trigger == "issue"
    ]
    proof = [n for n, e in enumerate(history) if isinstance(e.fact, WipeCertified)]
    withdrawn = [n for n, e in enumerate(history) if isinstance(e.fact, WipeWithdrawn)]
    if asset.state == "Disposed":
        assert proof
        assert proof[-1] > max([0, *used, *withdrawn])
    assert (asset.owner is not None) == (asset.state_category == "active")
    assert set(asset.counts) == {e.fact.count for e in history if isinstance(e.fact, Counted)}
    assert not any(isinstance(e.fact, AssetDescribed) for e in history)


def test_counting_twice_is_kept_once() -> None:
    asset = asset_from([event(1, BEGUN), event(2, Counted("2026", "x")), event(3, Counted("2026", "y"))])
    assert asset.counts == ("2026",)


def test_what_is_told_again_lasts_on() -> None:
    asset = asset_from([event(1, BEGUN), event(2, Moved("x"), 1), event(3, Moved("x"), 2)])
    assert [(stretch.value, stretch.until) for stretch in asset.locations] == [("x", None)]
