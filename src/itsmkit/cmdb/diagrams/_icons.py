"""Small drawings that stand for classes and levels, each in a square of 12 pixels."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from itsmkit._svg import draw

__all__ = ["ICON", "draw_class_icon", "draw_level_icon"]

ICON = 12
"""The side of the square, in pixels."""

_USER = "M6 6.2a2.4 2.4 0 1 0 0-4.8a2.4 2.4 0 1 0 0 4.8M1.6 11c.3-2.4 2-3.4 4.4-3.4s4.1 1 4.4 3.4z"
_SERVICE = "M6 1l4.4 2.5v5L6 11L1.6 8.5v-5z"
_SERVER = "M1.5 1.5h9v3.6h-9zM1.5 6.9h9v3.6h-9zM3.3 3.3h1.2M3.3 8.7h1.2"
_DATABASE = "M1.8 2.8c0-2 8.4-2 8.4 0s-8.4 2-8.4 0v6.4c0 2 8.4 2 8.4 0V2.8M1.8 6c0 2 8.4 2 8.4 0"
_NETWORK = "M6 1.2v3.4M2.4 11V7.8h7.2V11M6 4.6v3.2M4.4 1.2h3.2M1 11h2.8M8.2 11H11"
_POWER = "M6.8 1L2.6 7h3L5.2 11l4.2-6h-3z"
_PLACE = "M2 11V1h8v10M2 4.3h8M2 7.6h8M1 11h10"
_APPLICATION = "M1.2 2h9.6v8H1.2zM1.2 4.4h9.6M2.8 3.2h.8"
_STORAGE = "M1.5 7h9v3.5h-9zM1.5 7l1.6-5.2h5.8L10.5 7M8 8.8h.9"
_PLAIN = "M2 2h8v8H2z"

_BY_WORD: Mapping[str, str] = {
    **dict.fromkeys(
        ("user", "person", "customer", "department", "team", "staff", "group", "organisation"), _USER
    ),
    **dict.fromkeys(("service",), _SERVICE),
    **dict.fromkeys(("database", "cache", "queue"), _DATABASE),
    **dict.fromkeys(
        ("server", "host", "hypervisor", "machine", "vm", "computer", "workstation", "node", "cluster"),
        _SERVER,
    ),
    **dict.fromkeys(
        ("network", "switch", "router", "firewall", "balancer", "link", "line", "gateway", "uplink", "port"),
        _NETWORK,
    ),
    **dict.fromkeys(("power", "ups", "pdu", "feed", "generator", "supply"), _POWER),
    **dict.fromkeys(("rack", "room", "site", "building", "location", "datacenter", "centre"), _PLACE),
    **dict.fromkeys(("storage", "disk", "volume", "array", "san"), _STORAGE),
    **dict.fromkeys(("application", "app", "software", "process", "container", "website"), _APPLICATION),
}

_TICK = "M2 6.4L4.8 9.2L10 3"
_WARNING = "M6 1.4L11 10.4H1zM6 4.6v2.8M6 8.6v.5"
_CROSS = "M6 1a5 5 0 1 0 0 10a5 5 0 1 0 0-10M4 4l4 4M8 4l-4 4"


def draw_class_icon(parent: Element, ci_class: str, x: float, y: float) -> None:
    """
    Draw the sign of a class, told by a word in its name, with its left upper corner at *x* and *y*.

    Which words count is our choice; a class of none has a plain square.
    """
    words = "".join(letter if letter.isalnum() else " " for letter in ci_class.lower()).split()
    found = next((_BY_WORD[word] for word in reversed(words) if word in _BY_WORD), _PLAIN)
    draw(parent, "path", class_="icon", d=found, transform=f"translate({x:.6g} {y:.6g})")


def draw_level_icon(parent: Element, tone: int, x: float, y: float) -> None:
    """Draw how bad something is, 0 to 4, with its left upper corner at *x* and *y*."""
    path = _TICK if not tone else _CROSS if tone == 4 else _WARNING
    draw(parent, "path", class_="level", d=path, transform=f"translate({x:.6g} {y:.6g})")
