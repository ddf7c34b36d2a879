"""
Plugins that each break one promise of a discovery, under the contract suite.

They are no tests of ours, so that pytest does not collect them here: `test_discovery_contract` runs them, and
expects of each exactly the failure that its class names in ``breaks``.
"""

import getpass
import os
import socket
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Any, ClassVar

import pytest

from itsmkit.cmdb import CIClass, ClassModel, LookUp, RelationType, SourceRecord, SourceRelation
from itsmkit.plugin import Discovery, DiscoveryProblem, hookimpl
from itsmkit.testing.contracts import DiscoveryContract


class Good:
    """Keeps every promise, and uses all that there is to use."""

    breaks: ClassVar[str | None] = None
    source = "rack"

    @hookimpl
    def itsmkit_discover(self, at: datetime) -> Discovery | None:
        return Discovery(self.source, self.records(at), problems=self.problems())

    def records(self, at: datetime) -> Iterator[SourceRecord]:
        yield self.record("host", at, **self.host())
        yield self.record(
            "database",
            at,
            ci_class="database",
            attributes={"engine": "PostgreSQL", "port": 5432},
            relations=self.relations(),
        )
        yield self.record("nameless", at, relations=[SourceRelation("runs_on", "database", from_other=True)])

    def record(self, key: str, at: datetime, ci_class: str = "host", **more: Any) -> SourceRecord:
        name = None if key == "nameless" else key
        return SourceRecord(self.source, key, ci_class, name, seen_at=at, **more)

    def host(self) -> dict[str, Any]:
        return {
            "attributes": {"ram_gb": 64, "ip_addresses": ["192.0.2.1"], "dns_name": None},
            "lookups": [LookUp("network adapter", {"mac": "00:16:3e:0a:0b:0c"})],
        }

    def relations(self) -> list[SourceRelation]:
        return [SourceRelation("runs_on", "host", attributes={"since": {"boot": [1, 2]}})]

    def problems(self) -> list[DiscoveryProblem]:
        return [DiscoveryProblem("serial number", "only root may read it")]


class Raises(Good):
    breaks = "test_it_answers_and_finds_something"

    def records(self, at: datetime) -> Iterator[SourceRecord]:
        message = "out of ink"
        raise OSError(message)


class FindsNothing(Good):
    breaks = "test_it_answers_and_finds_something"

    @hookimpl
    def itsmkit_discover(self, at: datetime) -> None:
        """Say nothing."""


class RenamesItself(Good):
    breaks = "test_its_source_is_one_and_keeps_its_name"

    @hookimpl
    def itsmkit_discover(self, at: datetime) -> Discovery | None:
        self.source = f"rack at {at:%H}"
        return super().itsmkit_discover(at)


class NumbersAnew(Good):
    breaks = "test_keys_stay_the_same"

    def __init__(self) -> None:
        self._numbers = count()

    def records(self, at: datetime) -> Iterator[SourceRecord]:
        yield self.record(f"host-{next(self._numbers)}", at)


class TellsTheTime(Good):
    breaks = "test_what_has_not_changed_is_told_the_same"

    def records(self, at: datetime) -> Iterator[SourceRecord]:
        yield self.record("host", at, attributes={"operating_system": f"up at {at}"})


class LooksAtTheWrongClock(Good):
    breaks = "test_nothing_is_seen_after_the_instant_of_the_question"

    def records(self, at: datetime) -> Iterator[SourceRecord]:
        yield self.record("host", datetime.now(UTC))


class InventsAttributes(Good):
    breaks = "test_the_records_keep_the_class_model"

    def host(self) -> dict[str, Any]:
        return {"attributes": {"colour": "blue"}}


class InventsClasses(Good):
    breaks = "test_the_records_keep_the_class_model"

    def records(self, at: datetime) -> Iterator[SourceRecord]:
        yield self.record("host", at, ci_class="toaster")


class RelatesWhatMayNotBe(Good):
    breaks = "test_the_records_keep_the_class_model"

    def relations(self) -> list[SourceRelation]:
        return [SourceRelation("runs_on", "host", from_other=True)]


