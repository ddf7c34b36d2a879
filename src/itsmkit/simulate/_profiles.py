"""The organisation that is simulated unless another is asked for: three sites on three continents."""

from collections.abc import Mapping

from itsmkit.simulate._world import HOURS, LIVE_CHANNELS, WEEKDAYS, Pace, Site, Topic, World, agents_of

__all__ = [
    "AGENTS",
    "HOURS",
    "LIVE_CHANNELS",
    "PACES",
    "SITES",
    "THREE_SITES",
    "TOPICS",
    "WEEKDAYS",
]

SITES = (
    Site("Utrecht", 5, {"portal": 38, "email": 26, "phone": 24, "chat": 8, "walk-in": 4}, (1, 420)),
    Site("Jakarta", 3, {"chat": 42, "phone": 22, "walk-in": 18, "email": 12, "portal": 6}, (421, 640)),
    Site("Denver", 4, {"phone": 40, "portal": 28, "email": 20, "chat": 9, "walk-in": 3}, (641, 960)),
)

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


AGENTS = agents_of(
    {site.service_desk: 2 * site.size for site in SITES}
    | dict.fromkeys((group for topic in TOPICS for group in topic.groups), 4)
)
"""The people of each support group; each site has a service desk of its own, which is the first line."""

PACES: Mapping[str, Pace] = {
    "P1": Pace((1, 20), (1, 30), (10, 300)),
    "P2": Pace((2, 90), (2, 120), (15, 480)),
    "P3": Pace((2, 270), (5, 360), (15, 1000)),
    "P4": Pace((3, 280), (10, 900), (20, 2400)),
    "P5": Pace((5, 290), (10, 1000), (20, 2200)),
}
"""The pace of each priority."""

THREE_SITES = World(
    sites=SITES,
    topics=TOPICS,
    agents=AGENTS,
    paces=PACES,
    impacts={"low": 72, "medium": 24, "high": 4},
    urgencies={"low": 34, "medium": 50, "high": 16},
    gravest="high",
    most_urgent="high",
    when_it_fails={"high": 1, "medium": 2},
    lines={1: 50, 2: 36, 3: 14},
    around_the_clock=frozenset({"P1"}),
    waits_for={"requester": 3, "supplier": 1},
    incidents=1800,
)
