"""The inventory as a whole, on the machine that runs the tests, and as an outsider would have it."""

import json
import os
import platform
import runpy
import socket
import sys
import tomllib
from datetime import UTC, datetime
from importlib.metadata import distribution
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from attrs import evolve

import itsmkit
from itsmkit.cmdb import standard_class_model
from itsmkit.errors import DefinitionError
from itsmkit.plugin import Discovery, Plugins, PluginState
from itsmkit.plugin._requirement import unmet
from itsmkit.testing.contracts import DiscoveryContract
from itsmkit_local_inventory import InventoryOptions, LocalInventory, _software, plugin
from itsmkit_local_inventory.command_line import main

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
BASH = "Package: bash\nStatus: install ok installed\nArchitecture: all\nVersion: 5\n"
EVERYTHING = InventoryOptions(packages=True, python_distributions=True, services=True)


class TestAsInstalled(DiscoveryContract):
    @pytest.fixture
    def plugin(self) -> object:
        return plugin


class TestWithEverything(DiscoveryContract):
    """What is installed and what listens is made up: on the machine, others may change it meanwhile."""

    @pytest.fixture
    def plugin(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
        status = tmp_path / "var/lib/dpkg/status"
        status.parent.mkdir(parents=True)
        status.write_text(BASH, "utf-8")
        listening = SimpleNamespace(
            laddr=SimpleNamespace(port=443), pid=os.getpid(), status=psutil.CONN_LISTEN
        )
        monkeypatch.setattr(psutil, "net_connections", lambda _kind: [listening])
        installed = [distribution("attrs"), distribution("pytest")]
        monkeypatch.setattr(_software, "distributions", lambda: installed)
        return LocalInventory(evolve(EVERYTHING, ci_class="physical host"), root=tmp_path)


class TestOfABareContainer(DiscoveryContract):
    @pytest.fixture
    def plugin(self, tmp_path: Path) -> object:
        (tmp_path / ".dockerenv").touch()
        return LocalInventory(InventoryOptions(packages=True), root=tmp_path)


@pytest.mark.parametrize("ci_class", ["physical host", "host"])
class TestOfAMachineWithoutDMI(DiscoveryContract):
    @pytest.fixture
    def plugin(self, tmp_path: Path, ci_class: str) -> object:
        return LocalInventory(InventoryOptions(ci_class=ci_class), root=tmp_path)


def test_the_distribution_says_where_the_plugin_is_and_what_it_needs() -> None:
    (name, module) = PROJECT["entry-points"]["itsmkit"].popitem()
    assert (name, sys.modules[module]) == ("local-inventory", plugin)
    assert "itsmkit-plugin" in PROJECT["keywords"]
    assert unmet(tuple(PROJECT["dependencies"]), "itsmkit", itsmkit.__version__) is None
    (status,) = Plugins([plugin]).status()
    assert (status.state, status.hooks) == (PluginState.LOADED, ("itsmkit_discover",))


def found(options: InventoryOptions, root: Path) -> Discovery:
    return LocalInventory(options, root=root).itsmkit_discover(NOON)


def test_the_machine_is_the_one_that_runs_this(tmp_path: Path) -> None:
    discovery = found(InventoryOptions(ci_class="virtual machine", volumes=False), tmp_path)
    (host,) = discovery.records
    assert host.key == host.name == socket.gethostname().lower().partition(".")[0]
    assert discovery.source == f"local inventory of {host.name}"
    assert host.attributes["kernel"] == platform.release()
    assert int(str(host.attributes["cpu_count"])) >= 1
    assert float(str(host.attributes["ram_gb"])) > 0
    assert host.seen_at == NOON
    assert discovery.is_full
    assert [each.subject for each in discovery.problems if each.subject != "DNS name"] == ["uuid"]


def test_a_container_is_told_without_what_belongs_to_its_host(tmp_path: Path) -> None:
    (tmp_path / ".dockerenv").touch()
    discovery = found(InventoryOptions(), tmp_path)
    (container,) = discovery.records
    assert container.ci_class == "container"
    assert set(container.attributes) <= {"dns_name", "ip_addresses"}
    assert "host: this is a container" in "\n".join(map(str, discovery.problems))


def test_records_that_may_be_missing_make_it_no_full_load(tmp_path: Path) -> None:
    discovery = found(InventoryOptions(packages=True), tmp_path)
    assert not discovery.is_full
    assert "packages" in {each.subject for each in discovery.problems}


def test_everything_can_be_left_out_or_taken_in(tmp_path: Path) -> None:
    status = tmp_path / "var/lib/dpkg/status"
    status.parent.mkdir(parents=True)
    status.write_text(BASH, "utf-8")
    discovery = found(
        InventoryOptions(source="workshop", volumes=False, packages=True, python_distributions=True), tmp_path
    )
    records = {each.key.partition("/")[2]: each for each in discovery.records}
    assert records["package/bash:all"].attributes == {"version": "5"}
    assert records["python/attrs"].ci_class == "software instance"
    assert {each.source for each in discovery.records} == {"workshop"}


def test_all_that_is_wrong_with_options_is_told_at_once() -> None:
    with pytest.raises(DefinitionError) as raised:
        InventoryOptions(source=" x", ci_class="toaster", volumes=1, services=None)  # type: ignore[arg-type]
    assert raised.value.problems == (
        "source: must be a name without surrounding spaces, not ' x'",
        "ci_class: must be one of container, host, physical host, virtual machine, not 'toaster'",
        "volumes: must be True or False, not 1",
        "services: must be True or False, not None",
    )


def test_the_command_prints_the_records_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--source", "workshop", "--ci-class", "virtual machine", "--no-volumes"])
    printed = json.loads(capsys.readouterr().out)
    assert printed["source"] == "workshop"
    assert printed["is_full"] is True
    (host,) = printed["records"]
    assert host["ci_class"] == "virtual machine"
    assert datetime.fromisoformat(host["seen_at"]).tzinfo is not None
    known = standard_class_model().attributes_of("virtual machine").types
    assert set(host["attributes"]) <= set(known)


def test_the_command_refuses_what_cannot_be(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--source", ""])
    assert "source: must be a name" in capsys.readouterr().err


def test_the_package_is_the_command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["python -m itsmkit_local_inventory", "--source", "workshop"])
    runpy.run_module("itsmkit_local_inventory", run_name="__main__")
    assert json.loads(capsys.readouterr().out)["source"] == "workshop"