class LosesRecords(Good):
    breaks = "test_relations_lead_to_records_of_the_same_run"

    def relations(self) -> list[SourceRelation]:
        return [SourceRelation("runs_on", "elsewhere")]


class TellsSets(Good):
    breaks = "test_values_are_plain"

    def host(self) -> dict[str, Any]:
        return {"attributes": {"ip_addresses": {"192.0.2.1"}}}


class TellsObjects(Good):
    breaks = "test_values_are_plain"

    def host(self) -> dict[str, Any]:
        return {"lookups": [LookUp("network adapter", {"mac": Good})]}


class TellsWhoIsLoggedIn(Good):
    breaks = "test_it_tells_neither_secrets_nor_who_is_logged_in"

    def host(self) -> dict[str, Any]:
        return {"attributes": {"runbook": f"/home/{getpass.getuser()}/runbook"}}


class TellsItsEnvironment(Good):
    breaks = "test_it_tells_neither_secrets_nor_who_is_logged_in"

    def relations(self) -> list[SourceRelation]:
        environment: Mapping[str, str] = dict(os.environ)
        return [SourceRelation("runs_on", "host", attributes={"environment": environment})]


class TellsPasswords(Good):
    breaks = "test_it_tells_neither_secrets_nor_who_is_logged_in"

    def host(self) -> dict[str, Any]:
        return {"lookups": [LookUp("management board", {"admin_password": "hunter2"})]}


class TellsKeys(Good):
    breaks = "test_it_tells_neither_secrets_nor_who_is_logged_in"

    def host(self) -> dict[str, Any]:
        return {"attributes": {"runbook": "-----BEGIN OPENSSH PRIVATE KEY-----"}}


class ComplainsOfPeople(Good):
    breaks = "test_it_tells_neither_secrets_nor_who_is_logged_in"

    def problems(self) -> list[DiscoveryProblem]:
        return [DiscoveryProblem("home directory", f"{getpass.getuser()} may not read it")]


class AsksTheNetwork(Good):
    breaks = "test_it_finishes_without_a_network"

    def records(self, at: datetime) -> Iterator[SourceRecord]:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.connect(("127.0.0.1", 9))
        yield from super().records(at)


class ResolvesNames(Good):
    breaks = "test_it_finishes_without_a_network"

    def records(self, at: datetime) -> Iterator[SourceRecord]:
        try:
            socket.getaddrinfo("127.0.0.1", 9)
        except OSError:
            return
        yield from super().records(at)


class AsksItsOwnMachine(Good):
    """Breaks nothing: a socket of the same machine is no network."""

    def records(self, at: datetime) -> Iterator[SourceRecord]:
        with socket.socket(socket.AF_UNIX) as asking, pytest.raises(FileNotFoundError):
            asking.connect("/itsmkit-no-such-socket")
        yield from super().records(at)


class KeepsAModelOfItsOwn(Good):
    """Breaks nothing: the suite is told of the model."""

    model = ClassModel(
        [CIClass("host"), CIClass("database"), CIClass("toaster")],
        [RelationType("runs_on", "runs", "reverse")],
    )

    def records(self, at: datetime) -> Iterator[SourceRecord]:
        yield self.record("host", at, ci_class="toaster")


def _suite(kind: type[Good]) -> type[DiscoveryContract]:
    def plugin(self: object) -> object:
        return kind()

    def model(self: object) -> ClassModel:
        return kind.model  # type: ignore[attr-defined]  # asked of those that have one

    made: dict[str, object] = {"plugin": pytest.fixture(plugin), "__module__": __name__}
    if hasattr(kind, "model"):
        made["model"] = pytest.fixture(model)
    return type(f"Test{kind.__name__}", (DiscoveryContract,), made)


KINDS = [Good, *Good.__subclasses__()]
globals().update({f"Test{kind.__name__}": _suite(kind) for kind in KINDS})


class TestForgotten(DiscoveryContract):
    """Provides no plugin."""
