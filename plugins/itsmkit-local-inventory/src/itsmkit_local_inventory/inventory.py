"""The inventory of the machine that this runs on."""

import platform
from datetime import datetime
from pathlib import Path

from attrs import field, frozen

from itsmkit.plugin import Discovery, hookimpl
from itsmkit_local_inventory._identity import identity
from itsmkit_local_inventory._psutil import adapters, addresses, listeners, processors, ram_gb, volumes
from itsmkit_local_inventory._software import packages, python_distributions
from itsmkit_local_inventory._system import dns_name, hostname, operating_system
from itsmkit_local_inventory.facts import MachineFacts, Problems, Software
from itsmkit_local_inventory.options import InventoryOptions
from itsmkit_local_inventory.records import records_of

__all__ = ["LocalInventory"]


@frozen
class LocalInventory:
    """
    Takes stock of the machine that it runs on. Needs no special rights, and starts no program.

    What cannot be read is one of the problems of the discovery, and everything else is told all the same.

    Args:
        options: What to look at.
        root: Where the files of the system are, such as ``/sys``; elsewhere for those who look at an image.

    Example:
        >>> from datetime import UTC, datetime
        >>> from itsmkit.plugin import Plugins
        >>> inventory = LocalInventory(InventoryOptions(source="my machine"))
        >>> run = Plugins([inventory]).discover(datetime(2026, 3, 2, 9, tzinfo=UTC))
        >>> run.plugins
        {'my machine': 'LocalInventory'}
    """

    options: InventoryOptions = field(factory=InventoryOptions)
    root: Path = field(default=Path("/"), converter=Path, kw_only=True)

    @hookimpl
    def itsmkit_discover(self, at: datetime) -> Discovery:
        """Return the inventory: a full load, unless something may be there that could not be read."""
        problems = Problems()
        facts = self._facts(problems)
        source = self.options.source or f"local inventory of {facts.hostname}"
        return Discovery(
            source, records_of(facts, source, at), is_full=problems.is_full, problems=problems.noted
        )

    def _facts(self, problems: Problems) -> MachineFacts:
        options, root = self.options, self.root
        found = identity(root, options.ci_class, problems)
        attributes = {**found.attributes, "dns_name": dns_name(problems), "ip_addresses": addresses()}
        is_container = found.ci_class == "container"
        if is_container:
            problems.note(
                "host",
                "this is a container: its system, processors, memory and volumes are those of its host; "
                "run the inventory there, too",
            )
        else:
            attributes.update(
                operating_system=operating_system(),
                kernel=platform.release(),
                cpu_count=processors(),
                ram_gb=ram_gb(),
            )
        software: tuple[Software, ...] = ()
        if options.packages:
            software += packages(root, problems)
        if options.python_distributions:
            software += python_distributions(problems)
        return MachineFacts(
            hostname=hostname(),
            ci_class=found.ci_class,
            attributes=attributes,
            adapters=adapters(root),
            volumes=volumes(problems) if options.volumes and not is_container else (),
            software=software,
            listeners=listeners(problems) if options.services else (),
        )
