"""
What can be done with an asset: pure functions that return what happens, or refuse it with every reason.

What would change nothing decides that nothing happens.
"""

from collections.abc import Mapping
from datetime import date
from functools import cached_property

from attrs import field, frozen

from itsmkit._frozen import EMPTY, FrozenDict, as_tuple
from itsmkit._problems import close_to, distinct_problems, items_problems
from itsmkit.cmdb import CIId
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.practices.assets._commanded import PLACES, refuse_commanded
from itsmkit.practices.assets._consequences import consequences, described, differing, withdrawn
from itsmkit.practices.assets.asset import Asset, asset_from
from itsmkit.practices.assets.asset_class import AssetClass
from itsmkit.practices.assets.asset_decision import AssetDecision, happen
from itsmkit.practices.assets.depreciation import Depreciation
from itsmkit.practices.assets.events import (
    AssetEvent,
    AssetId,
    AssetRegistered,
    Assigned,
    Counted,
    Installed,
    Moved,
    Reclassified,
    ReEstimated,
    WipeCertified,
    WipeWithdrawn,
)
from itsmkit.practices.assets.re_estimate import ReEstimate
from itsmkit.practices.decision import Occasion
from itsmkit.workflow import ACTOR_ROLES, Availability, StateCategory, Workflow, asset_workflow

__all__ = ["AssetManagement"]


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
        problems = [*items_problems("classes", self.classes, AssetClass)]
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
        refuse_commanded(asset_id, details)
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
        kept = {name: value for name, value in details.items() if name not in PLACES}
        refuse_commanded(asset.id, kept)
        fired = self.workflow.fire(asset.state, trigger, self._facts(asset, occasion, details))
        return self._reckoned(happen(asset, occasion, *consequences(asset, fired, details, kept)))

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
        return happen(asset, occasion, *differing(asset, Assigned(owner)))

    def move(self, asset: Asset, occasion: Occasion, location: str) -> AssetDecision:
        """
        Say where an asset is.

        Raises:
            RefusedError: If it is gone.
        """
        _refuse_gone(asset, f"move {asset} to {location}")
        return happen(asset, occasion, *differing(asset, Moved(location)))

    def install(self, asset: Asset, occasion: Occasion, ci: CIId | None) -> AssetDecision:
        """
        Say which configuration item an asset is, or that it is none.

        What does the work of an item may hold data again, so that a certificate of its wiping is withdrawn.

        Raises:
            RefusedError: If it is gone.
        """
        _refuse_gone(asset, f"install {asset}")
        installed = tuple(differing(asset, Installed(ci)))
        holds_anew = installed and ci is not None
        return happen(asset, occasion, *installed, *(withdrawn(asset, "install") if holds_anew else ()))

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
        return happen(asset, occasion, WipeCertified(certificate, method))

    def withdraw_wipe(self, asset: Asset, occasion: Occasion, reason: str) -> AssetDecision:
        """Record that the certificate of an asset's wiping says nothing any more, and why."""
        if asset.wipe_certificate is None:
            return AssetDecision(asset, ())
        return happen(asset, occasion, WipeWithdrawn(reason))

    def count(
        self, asset: Asset, occasion: Occasion, count: str, location: str, *, moves: bool = True
    ) -> AssetDecision:
        """
        Record that an asset was seen in a stock-take, and where; once for each stock-take.

        Args:
            asset: The asset.
            occasion: When it is recorded, and by whom.
            count: The name of the stock-take.
            location: Where it was seen.
            moves: Whether it is there now, and not elsewhere since.

        Raises:
            RefusedError: If it is gone.
        """
        _refuse_gone(asset, f"count {asset}")
        if count in asset.counts:
            return AssetDecision(asset, ())
        moved = differing(asset, Moved(location)) if moves else ()
        return happen(asset, occasion, Counted(count, location), *moved)

    def reclassify(self, asset: Asset, occasion: Occasion, asset_class: str, reason: str) -> AssetDecision:
        """
        Put an asset into another class, with the reason.

        Raises:
            DefinitionError: If there is no such class, or a re-estimate of the asset cannot be by its terms.
        """
        if self._class(asset_class).name == asset.asset_class:
            return AssetDecision(asset, ())
        return self._reckoned(happen(asset, occasion, Reclassified(asset_class, reason)))

    def re_estimate(self, asset: Asset, occasion: Occasion, estimate: ReEstimate) -> AssetDecision:
        """
        Record that an asset is expected to last otherwise from some day on, or is worth less.

        Raises:
            RefusedError: If it is gone, or not written off.
            DefinitionError: If the estimate cannot be: it follows on the ones before, in the currency of the
                cost, and leaves the residual value.
        """
        _refuse_gone(asset, f"re-estimate {asset}")
        if self.depreciation(asset) is None:
            refusal = (
                f"cannot re-estimate {asset}: it is not written off; that needs a cost, the day on which it "
                "was acquired, and a class with depreciation"
            )
            raise RefusedError(refusal)
        if estimate in asset.re_estimates:
            return AssetDecision(asset, ())
        return self._reckoned(happen(asset, occasion, ReEstimated(estimate)))

    def _reckoned(self, decision: AssetDecision) -> AssetDecision:
        """Refuse what would leave an asset whose value cannot be reckoned."""
        self.depreciation(decision.asset)
        return decision

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
        refuse_commanded(asset.id, changes)
        return self._reckoned(happen(asset, occasion, *described(asset, changes)))

    def depreciation(self, asset: Asset, *, stopped_on: date | None = None) -> Depreciation | None:
        """
        Return how the cost of *asset* is written off.

        Args:
            asset: The asset. Its life begins on the day on which it came into service, or was acquired.
            stopped_on: The day from which on it is not written off any more; by default, the day in UTC on
                which it was closed or cancelled, if it was.

        Returns:
            With what was estimated anew; ``None`` if its class says of no depreciation, or the asset has no
            cost or no such day.
        """
        terms, day = self.class_of(asset).depreciation, asset.in_service_on or asset.acquired_on
        if terms is None or asset.cost is None or day is None:
            return None
        if stopped_on is None and asset.gone_at is not None:
            stopped_on = asset.gone_at.date()
        stop = stopped_on
        known = (each for each in asset.re_estimates if stop is None or each.on < stop)
        return Depreciation(asset.cost, terms, day, known, stop)


def _refuse_gone(asset: Asset, what: str) -> None:
    if asset.is_gone:
        refusal = f"cannot {what}: it is {asset.state}"
        raise RefusedError(refusal)
