"""What there is to know of a machine, as plain values; how it was found out does not matter here."""

from attrs import Factory, frozen

from itsmkit.plugin import DiscoveryProblem

__all__ = ["Adapter", "Listener", "MachineFacts", "Problems", "Software", "Volume"]


@frozen
class Adapter:
    """
    A network adapter.

    Args:
        mac: Its address, in lower case, with colons.
    """

    mac: str


@frozen
class Volume:
    """
    A mounted volume.

    Args:
        place: Where it is mounted; the device, where that would name a person.
        capacity_gb: What it can hold, in units of 10⁹ bytes; ``None`` if that is not known, or not fixed.
    """

    place: str
    capacity_gb: float | None = None


@frozen
class Software:
    """
    Something installed.

    Args:
        origin: Who installed it: ``"package"`` for the operating system, ``"python"`` for Python.
        name: What it is called there; unique among those of its origin.
        version: Its version, if there is one.
    """

    origin: str
    name: str
    version: str | None = None


@frozen(order=True)
class Listener:
    """
    A process that listens on a TCP port.

    Args:
        process: The name of its program.
        port: The port.
    """

    process: str
    port: int


@frozen(kw_only=True)
class MachineFacts:
    """
    A machine, and what belongs to it.

    Args:
        hostname: What it calls itself.
        ci_class: What it is, in the words of the standard class model.
        attributes: What else is known of it, by the names of the standard class model.
        adapters: Its network adapters that are hardware, or stand for it.
        volumes: Its mounted volumes.
        software: What is installed.
        listeners: What listens.
    """

    hostname: str
    ci_class: str
    attributes: dict[str, object] = Factory(dict)
    adapters: tuple[Adapter, ...] = ()
    volumes: tuple[Volume, ...] = ()
    software: tuple[Software, ...] = ()
    listeners: tuple[Listener, ...] = ()


class Problems:
    """What could not be read so far, and whether all that there is could be told all the same."""

    def __init__(self) -> None:
        self.noted: list[DiscoveryProblem] = []
        self.is_full = True

    def note(self, subject: str, reason: str) -> None:
        """Note that something is not known of what is told."""
        self.noted.append(DiscoveryProblem(subject, reason))

    def lost(self, subject: str, reason: str) -> None:
        """Note that something is not told at all, though it may be there."""
        self.note(subject, reason)
        self.is_full = False
