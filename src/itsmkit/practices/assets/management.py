"""
What can be done with an asset: pure functions that return what happens, or refuse it with every reason.

What would change nothing decides that nothing happens.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property

from attrs import field, frozen

from itsmkit._frozen import EMPTY, FrozenDict, as_tuple
from itsmkit._problems import close_to, distinct_problems, instance_problems
from itsmkit.cmdb import CIId
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.practices.assets.asset import Asset, asset_from
from itsmkit.practices.assets.asset_class import AssetClass
from itsmkit.practices.assets.depreciation import Depreciation
from itsmkit.practices.assets.events import (
    DESCRIPTIVE_FIELDS,
    AssetDescribed,
    AssetEvent,
    AssetFact,
    AssetId,
    AssetRegistered,
    Assigned,
    Counted,
    Installed,
    LifeCycleMoved,
    Moved,
    Reclassified,
    WipeCertified,
    WipeWithdrawn,
)
from itsmkit.practices.decision import Occasion
from itsmkit.workflow import ACTOR_ROLES, Availability, Fired, StateCategory, Workflow, asset_workflow

__all__ = ["AssetDecision", "AssetManagement"]

_WITHDRAW = "withdraw_wipe_certificate"
_GONE = frozenset({StateCategory.CLOSED, StateCategory.CANCELLED})


@frozen
class AssetDecision:
    """
    The outcome of a rule.

    Args:
        before: The asset before, or ``None`` for a new one.
        steps: Each event with the asset after it, in order; empty if nothing happened.
    """

    before: Asset | None
    steps: tuple[tuple[AssetEvent, Asset], ...]

    @property
    def asset(self) -> Asset:
        """The asset after all of it."""
        if self.steps:
            return self.steps[-1][1]
        assert self.before is not None  # noqa: S101  # a decision without steps leaves an asset as it was
        return self.before

    @property
    def events(self) -> tuple[AssetEvent, ...]:
        """The events alone."""
        return tuple(event for event, _ in self.steps)

    @property
    def effects(self) -> tuple[str, ...]:
        """What the workflow asks to be done thereupon, by name."""
        moves = (event.fact for event in self.events if isinstance(event.fact, LifeCycleMoved))
        return tuple(effect for move in moves for effect in move.effects)


@frozen
class AssetManagement:
    """
    How a desk keeps its assets.

    Args:
        classes: The classes that assets may have.
        workflow: The states of their life and the moves. It may ask for what the standard one asks for, and
            for further facts that are handed in with the moves.

    Raises:
        DefinitionError: If a class stands twice, or is none.
    """

    classes: tuple[AssetClass, ...] = field(converter=as_tuple)
    workflow: Workflow = field(factory=lambda: Workflow(asset_workflow()), kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = [
            problem
            for number, each in enumerate(self.classes)
            for problem in instance_problems(f"classes[{number}]", each, AssetClass)
        ]
        problems = problems or list(distinct_problems("classes", (each.name for each in self.classes)))
        if problems:
            raise DefinitionError(*problems)

    @cached_property
    def _by_name(self) -> Mapping[str, AssetClass]:
        return FrozenDict((each.name, each) for each in self.classes)

    def class_of(self, asset: Asset) -> AssetClass:
        """
        Return the class of *asset*.

        Raises:
            DefinitionError: If there is none of that name.
        """
        return self._class(asset.asset_class)

    def _class(self, name: str) -> AssetClass:
        found = self._by_name.get(name)
        if found is None:
            problem = f"no asset class {name!r}; {close_to(name, self._by_name)}"
            raise DefinitionError(problem)
        return found

    def register(
        self,
        asset_id: AssetId,
        asset_class: str,
        name: str,
        occasion: Occasion,
        *,
        details: Mapping[str, object] = EMPTY,
    ) -> AssetDecision:
        """
        Begin the life of an asset.

        Args:
            asset_id: Its key.
            asset_class: The name of its class.
            name: What people call it.
            occasion: When, and by whom.
            details: Serial number, tag, days, cost and further fields, by name; ``None`` is as good as
                nothing.

        Raises:
            DefinitionError: If there is no such class, a field cannot hold what it is given, or the details
                name the asset again.
            RefusedError: If a name in *details* is one that they cannot set, such as ``state``.
        """
        _refuse_commanded(asset_id, details)
        if "name" in details:
            problem = (
                f"the name of {asset_id} is given twice: {name!r}, and {details['name']!r} in the details"
            )
            raise DefinitionError(problem)
        start = self.workflow.definition.initial
        fact = AssetRegistered(
            self._class(asset_class).name,
            name,
            start,
            self.workflow.category_of(start).value,
            {field: value for field, value in details.items() if value is not None},
        )
        event = AssetEvent(asset_id, 1, occasion.at, occasion.at, occasion.recorded_at, occasion.actor, fact)
        return AssetDecision(None, ((event, asset_from([event])),))

    def transition(
        self, asset: Asset, trigger: str, occasion: Occasion, details: Mapping[str, object] = EMPTY
    ) -> AssetDecision:
        """
        Move *asset* through its life.

        Somebody has an asset only while its state is active: on any way out of such a state, it is nobody's.
        What is closed or cancelled, such as an asset that was disposed of, is nowhere, and no configuration
        item any more. That is our choice: so nobody answers for what is gone.

        Args:
            asset: The asset.
            trigger: What is asked for, such as ``"dispose"``.
            occasion: When, and by whom.
            details: What the move needs to be told: ``assigned_to`` and ``location`` move the asset, all else
                is kept with it.

        Raises:
            TransitionRefusedError: If the workflow forbids it, with every reason.
            RefusedError: If a name in *details* is one that another command sets, or the asset would be
                somebody's in a state that is not active.
            DefinitionError: If a field cannot hold what it is given.
        """
        kept = {name: value for name, value in details.items() if name not in _PLACES}
        _refuse_commanded(asset.id, kept)
        fired = self.workflow.fire(asset.state, trigger, self._facts(asset, occasion, details))
        return _happen(asset, occasion, *_facts_of(asset, fired, details, kept))

    def available(
        self, asset: Asset, occasion: Occasion, details: Mapping[str, object] = EMPTY
    ) -> tuple[Availability, ...]:
        """Return every way on from the state of *asset*, each with the reasons why not now."""
        return self.workflow.available(asset.state, self._facts(asset, occasion, details))

    def _facts(self, asset: Asset, occasion: Occasion, details: Mapping[str, object]) -> dict[str, object]:
        actor, asset_class = occasion.actor, self.class_of(asset)
        # Last, so that nobody hands in who they are, or that there is no data.
        return {
            **asset.facts(),
            **details,
            "holds_data": asset_class.holds_data,
            "wipe_certificate": asset.wipe_certificate,
            "actor": actor.id,
            "automated": actor.automated,
            ACTOR_ROLES: actor.roles,
        }

    def assign(self, asset: Asset, occasion: Occasion, owner: str) -> AssetDecision:
        """
        Give an asset that is in use to somebody else.

        Raises:
            RefusedError: If it is not in use.
        """
        if asset.state_category != StateCategory.ACTIVE.value:
            refusal = (
                f"cannot assign {asset} to {owner}: it is {asset.state}, and nobody's before it is in use"
            )
            raise RefusedError(refusal)
        return _happen(asset, occasion, *_differing(asset, Assigned(owner)))

    def move(self, asset: Asset, occasion: Occasion, location: str) -> AssetDecision:
        """
        Say where an asset is.

        Raises:
            RefusedError: If it is gone.
        """
        _refuse_gone(asset, f"move {asset} to {location}")
        return _happen(asset, occasion, *_differing(asset, Moved(location)))

    def install(self, asset: Asset, occasion: Occasion, ci: CIId | None) -> AssetDecision:
        """
        Say which configuration item an asset is, or that it is none.

        Raises:
            RefusedError: If it is gone.
        """
        _refuse_gone(asset, f"install {asset}")
        return _happen(asset, occasion, *_differing(asset, Installed(ci)))

    def certify_wipe(
        self, asset: Asset, occasion: Occasion, certificate: str, *, method: str | None = None
    ) -> AssetDecision:
        """
        Record that an asset holds no data any more, with the proof.

        Raises:
            RefusedError: If it is in use, so that it will hold data again, or gone.
        """
        _refuse_gone(asset, f"certify the wiping of {asset}")
        if asset.state_category == StateCategory.ACTIVE.value:
            refusal = f"cannot certify the wiping of {asset}: it is {asset.state}; take it back first"
            raise RefusedError(refusal)
        if asset.wipe_certificate == certificate:
            return AssetDecision(asset, ())
        return _happen(asset, occasion, WipeCertified(certificate, method))

    def withdraw_wipe(self, asset: Asset, occasion: Occasion, reason: str) -> AssetDecision:
        """Record that the certificate of an asset's wiping says nothing any more, and why."""
        if asset.wipe_certificate is None:
            return AssetDecision(asset, ())
        return _happen(asset, occasion, WipeWithdrawn(reason))

    def count(self, asset: Asset, occasion: Occasion, count: str, location: str) -> AssetDecision:
        """
        Record that an asset was seen in a stock-take, and where. It moves there; once for each stock-take.

        Raises:
            RefusedError: If it is gone.
        """
        _refuse_gone(asset, f"count {asset}")
        if count in asset.counts:
            return AssetDecision(asset, ())
        return _happen(asset, occasion, Counted(count, location), *_differing(asset, Moved(location)))

    def reclassify(self, asset: Asset, occasion: Occasion, asset_class: str, reason: str) -> AssetDecision:
        """
        Put an asset into another class, with the reason.

        Raises:
            DefinitionError: If there is no such class.
        """
        if self._class(asset_class).name == asset.asset_class:
            return AssetDecision(asset, ())
        return _happen(asset, occasion, Reclassified(asset_class, reason))

    def describe(self, asset: Asset, occasion: Occasion, changes: Mapping[str, object]) -> AssetDecision:
        """
        Change descriptive fields and further details.

        Args:
            asset: The asset.
            occasion: When, and by whom.
            changes: The new values by name; ``None`` empties. Those equal to the present ones are dropped.

        Raises:
            RefusedError: If a name is one that only another command may change, such as ``state``.
            DefinitionError: If a field cannot hold what it is given.
        """
        _refuse_commanded(asset.id, changes)
        return _happen(asset, occasion, *_described(asset, changes))

    def depreciation(self, asset: Asset, *, stopped_on: date | None = None) -> Depreciation | None:
        """
        Return how the cost of *asset* is written off.

        Args:
            asset: The asset. Its life begins on the day on which it came into service, or was acquired.
            stopped_on: The day from which on it is not written off any more.

        Returns:
            ``None`` if its class says of no depreciation, or the asset has no cost or no such day.
        """
        terms, day = self.class_of(asset).depreciation, asset.in_service_on or asset.acquired_on
        if terms is None or asset.cost is None or day is None:
            return None
        return Depreciation(asset.cost, terms, day, stopped_on=stopped_on)


