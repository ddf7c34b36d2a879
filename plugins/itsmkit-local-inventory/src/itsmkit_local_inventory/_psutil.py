"""The one door to psutil: adapters, addresses, volumes, memory, what listens."""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path, PurePath

import psutil

from itsmkit_local_inventory.facts import Adapter, Listener, Problems, Volume

__all__ = ["adapters", "addresses", "listeners", "processors", "ram_gb", "volumes"]

_MADE_BY_SOFTWARE = (
    *(
        "anpi",
        "awdl",
        "br-",
        "bridge",
        "cali",
        "cni",
        "docker",
        "dummy",
        "flannel",
        "gif",
        "ifb",
        "llw",
        "lo",
    ),
    *("lxc", "podman", "stf", "tailscale", "tap", "tun", "utun", "vboxnet", "veth", "virbr", "vmnet", "vnet"),
    *("wg", "zt"),
)
"""How the names of adapters begin that are no hardware, and come and go with what runs on the machine."""

_NO_VOLUMES = frozenset({"autofs", "iso9660", "overlay", "squashfs", "tmpfs", "udf"})
_PASSING = ("/media/", "/run/media/", "/run/user/", "/snap/", "/var/lib/docker/", "/System/Volumes/")
_HOMES = frozenset({"home", "Users"})
_EPHEMERAL = 32768  # where Linux begins to hand out ports by itself; such a service has no port of its own
_LENGTH_OF_MAC = 17


def processors() -> int | None:
    """Return how many processors the system counts, or ``None`` if it does not know."""
    return psutil.cpu_count()


def ram_gb() -> float:
    """Return the memory that the system can use, in units of 2³⁰ bytes, to a tenth."""
    return round(psutil.virtual_memory().total / 2**30, 1)


def adapters(root: Path) -> tuple[Adapter, ...]:
    """
    Return the network adapters that are hardware, or stand for it in a virtual machine; sorted, each once.

    Bridges, tunnels, and the ends of the networks of containers are left out: their addresses change.

    Args:
        root: Where ``/sys`` is; on systems without it, the names of adapters decide.
    """
    found: set[str] = set()
    for name, known in psutil.net_if_addrs().items():
        if _is_lasting(name) and not _is_virtual(root, name):
            macs = (each.address.replace("-", ":").lower() for each in known if each.family == psutil.AF_LINK)
            found.update(mac for mac in macs if len(mac) == _LENGTH_OF_MAC and mac.strip("0:"))
    return tuple(map(Adapter, sorted(found)))


def addresses() -> tuple[str, ...]:
    """Return the IP addresses by which others reach the machine, sorted by version and value."""
    found: set[IPv4Address | IPv6Address] = set()
    for name, known in psutil.net_if_addrs().items():
        if _is_lasting(name):
            found.update(
                ip_address(each.address.partition("%")[0])
                for each in known
                if each.family in (socket.AF_INET, socket.AF_INET6)
            )
    told = (each for each in found if not (each.is_loopback or each.is_link_local))
    return tuple(map(str, sorted(told, key=lambda each: (each.version, int(each)))))


def volumes(problems: Problems) -> tuple[Volume, ...]:
    """
    Return the volumes that are mounted, sorted; of those on one device, the one mounted nearest to the root.

    Media that people insert, images and what only runs in memory are left out.
    """
    try:
        mounted = psutil.disk_partitions(all=False)
    except (OSError, psutil.Error) as error:
        problems.lost("volumes", f"the system does not tell what is mounted: {_said(error)}")
        return ()
    nearest: dict[str, tuple[str, str]] = {}
    for each in sorted(mounted, key=lambda part: (len(part.mountpoint), part.mountpoint)):
        is_passing = each.mountpoint.startswith(_PASSING) or "cdrom" in each.opts.split(",")
        if not is_passing and each.fstype not in _NO_VOLUMES and not each.device.startswith("/dev/loop"):
            nearest.setdefault(each.device, (each.mountpoint, each.fstype))
    return tuple(
        sorted(
            (
                Volume(_place(mountpoint, device), _capacity(mountpoint, fstype, problems))
                for device, (mountpoint, fstype) in nearest.items()
            ),
            key=lambda volume: volume.place,
        )
    )


def listeners(problems: Problems) -> tuple[Listener, ...]:
    """Return the processes that listen on a TCP port below 32768, sorted, each once."""
    try:
        known = psutil.net_connections("tcp")
    except (OSError, psutil.Error) as error:
        problems.lost("services", f"the system does not tell what listens: {_said(error)}")
        return ()
    listening = {
        (each.pid, each.laddr.port) for each in known if each.laddr and each.status == psutil.CONN_LISTEN
    }
    found = set()
    nameless = set()
    for pid, port in listening:
        if port < _EPHEMERAL:
            name = _process(pid)
            if name is None:
                nameless.add(port)
            else:
                found.add(Listener(name, port))
    hidden = nameless - {each.port for each in found}
    if hidden:
        ports = ", ".join(map(str, sorted(hidden)))
        problems.lost(
            "services", f"the system does not tell who listens on {ports}; an administrator can see it"
        )
    return tuple(sorted(found))


def _is_lasting(name: str) -> bool:
    return not name.lower().startswith(_MADE_BY_SOFTWARE)


def _is_virtual(root: Path, name: str) -> bool:
    return "/devices/virtual/" in (root / "sys/class/net" / name).resolve().as_posix()


def _place(mountpoint: str, device: str) -> str:
    """Return what a volume is told by: its device where it is mounted in the home of somebody."""
    folders = PurePath(mountpoint).parts[1:]
    return device if len(folders) > 1 and folders[0] in _HOMES else mountpoint


def _capacity(mountpoint: str, fstype: str, problems: Problems) -> float | None:
    if fstype == "zfs":  # what one of its datasets could hold changes with what the others do
        return None
    try:
        return round(psutil.disk_usage(mountpoint).total / 10**9, 1)
    except OSError as error:
        problems.note(f"capacity of volume {mountpoint}", f"the system does not tell: {error.strerror}")
        return None


def _process(pid: int | None) -> str | None:
    if pid is None:
        return None
    try:
        return psutil.Process(pid).name().strip() or None
    except psutil.Error:
        return None


def _said(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
