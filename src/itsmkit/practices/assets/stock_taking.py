"""
Stock-take: what was counted against what the books say, and what to do about it.

A stock-take only reports; `StockTake.decide` returns what would happen to each asset, and nothing is saved by
either. Deciding on the assets as they are after that decides nothing more.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from attrs import field, frozen

from itsmkit._checks import aware_instant, in_utc, named
from itsmkit._frozen import EMPTY
from itsmkit._problems import name_problems, names
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.practices.assets.asset import Asset, each_once
from itsmkit.practices.assets.asset_decision import AssetDecision
from itsmkit.practices.assets.events import AssetEvent, AssetId
from itsmkit.practices.assets.management import AssetManagement
from itsmkit.practices.decision import Occasion

__all__ = ["Scan", "StockTake", "Whereabouts", "stock_take"]

_LOSE, _FIND = "report_missing", "find"


@frozen
class Scan:
    """
    A label that was read somewhere.

    Args:
        tag: What is on the label.
        location: Where it was read.
        at: When; aware, kept in UTC.
    """

    tag: str = field(validator=named)
    location: str = field(validator=named)
    at: datetime = field(converter=in_utc, validator=aware_instant)

    def __str__(self) -> str:
        return f"{self.tag} at {self.location} on {self.at.isoformat()}"


@frozen
class Whereabouts:
    """
    Where an asset was seen, and where it should have been.

    Args:
        asset: Its id.
        tag: Its label.
        seen_at: The location where it was read last, or ``None`` if it was not seen.
        expected_at: The location that the books say, or ``None`` if they say none.
    """

    asset: AssetId
    tag: str
    seen_at: str | None
    expected_at: str | None

    def __str__(self) -> str:
        seen = "not seen" if self.seen_at is None else f"seen at {self.seen_at}"
        expected = f", expected at {self.expected_at}" if self.expected_at not in (None, self.seen_at) else ""
        return f"{self.asset} ({self.tag}): {seen}{expected}"


@frozen(kw_only=True)
class StockTake:
    """
    What came of a count. All lists are sorted.

    Args:
        name: The name of the stock-take, by which it is known that an asset was counted in it already.
        found: What was seen where it should be.
        moved: What was seen elsewhere; or anywhere, if the books say of no location.
        reappeared: What was seen though it is missing.
        missing: What was not seen, though it should be at a location that was counted.
        still_missing: What was not seen, and is missing already.
        unexpected: What was seen though by its state it should not be there, as it was disposed of.
        unknown: The last scan of each label that no asset has.
        duplicates: The scans of labels that were read again later; the last one counts.
        untagged: The ids of assets that should be at a location that was counted and have no label.
    """

    name: str
    found: tuple[Whereabouts, ...] = ()
    moved: tuple[Whereabouts, ...] = ()
    reappeared: tuple[Whereabouts, ...] = ()
    missing: tuple[Whereabouts, ...] = ()
    still_missing: tuple[Whereabouts, ...] = ()
    unexpected: tuple[Whereabouts, ...] = ()
    unknown: tuple[Scan, ...] = ()
    duplicates: tuple[Scan, ...] = ()
    untagged: tuple[AssetId, ...] = ()

    def decide(
        self,
        management: AssetManagement,
        assets: Iterable[Asset],
        occasion: Occasion,
        details: Mapping[str, object] = EMPTY,
    ) -> tuple[AssetDecision, ...]:
        """
        Return what happens to the assets: counted, moved, found again or reported missing.

        What the books have moved since the count stays where it is, and is not reported missing.

        Args:
            management: The rules.
            assets: The assets as they are now. Each id stands once.
            occasion: When it is decided, and by whom.
            details: What the moves need to be told further. They are told ``location`` of what is found, and
                of what is missing ``last_seen``, which is the location in the books if nothing else is said.

        Returns:
            A decision for each asset to which something happens, in the order of *assets*.

        Raises:
            RefusedError: With every reason, if anything is refused. Then nothing happens to any of them.
            DefinitionError: If the class of an asset is unknown, or an asset stands twice.
        """
        seen = {each.asset: each for each in (*self.found, *self.moved, *self.reappeared)}
        gone = {each.asset: each for each in self.missing}
        decisions: list[AssetDecision] = []
        reasons: list[str] = []
        for asset in each_once(assets):
            try:
                if asset.id in seen:
                    decision = self._seen(management, asset, occasion, seen[asset.id], details)
                elif _is_still(asset, gone.get(asset.id)) and _knows(management, asset, _LOSE):
                    told = {"last_seen": asset.location, **details}
                    decision = management.transition(asset, _LOSE, occasion, told)
                else:
                    continue
            except RefusedError as refusal:
                reasons += [f"{asset}: {reason}" for reason in refusal.reasons]
                continue
            decisions.append(decision)
        if reasons:
            raise RefusedError(*reasons)
        return tuple(decision for decision in decisions if decision.steps)

    def _seen(
        self,
        management: AssetManagement,
        asset: Asset,
        occasion: Occasion,
        where: Whereabouts,
        details: Mapping[str, object],
    ) -> AssetDecision:
        assert where.seen_at is not None  # noqa: S101  # it is of those that were seen
        if self.name in asset.counts:
            return AssetDecision(asset, ())
        steps: tuple[tuple[AssetEvent, Asset], ...] = ()
        now = asset
        if _knows(management, asset, _FIND):
            found = management.transition(asset, _FIND, occasion, {**details, "location": where.seen_at})
            steps, now = found.steps, found.asset
        moves = now is not asset or _is_still(asset, where)
        counted = management.count(now, occasion, self.name, where.seen_at, moves=moves)
        return AssetDecision(asset, (*steps, *counted.steps))

    def explain(self) -> str:
        """Return the report as text: how many of each kind, and each that needs a look."""
        lines = [f"stock-take {self.name}: {len(self.found)} found"]
        for what in _TOLD:
            those = getattr(self, what)
            if those:
                lines.append(f"{what.replace('_', ' ')}: {len(those)}")
                lines += [f"  {each}" for each in those]
        return "\n".join(lines)


_TOLD = ("moved", "reappeared", "missing", "still_missing", "unexpected", "unknown", "duplicates", "untagged")


def stock_take(
    name: str,
    management: AssetManagement,
    assets: Iterable[Asset],
    scans: Iterable[Scan],
    *,
    locations: str | Iterable[str],
) -> StockTake:
    """
    Compare a count with the books.

    Whether an asset is expected is asked of its workflow: it is, if it can be reported missing. If it can be
    found, it is missing.

    Args:
        name: The name of the stock-take, such as ``"2026 Essen"``.
        management: The rules.
        assets: The books.
        scans: The labels that were read, in any order.
        locations: Where everything was counted: only what should be there can be missing. A single one may
            stand alone.

    Raises:
        DefinitionError: If *name* is none, or two assets that are not gone have the same label; with each.
    """
    assets, places = tuple(assets), frozenset(names(locations))
    by_tag = _by_tag(name, assets)
    last: dict[str, Scan] = {}
    duplicates = []
    for scan in sorted(scans, key=lambda scan: (scan.at, scan.tag, scan.location)):
        if scan.tag in last:
            duplicates.append(last[scan.tag])
        last[scan.tag] = scan
    lists: dict[str, list[Whereabouts]] = {}
    for tag, asset in by_tag.items():
        seen = last[tag].location if tag in last else None
        kind = _kind(management, asset, seen, places)
        if kind is not None:
            lists.setdefault(kind, []).append(Whereabouts(asset.id, tag, seen, asset.location))
    return StockTake(
        name=name,
        **{kind: tuple(sorted(those, key=lambda each: each.asset)) for kind, those in lists.items()},
        unknown=tuple(last[tag] for tag in sorted(last.keys() - by_tag.keys())),
        duplicates=tuple(sorted(duplicates, key=lambda scan: (scan.tag, scan.at, scan.location))),
        untagged=tuple(
            sorted(
                asset.id
                for asset in assets
                if asset.tag is None and asset.location in places and _knows(management, asset, _LOSE)
            )
        ),
    )


def _by_tag(name: str, assets: Iterable[Asset]) -> dict[str, Asset]:
    """Return the assets by their labels; a label of one that is gone may have been given to another."""
    problems = list(name_problems("name", name))
    found: dict[str, Asset] = {}
    for asset in assets:
        if asset.tag is None:
            continue
        other = found.get(asset.tag)
        if other is None or (other.is_gone and not asset.is_gone):
            found[asset.tag] = asset
        elif not asset.is_gone:
            problems.append(
                f"tag {asset.tag!r} is on {other.id} and on {asset.id}; give one of them another, then count"
            )
    if problems:
        raise DefinitionError(*problems)
    return found


def _kind(
    management: AssetManagement, asset: Asset, seen: str | None, locations: Collection[str]
) -> str | None:
    """Return the list that an asset belongs to, if any."""
    if _knows(management, asset, _FIND):
        if seen is not None:
            return "reappeared"
        return "still_missing" if asset.location in locations else None
    if not _knows(management, asset, _LOSE):
        return None if seen is None else "unexpected"
    if seen is None:
        return "missing" if asset.location in locations else None
    return "found" if seen == asset.location else "moved"


def _knows(management: AssetManagement, asset: Asset, trigger: str) -> bool:
    """Tell whether a trigger is declared for the state of an asset, whatever it asks for."""
    return bool(management.workflow.availability(asset.state, trigger, {}))


def _is_still(asset: Asset, where: Whereabouts | None) -> bool:
    """Tell whether an asset is where it was expected when it was counted."""
    return where is not None and asset.location == where.expected_at
