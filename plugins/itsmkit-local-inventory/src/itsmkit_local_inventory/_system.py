"""What the standard library tells of the system: names, operating system."""

import platform
import socket

from itsmkit_local_inventory.facts import Problems

__all__ = ["dns_name", "hostname", "operating_system"]


def hostname() -> str:
    """Return what the machine calls itself, in lower case, without its domain; ``"localhost"`` at worst."""
    return socket.gethostname().strip().lower().partition(".")[0] or "localhost"


def dns_name(problems: Problems) -> str | None:
    """
    Return the name of the machine with its domain, or ``None`` if it has none.

    That is its own name, if it has a domain, or else what the resolver calls it: its hosts file, and its name
    servers after that, which are waited for as long as it is set to wait.
    """
    own = socket.gethostname().strip().lower()
    if "." in own:
        return own
    try:
        found = socket.getaddrinfo(own, None, flags=socket.AI_CANONNAME)
    except OSError as error:
        problems.note("DNS name", f"{own} cannot be resolved: {error.strerror}")
        return None
    name = str(found[0][3]).lower().rstrip(".")
    return name if "." in name and not name.startswith("localhost") else None


def operating_system() -> str:
    """Return the name and version of the operating system."""
    if platform.system() == "Linux":
        try:
            return platform.freedesktop_os_release()["PRETTY_NAME"]
        except OSError:
            return "Linux"
    return f"{platform.system()} {platform.release()}".strip() or "unknown"
