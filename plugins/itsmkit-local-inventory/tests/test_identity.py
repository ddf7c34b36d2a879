"""Which machine it is, by the files of systems that are made up here."""

from pathlib import Path

import pytest

from itsmkit_local_inventory._identity import identity
from itsmkit_local_inventory.facts import Problems

X86 = "processor\t: 0\nflags\t\t: fpu vme hypervisor sse\n"
BARE = "processor\t: 0\nflags\t\t: fpu vme sse\n"
FIRST = "pid:[4026531836]"
DMI = "sys/class/dmi/id/"
BOARD = "sys/firmware/devicetree/base/"


def system(root: Path, files: dict[str, str], pid_namespace: str | None = None) -> Path:
    """Lay out *files* under *root*, by their paths."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    if pid_namespace is not None:
        link = root / "proc/self/ns/pid"
        link.parent.mkdir(parents=True)
        link.symlink_to(pid_namespace)
    return root


@pytest.mark.parametrize(
    ("files", "pid_namespace", "ci_class"),
    [
        pytest.param({".dockerenv": ""}, None, "container", id="Docker"),
        pytest.param({".dockerenv": "", "proc/cpuinfo": X86}, "pid:[4026532201]", "container", id="in a VM"),
        pytest.param({"run/.containerenv": ""}, None, "container", id="Podman"),
        pytest.param({"run/systemd/container": "lxc"}, None, "container", id="LXC"),
        pytest.param({"proc/1/cgroup": "1:cpu:/kubepods/besteffort/pod1"}, None, "container", id="a pod"),
        pytest.param(
            {"proc/1/cgroup": "0::/init.scope", "proc/cpuinfo": X86}, None, "virtual machine", id="VM"
        ),
        pytest.param(
            {".dockerenv": "", "proc/cpuinfo": X86}, FIRST, "virtual machine", id="made of an image"
        ),
        pytest.param({f"{DMI}product_name": "KVM Virtual Machine"}, None, "virtual machine", id="KVM"),
        pytest.param({f"{DMI}sys_vendor": "VMware, Inc."}, None, "virtual machine", id="VMware"),
        pytest.param({f"{BOARD}compatible": "linux,dummy-virt\0"}, None, "virtual machine", id="QEMU on ARM"),
        pytest.param({f"{BOARD}model": "Raspberry Pi 4\0"}, None, "physical host", id="a board"),
        pytest.param(
            {f"{DMI}sys_vendor": "Acme", "proc/cpuinfo": BARE}, None, "physical host", id="hardware"
        ),
        pytest.param({"proc/cpuinfo": BARE}, None, "host", id="nothing says"),
        pytest.param({}, None, "host", id="no such files"),
    ],
)
def test_what_a_machine_looks_like(
    tmp_path: Path, files: dict[str, str], pid_namespace: str | None, ci_class: str
) -> None:
    problems = Problems()
    assert identity(system(tmp_path, files, pid_namespace), None, problems).ci_class == ci_class
    assert ("kind of host" in {each.subject for each in problems.noted}) is (ci_class == "host")
    assert problems.is_full


def test_what_the_maker_says_of_hardware(tmp_path: Path) -> None:
    files = {
        "sys_vendor": "Acme\n",
        "product_name": "Box 3000",
        "product_serial": "S-17",
        "chassis_asset_tag": "A1",
    }
    problems = Problems()
    found = identity(system(tmp_path, {DMI + name: text for name, text in files.items()}), None, problems)
    assert found.ci_class == "physical host"
    assert found.attributes == {
        "manufacturer": "Acme",
        "model": "Box 3000",
        "serial_number": "S-17",
        "asset_tag": "A1",
    }
    assert problems.noted == []


@pytest.mark.parametrize(
    "word", ["", "None", "To Be Filled By O.E.M.", "Default string", "0", "00000000", "----", "xxxx"]
)
def test_what_the_maker_did_not_fill_in_is_not_known(tmp_path: Path, word: str) -> None:
    system(tmp_path, {f"{DMI}sys_vendor": "Acme", f"{DMI}product_serial": word})
    assert identity(tmp_path, "physical host", Problems()).attributes == {
        "manufacturer": "Acme",
        "model": None,
    }


def test_a_virtual_machine_has_its_uuid(tmp_path: Path) -> None:
    system(
        tmp_path, {f"{DMI}product_uuid": "4C4C4544-0031-4A10-8053-B4C04F4E4E32", f"{DMI}product_serial": "S"}
    )
    found = identity(tmp_path, "virtual machine", Problems())
    assert found.attributes == {"uuid": "4c4c4544-0031-4a10-8053-b4c04f4e4e32"}


def test_a_board_has_its_model(tmp_path: Path) -> None:
    problems = Problems()
    found = identity(system(tmp_path, {f"{BOARD}model": "Raspberry Pi 4\0"}), None, problems)
    assert found.attributes == {"model": "Raspberry Pi 4"}
    (problem,) = problems.noted
    assert problem.subject == "manufacturer and model and serial number and asset tag"


def test_what_may_not_be_read_is_a_problem_and_no_error(tmp_path: Path) -> None:
    (tmp_path / DMI / "product_uuid").mkdir(parents=True)  # what is no file cannot be read, even by root
    problems = Problems()
    assert identity(tmp_path, "virtual machine", problems).attributes == {}
    (problem,) = problems.noted
    assert str(problem) == f"uuid: {tmp_path / DMI / 'product_uuid'} cannot be read: Is a directory"
    assert problems.is_full
