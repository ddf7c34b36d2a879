"""Layered configurations of any size, made from a seed, as they come out of a discovery."""

from collections.abc import Sequence
from random import Random

from itsmkit.cmdb import CIId, ConfigurationItem, RedundancySet, Relation

__all__ = ["HUB", "layered", "redundant"]

HUB = CIId("core-0")
"""What everything depends on."""

LAYERS = (
    ("network", 0.002),
    ("rack", 0.02),
    ("server", 0.08),
    ("machine", 0.2),
    ("database", 0.3),
    ("application", 0.25),
    ("service", 0.148),
)
"""The classes, each of which depends on the one before, with their share of all items."""
TYPES = ("runs_on", "depends_on", "powered_by", "composed_of")


def layered(cis: int, seed: int = 1) -> tuple[list[ConfigurationItem], list[Relation]]:
    """
    Return a configuration of about so many items, each with three to five providers near to it.

    The items come in an order of chance, the relations by what they are said of.
    """
    random = Random(seed)
    below = [HUB]
    items = [ConfigurationItem(HUB, "core", "core")]
    relations: list[Relation] = []
    for ci_class, share in LAYERS:
        layer = [CIId(f"{ci_class}-{number}") for number in range(max(1, int(cis * share)))]
        items += [ConfigurationItem(ci, ci_class, ci) for ci in layer]
        for number, ci in enumerate(layer):
            nearest = number * len(below) // len(layer)
            near = {
                (nearest + random.randrange(-8, 9)) % len(below) for _ in range(random.choice((3, 4, 4, 5)))
            }
            relations += [
                Relation(ci, random.choice(TYPES), below[each]) for each in sorted(near | {nearest})
            ]
        below = layer
    random.shuffle(items)
    return items, relations


def redundant(relations: Sequence[Relation], share: float, seed: int = 2) -> list[RedundancySet]:
    """Return sets by which a *share* of all dependents with several providers need but one of these."""
    random = Random(seed)
    providers: dict[CIId, list[CIId]] = {}
    for each in relations:
        providers.setdefault(each.source, []).append(each.target)
    return [
        RedundancySet(dependent, "any", members, "any")
        for dependent, members in providers.items()
        if len(members) > 1 and random.random() < share
    ]
