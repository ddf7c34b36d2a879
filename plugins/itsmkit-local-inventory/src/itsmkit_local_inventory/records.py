"""What is said of a machine: its facts as records of a source."""

from collections.abc import Iterator
from datetime import datetime

from itsmkit.cmdb import LookUp, SourceRecord, SourceRelation
from itsmkit_local_inventory.facts import MachineFacts

__all__ = ["records_of"]


def records_of(facts: MachineFacts, source: str, at: datetime) -> Iterator[SourceRecord]:
    """
    Yield what there is to say of a machine: itself, its volumes, what is installed, what listens.

    Keys begin with the name of the host, so that sources of several machines can be put together. What
    belongs to it bears its name, too: ``vm:/data`` is another volume on every machine.

    Args:
        facts: What is known.
        source: The name of the source.
        at: When it was found out.
    """
    host = facts.hostname
    here = (SourceRelation("runs_on", host),)
    adapters = [LookUp("network adapter", {"mac": each.mac}) for each in facts.adapters]
    yield SourceRecord(
        source, host, facts.ci_class, host, _known(**facts.attributes), seen_at=at, lookups=adapters
    )
    for volume in facts.volumes:
        yield SourceRecord(
            source,
            f"{host}/volume/{volume.place}",
            "storage volume",
            f"{host}:{volume.place}",
            _known(capacity_gb=volume.capacity_gb),
            seen_at=at,
            relations=here,
        )
    for software in facts.software:
        yield SourceRecord(
            source,
            f"{host}/{software.origin}/{software.name}",
            "software instance",
            f"{software.name} on {host}",
            _known(version=software.version),
            seen_at=at,
            relations=here,
        )
    for listener in facts.listeners:
        yield SourceRecord(
            source,
            f"{host}/service/{listener.process}/{listener.port}",
            "software instance",
            f"{listener.process} on {host}:{listener.port}",
            {"port": listener.port},
            seen_at=at,
            relations=here,
        )


def _known(**attributes: object) -> dict[str, object]:
    return {name: value for name, value in attributes.items() if value not in (None, "", ())}
