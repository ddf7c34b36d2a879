"""What comes of a command: the events, and the asset after each of them."""

from attrs import frozen

from itsmkit.practices.assets.asset import Asset
from itsmkit.practices.assets.events import AssetEvent, AssetFact, LifeCycleMoved
from itsmkit.practices.decision import Occasion

__all__ = ["AssetDecision", "happen"]


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


def happen(asset: Asset, occasion: Occasion, *facts: AssetFact) -> AssetDecision:
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
