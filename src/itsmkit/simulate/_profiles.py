"""The simulated organisation, as tables: its sites, what goes wrong there, and who sets it right."""

from collections.abc import Mapping

from attrs import field, frozen

from itsmkit._frozen import frozen_dict

__all__ = [
    "AGENTS",
    "HOURS",
    "LIVE_CHANNELS",
    "PACES",
    "Pace",
    "SITES",
    "Site",
    "TOPICS",
    "Topic",
    "WEEKDAYS",
]


@frozen
class Site:
    """
    A place where people work and need help.

    Args:
        name: Its name, which is that of its calendar too.
        size: How busy it is, compared with the others.
        channels: How its people get in touch, by weight.
        callers: The first and the last number of its people.
    """

    name: str
    size: int
    channels: Mapping[str, int] = field(converter=frozen_dict)
    callers: tuple[int, int]

    @property
    def service_desk(self) -> str:
        """The support group that everything comes to first."""
        return f"service desk {self.name}"


SITES = (
    Site("Utrecht", 5, {"portal": 38, "email": 26, "phone": 24, "chat": 8, "walk-in": 4}, (1, 420)),
    Site("Jakarta", 3, {"chat": 42, "phone": 22, "walk-in": 18, "email": 12, "portal": 6}, (421, 640)),
    Site("Denver", 4, {"phone": 40, "portal": 28, "email": 20, "chat": 9, "walk-in": 3}, (641, 960)),
)

LIVE_CHANNELS = frozenset({"phone", "chat", "walk-in"})
"""The channels on which somebody of the desk takes part, and which nobody answers out of hours."""

HOURS = (1, 1, 1, 1, 1, 2, 5, 14, 38, 52, 48, 40, 26, 36, 42, 38, 28, 15, 7, 5, 4, 3, 2, 1)
"""How busy each hour of the day is, by a site's own clock."""

WEEKDAYS = (13, 11, 10, 10, 8, 6, 6)
"""How busy each day is, from Monday to Sunday."""


@frozen
class Topic:
    """
    What an incident may be about.

    Args:
        category: What the desk calls it.
        service: The service that suffers.
        groups: The support groups of the second and the third line.
        resolutions: What may set it right.
        item: The kind of configuration item at fault, if it is of a kind that is recorded.
        fails_a_site: Whether it can fail for everybody at once.
    """

    category: str
    service: str
    groups: tuple[str, str]
    resolutions: tuple[str, ...]
    item: str | None = None
    fails_a_site: bool = False


TOPICS: Mapping[Topic, int] = {
    Topic(
        "access",
        "identity",
        ("identity", "platform engineering"),
        ("permission granted", "unlocked"),
    ): 24,
    Topic(
        "application",
        "order entry",
        ("application support", "application engineering"),
        ("explained", "data corrected", "patched"),
        fails_a_site=True,
    ): 22,
    Topic(
        "hardware",
        "workplace",
        ("workplace", "supplier liaison"),
        ("replaced", "driver updated"),
        item="laptop",
    ): 20,
    Topic(
        "email",
        "mail",
        ("workplace", "platform engineering"),
        ("explained", "mailbox repaired"),
        fails_a_site=True,
    ): 16,
    Topic(
        "network",
        "network",
        ("network operations", "network engineering"),
        ("restarted", "configured anew", "cable replaced"),
        item="access switch",
        fails_a_site=True,
    ): 10,
    Topic(
        "printing",
        "printing",
        ("workplace", "supplier liaison"),
        ("restarted", "replaced"),
        item="printer",
    ): 8,
}
"""The topics, by weight."""


def _agents() -> Mapping[str, tuple[str, ...]]:
    sizes = {site.service_desk: 2 * site.size for site in SITES}
    sizes |= dict.fromkeys((group for topic in TOPICS for group in topic.groups), 4)
    agents: dict[str, tuple[str, ...]] = {}
    first = 1
    for group, size in sizes.items():
        agents[group] = tuple(f"agent {number:02}" for number in range(first, first + size))
        first += size
    return frozen_dict(agents)


AGENTS = _agents()
"""The people of each support group; each site has a service desk of its own, which is the first line."""


@frozen
class Pace:
    """
    How quickly work of one priority goes, from the shortest to the longest time of each step.

    Args:
        respond: Minutes until somebody looks at it.
        start: Minutes that it waits in the queue of a support group.
        work: Minutes of work in each group that has it.
    """

    respond: tuple[int, int]
    start: tuple[int, int]
    work: tuple[int, int]


PACES: Mapping[str, Pace] = {
    "P1": Pace((1, 20), (1, 30), (10, 300)),
    "P2": Pace((2, 90), (2, 120), (15, 480)),
    "P3": Pace((2, 270), (5, 360), (15, 1000)),
    "P4": Pace((3, 280), (10, 900), (20, 2400)),
    "P5": Pace((5, 290), (10, 1000), (20, 2200)),
}
"""The pace of each priority."""
