"""Which machine it is: hardware, virtual machine or container, and what its maker has written into it."""

import re
from pathlib import Path

from attrs import frozen

from itsmkit_local_inventory._files import text_of, text_or_problem
from itsmkit_local_inventory.facts import Problems

__all__ = ["Identity", "identity"]

_DMI = Path("sys/class/dmi/id")
_BOARD = Path("sys/firmware/devicetree/base")
_CONTAINER_MARKS = (Path(".dockerenv"), Path("run/.containerenv"), Path("run/systemd/container"))
_CONTAINER_GROUPS = re.compile(r"/(docker|lxc|kubepods|libpod|machine\.slice)[-/.]")
_FIRST_PROCESSES = "pid:[4026531836]"  # PROC_PID_INIT_INO of Linux: the namespace that is nobody's container

_VIRTUAL = re.compile(
    r"\b(kvm|qemu|bochs|vmware|virtualbox|innotek|xen|bhyve|parallels|openstack|firecracker|"
    r"virtual machine|google compute engine|droplet|alibaba cloud ecs|vserver|dummy-virt)\b",
    re.IGNORECASE,
)
_EMPTY_WORDS = frozenset(
    {
        "0",
        "chassis asset tag",
        "default string",
        "n/a",
        "no asset tag",
        "none",
        "not applicable",
        "not specified",
        "system manufacturer",
        "system product name",
        "system serial number",
        "to be filled by o.e.m.",
        "unknown",
    }
)
"""What makers leave in the place of what they did not fill in."""


@frozen
class Identity:
    """
    What a machine is.

    Args:
        ci_class: What it looks like, in the words of the standard class model.
        attributes: What its maker says of it, as that class has it.
    """

    ci_class: str
    attributes: dict[str, object]


def identity(root: Path, ci_class: str | None, problems: Problems) -> Identity:
    """
    Return what the machine is whose files stand under *root*.

    A container is told by the marks that runtimes leave, unless all processes of the machine are in sight:
    then it is a machine that was made of an image. Of a virtual machine, the processor or the maker's data
    speak; where neither says anything, it may be either.

    Args:
        root: Where ``/sys`` and ``/proc`` are.
        ci_class: What it is, if that is known.
        problems: Where to note what cannot be read.
    """
    if ci_class is None:
        ci_class = "container" if _is_container(root) else _hardware(root)
        if ci_class == "host":
            problems.note(
                "kind of host",
                "nothing tells whether it is a physical or a virtual one; say so by the option ci_class",
            )
    if ci_class == "physical host":
        names = {
            "manufacturer": "sys_vendor",
            "model": "product_name",
            "serial_number": "product_serial",
            "asset_tag": "chassis_asset_tag",
        }
        attributes = _dmi(root, names, problems)
        attributes.setdefault("model", _filled_in(text_of(root / _BOARD / "model")))
    elif ci_class == "virtual machine":
        attributes = _dmi(root, {"uuid": "product_uuid"}, problems)
    else:
        attributes = {}
    return Identity(ci_class, attributes)


def _is_container(root: Path) -> bool:
    marked = any((root / mark).exists() for mark in _CONTAINER_MARKS)
    if not marked and not _CONTAINER_GROUPS.search(text_of(root / "proc/1/cgroup") or ""):
        return False
    try:
        return str((root / "proc/self/ns/pid").readlink()) != _FIRST_PROCESSES
    except OSError:
        return True


def _hardware(root: Path) -> str:
    processors = text_of(root / "proc/cpuinfo") or ""
    if re.search(r"^flags\s*:.*\bhypervisor\b", processors, re.MULTILINE):
        return "virtual machine"
    made = [text_of(root / _DMI / name) or "" for name in ("sys_vendor", "product_name")]
    board = text_of(root / _BOARD / "model") or text_of(root / _BOARD / "compatible") or ""
    told = " ".join((*made, board)).strip()
    if not told:
        return "host"
    return "virtual machine" if _VIRTUAL.search(told) else "physical host"


def _dmi(root: Path, names: dict[str, str], problems: Problems) -> dict[str, object]:
    """Return what the maker says, by the names of attributes."""
    folder = root / _DMI
    if not folder.is_dir():
        wanted = " and ".join(name.replace("_", " ") for name in names)
        problems.note(wanted, f"this system has no DMI data in {folder}")
        return {}
    found: dict[str, object] = {}
    for attribute, name in names.items():
        value = _filled_in(text_or_problem(folder / name, attribute.replace("_", " "), problems))
        if value is not None:
            found[attribute] = value.lower() if attribute == "uuid" else value
    return found


def _filled_in(value: str | None) -> str | None:
    """Return *value* unless it only stands for one: nothing, words for it, or one sign repeated."""
    if value is None or value.lower() in _EMPTY_WORDS or len(set(re.sub(r"\W", "", value))) < 2:
        return None
    return value
