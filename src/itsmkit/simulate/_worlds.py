"""The organisations of the profiles: a small firm, an IT department, and people who go where work is."""

from collections.abc import Mapping

from itsmkit._frozen import frozen_dict
from itsmkit.simulate._world import Pace, Site, Topic, World, agents_of

__all__ = ["world_of"]

_HELPDESK = World(
    sites=[
        Site(
            "Main building",
            1,
            {"phone": 46, "walk-in": 24, "email": 30},
            (1, 80),
            calendar="office",
            service_desk="Help desk",
        )
    ],
    topics={
        Topic("account", "sign-in", (), ("password set anew", "unlocked", "explained")): 30,
        Topic("computer", "workplace", (), ("restarted", "replaced", "updated")): 26,
        Topic("printing", "printing", (), ("paper removed", "toner replaced", "restarted")): 22,
        Topic("network", "network", (), ("cable replaced", "restarted"), fails_a_site=True): 12,
        Topic("email", "mail", (), ("explained", "mailbox repaired"), fails_a_site=True): 10,
    },
    agents=agents_of({"Help desk": 4}),
    paces={
        "P1": Pace((1, 40), (1, 20), (10, 200)),
        "P2": Pace((2, 130), (2, 120), (15, 700)),
        "P3": Pace((3, 160), (5, 400), (15, 1500)),
    },
    impacts={"one": 78, "some": 19, "all": 3},
    urgencies={"later": 30, "today": 52, "now": 18},
    gravest="all",
    most_urgent="now",
    when_it_fails={"now": 2, "today": 1},
    lines={1: 1},
    waits_for={"requester": 4, "supplier": 1},
    incidents=260,
)

_SERVICE_DESK = World(
    sites=[
        Site(
            "Headquarters",
            6,
            {"portal": 44, "email": 24, "phone": 24, "chat": 8},
            (1, 700),
            calendar="office",
            service_desk="Service desk",
        ),
        Site(
            "Warehouse",
            2,
            {"phone": 58, "portal": 24, "email": 18},
            (701, 900),
            calendar="office",
            service_desk="Service desk",
        ),
    ],
    topics={
        Topic("access", "identity", ("Applications", "Vendors"), ("permission granted", "unlocked")): 24,
        Topic(
            "application",
            "order entry",
            ("Applications", "Vendors"),
            ("explained", "data corrected", "patched"),
            fails_a_site=True,
        ): 28,
        Topic(
            "workplace",
            "workplace",
            ("Infrastructure", "Vendors"),
            ("replaced", "driver updated"),
            item="laptop",
        ): 22,
        Topic(
            "email",
            "mail",
            ("Infrastructure", "Vendors"),
            ("explained", "mailbox repaired"),
            fails_a_site=True,
        ): 14,
        Topic(
            "network",
            "network",
            ("Infrastructure", "Vendors"),
            ("restarted", "configured anew"),
            item="switch",
            fails_a_site=True,
        ): 12,
    },
    agents=agents_of({"Service desk": 12, "Applications": 6, "Infrastructure": 6, "Vendors": 4}),
    paces={
        "P1": Pace((1, 18), (1, 30), (10, 260)),
        "P2": Pace((2, 130), (2, 120), (15, 420)),
        "P3": Pace((2, 150), (5, 360), (15, 1100)),
        "P4": Pace((3, 160), (10, 900), (20, 2200)),
        "P5": Pace((5, 170), (10, 1000), (20, 2400)),
    },
    impacts={"low": 74, "medium": 22, "high": 4},
    urgencies={"low": 34, "medium": 50, "high": 16},
    gravest="high",
    most_urgent="high",
    when_it_fails={"high": 1, "medium": 2},
    lines={1: 56, 2: 34, 3: 10},
    around_the_clock=frozenset({"P1"}),
    waits_for={"requester": 3, "supplier": 1},
    incidents=1400,
)

_DISPATCH = World(
    sites=[
        Site(
            "North yard",
            3,
            {"phone": 70, "portal": 20, "email": 10},
            (1, 220),
            calendar="office",
            service_desk="Dispatchers",
            first_line="Technicians",
        ),
        Site(
            "South yard",
            2,
            {"phone": 78, "portal": 14, "email": 8},
            (221, 360),
            calendar="always",
            service_desk="Dispatchers",
            first_line="Technicians",
        ),
    ],
    topics={
        Topic("door", "doors", ("Technicians",), ("adjusted", "hinge replaced", "lock replaced")): 24,
        Topic("light", "lighting", ("Technicians",), ("lamp replaced", "fuse replaced"), item="lamp"): 24,
        Topic(
            "power", "power", ("Technicians",), ("fuse replaced", "switched on again"), fails_a_site=True
        ): 10,
        Topic(
            "conveyor",
            "conveyors",
            ("Technicians",),
            ("belt tightened", "motor replaced", "cleaned"),
            item="conveyor",
            fails_a_site=True,
        ): 22,
        Topic("heating", "heating", ("Technicians",), ("vented", "valve replaced"), item="boiler"): 20,
    },
    agents=agents_of({"Dispatchers": 6, "Technicians": 14}),
    paces={
        "P1": Pace((1, 25), (10, 170), (20, 300)),
        "P2": Pace((5, 180), (20, 700), (30, 600)),
        "P3": Pace((5, 300), (60, 2600), (30, 1800)),
    },
    impacts={"hindrance": 68, "standstill": 28, "safety": 4},
    urgencies={"planned": 30, "today": 52, "now": 18},
    gravest="standstill",
    most_urgent="now",
    when_it_fails={"now": 2, "today": 1},
    lines={1: 1},
    around_the_clock=frozenset({"P1"}),
    assigned="Dispatched",
    waiting="Waiting for Part",
    back=("Dispatched", "On Site"),
    waits_for={"part": 5, "access": 1},
    incidents=520,
)

_WORLDS: Mapping[str, World] = frozen_dict(
    {"helpdesk": _HELPDESK, "service_desk": _SERVICE_DESK, "dispatch": _DISPATCH}
)


def world_of(profile: str) -> World:
    """Return the organisation that works by a profile."""
    return _WORLDS[profile]