def _happen(asset: Asset, occasion: Occasion, *facts: AssetFact) -> AssetDecision:
    """Return the decision that *facts* happen to *asset*, in this order."""
    steps, after = [], asset
    for fact in facts:
        event = AssetEvent(
            asset.id,
            after.version + 1,
            occasion.at,
            max(occasion.at, after.updated_at),
            occasion.recorded_at,
            occasion.actor,
            fact,
        )
        after = after.after(event)
        steps.append((event, after))
    return AssetDecision(asset, tuple(steps))


def _facts_of(
    asset: Asset, fired: Fired, details: Mapping[str, object], kept: Mapping[str, object]
) -> Iterable[AssetFact]:
    category = fired.category.value
    in_use = fired.category is StateCategory.ACTIVE
    owner = details.get("assigned_to", asset.owner if in_use else None)
    if owner is not None and not in_use:
        what = f"{fired.trigger} {asset} and assign it to {owner}"
        refusal = f"cannot {what}: it is {fired.target} then, and nobody's"
        raise RefusedError(refusal)
    gone = fired.category in _GONE
    location = None if gone else details.get("location", asset.location)
    yield LifeCycleMoved(
        fired.source, fired.target, category, fired.trigger, fired.effects, _news(asset, kept)
    )
    yield from _differing(
        asset,
        Assigned(owner),  # type: ignore[arg-type]  # it checks itself
        Moved(location),  # type: ignore[arg-type]  # as above
        Installed(None if gone else asset.ci),
    )
    if _WITHDRAW in fired.effects and asset.wipe_certificate is not None:
        yield WipeWithdrawn(f"{fired.trigger}: it may hold data again")


