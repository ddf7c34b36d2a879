"""Which licences are used for which products, so that as much as possible is covered."""

from collections import deque
from collections.abc import Mapping

from itsmkit.practices.assets.licence_events import LicenceProduct

__all__ = ["matched"]


def matched(
    products: Mapping[str, LicenceProduct], there: Mapping[str, int], needed: Mapping[str, int]
) -> dict[tuple[str, str], int]:
    """
    Return how many licences of one product are used for another, so that as much as possible is covered.

    Source:
        A maximum flow by shortest augmenting paths: J. Edmonds, R. M. Karp, Theoretical improvements in
        algorithmic efficiency for network flow problems, 1972.
    """
    used = {(name, name): min(there[name], needed[name]) for name in products}
    spare = {name: there[name] - used[name, name] for name in products}
    missing = {name: needed[name] - used[name, name] for name in products}
    runs = {name: (name, *sorted(products[name].may_run)) for name in sorted(products)}
    while True:
        path = _path(runs, used, spare, missing)
        if not path:
            return used
        back = [(giver, before) for (giver, _), (_, before) in zip(path[1:], path, strict=False)]
        most = min([spare[path[0][0]], missing[path[-1][1]], *(used[pair] for pair in back)])
        for pair in path:
            used[pair] = used.get(pair, 0) + most
        for pair in back:
            used[pair] -= most
        spare[path[0][0]] -= most
        missing[path[-1][1]] -= most


def _path(
    runs: Mapping[str, tuple[str, ...]],
    used: Mapping[tuple[str, str], int],
    spare: Mapping[str, int],
    missing: Mapping[str, int],
) -> list[tuple[str, str]]:
    """
    Return a shortest way by which one more can be covered: who gives to whom, each to what the next gave to.

    The first has something to spare, and each other one is freed from what the one before takes over.
    """
    came: dict[str, tuple[str, str] | None] = {name: None for name in runs if spare[name]}
    queue = deque(came)
    reached: set[str] = set()
    while queue:
        giver = queue.popleft()
        for taker in runs[giver]:
            if taker in reached:
                continue
            reached.add(taker)
            if missing[taker]:
                path = [(giver, taker)]
                step = came[giver]
                while step is not None:
                    path.insert(0, step)
                    step = came[step[0]]
                return path
            for other in runs:
                if other not in came and used.get((other, taker)):
                    came[other] = (giver, taker)
                    queue.append(other)
    return []