def _differing(asset: Asset, *facts: Assigned | Moved | Installed) -> Iterable[AssetFact]:
    """Return those of *facts* that are not so yet."""
    held = {Assigned: asset.owner, Moved: asset.location, Installed: asset.ci}
    for fact in facts:
        if fact != type(fact)(held[type(fact)]):  # type: ignore[arg-type]  # each of its own kind
            yield fact


def _described(asset: Asset, changes: Mapping[str, object]) -> Iterable[AssetFact]:
    news = _news(asset, changes)
    return (AssetDescribed(news),) if news else ()


def _news(asset: Asset, values: Mapping[str, object]) -> dict[str, object]:
    """Return those of *values* that the asset has not got yet."""
    held = {**asset.details, **{name: getattr(asset, name) for name in DESCRIPTIVE_FIELDS}}
    return {name: value for name, value in values.items() if held.get(name) != value}


def _refuse_gone(asset: Asset, what: str) -> None:
    if asset.is_gone:
        refusal = f"cannot {what}: it is {asset.state}"
        raise RefusedError(refusal)


def _refuse_commanded(asset_id: AssetId, names: Iterable[str]) -> None:
    fixed = sorted(name for name in names if name in _COMMANDED)
    if fixed:
        raise RefusedError(
            *(f"cannot set {name} of {asset_id} as a detail: {_COMMANDED[name]}" for name in fixed)
        )


_PLACES = frozenset({"assigned_to", "location"})

_COMMANDED = {
    **dict.fromkeys(("state", "state_category"), "it moves through its life; use `transition`"),
    **dict.fromkeys(("owner", "assigned_to"), "it is given to somebody; use `assign` or `transition`"),
    "location": "it is moved; use `move`",
    "ci": "it is installed; use `install`",
    "wipe_certificate": "it is certified; use `certify_wipe`",
    **dict.fromkeys(("asset_class", "holds_data"), "it follows from the class; use `reclassify`"),
    "currency": "it is part of the cost; set `cost`",
    **dict.fromkeys(
        ("id", "version", "updated_at", "owners", "locations", "cis", "counts", "details"),
        "it follows from the history",
    ),
    **dict.fromkeys(("actor", "automated", ACTOR_ROLES), "it is told by who acts"),
}
