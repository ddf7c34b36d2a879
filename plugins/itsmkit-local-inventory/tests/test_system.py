"""Names and operating systems, with answers of the standard library and of psutil that are made up here."""

import os
import platform
import socket
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from itsmkit_local_inventory import _psutil, _system
from itsmkit_local_inventory.facts import Adapter, Listener, Problems, Volume

LINK, V4, V6 = psutil.AF_LINK, socket.AF_INET, socket.AF_INET6


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return what lets psutil, or another module, answer otherwise; what is an exception is raised."""

    def answer(module: object = psutil, **given: object) -> None:
        for name, value in given.items():

            def told(*_: object, value: object = value, **__: object) -> object:
                if isinstance(value, BaseException):
                    raise value
                return value

            monkeypatch.setattr(module, name, told)

    return answer


# Names


@pytest.mark.parametrize(
    ("own", "resolved", "name", "dns"),
    [
        pytest.param("Web-1", "web-1.example.org.", "web-1", "web-1.example.org", id="resolved"),
        pytest.param("web-1.example.org", "", "web-1", "web-1.example.org", id="knows its domain"),
        pytest.param("web-1", "web-1", "web-1", None, id="no domain"),
        pytest.param("web-1", "localhost.localdomain", "web-1", None, id="nobody's name"),
        pytest.param("", "", "localhost", None, id="no name"),
    ],
)
def test_names(answers: Callable[..., None], own: str, resolved: str, name: str, dns: str | None) -> None:
    answers(socket, gethostname=own, getaddrinfo=[(V4, 0, 0, resolved, ("192.0.2.1", 0))])
    problems = Problems()
    assert (_system.hostname(), _system.dns_name(problems)) == (name, dns)
    assert problems.noted == []


def test_a_name_that_cannot_be_resolved_is_a_problem(answers: Callable[..., None]) -> None:
    answers(socket, gethostname="web-1", getaddrinfo=socket.gaierror(-2, "no such name"))
    problems = Problems()
    assert _system.dns_name(problems) is None
    assert [str(each) for each in problems.noted] == ["DNS name: web-1 cannot be resolved: no such name"]


@pytest.mark.parametrize(
    ("system", "release", "told"),
    [
        pytest.param("Linux", {"PRETTY_NAME": "Debian 12"}, "Debian 12", id="Linux"),
        pytest.param("Linux", OSError(2, "none"), "Linux", id="Linux of no name"),
        pytest.param("Windows", None, "Windows 11", id="Windows"),
    ],
)
def test_operating_systems(answers: Callable[..., None], system: str, release: object, told: str) -> None:
    answers(platform, system=system, release="11", freedesktop_os_release=release)
    assert _system.operating_system() == told


def test_an_operating_system_that_says_nothing_is_unknown(answers: Callable[..., None]) -> None:
    answers(platform, system="", release="")
    assert _system.operating_system() == "unknown"


# Network


def known(**adapters: list[tuple[int, str]]) -> dict[str, list[SimpleNamespace]]:
    return {
        name.replace("_", "-"): [SimpleNamespace(family=family, address=address) for family, address in told]
        for name, told in adapters.items()
    }


def test_adapters_are_those_that_stay(answers: Callable[..., None], tmp_path: Path) -> None:
    net = tmp_path / "sys/class/net"
    net.mkdir(parents=True)
    for name, device in (("eth0", "pci0000:00/0000:00:03.0"), ("bond0", "virtual")):
        (tmp_path / "sys/devices" / device / "net" / name).mkdir(parents=True)
        (net / name).symlink_to(Path("../../devices") / device / "net" / name)
    answers(
        net_if_addrs=known(
            lo=[(LINK, "00:00:00:00:00:00"), (V4, "127.0.0.1")],
            eth0=[(LINK, "02:FC:00:00:00:02"), (V4, "192.0.2.10"), (V6, "fe80::1%eth0"), (V6, "fd00::2")],
            bond0=[(LINK, "02:fc:00:00:00:09"), (V4, "192.0.2.9")],
            Ethernet=[(LINK, "02-FC-00-00-00-01"), (V4, "169.254.1.1")],
            ppp0=[(LINK, "00:00:00:00:00:00"), (LINK, "no address")],
            docker0=[(LINK, "02:42:00:00:00:01"), (V4, "172.17.0.1")],
            veth12ab=[(LINK, "02:42:00:00:00:02")],
            br_12=[(LINK, "02:42:00:00:00:03"), (V4, "172.18.0.1")],
        )
    )
    assert _psutil.adapters(tmp_path) == (Adapter("02:fc:00:00:00:01"), Adapter("02:fc:00:00:00:02"))
    assert _psutil.addresses() == ("192.0.2.9", "192.0.2.10", "fd00::2")


# Volumes


def part(device: str, mountpoint: str, fstype: str = "ext4", opts: str = "rw") -> SimpleNamespace:
    return SimpleNamespace(device=device, mountpoint=mountpoint, fstype=fstype, opts=opts)


def test_volumes_are_those_that_stay(answers: Callable[..., None]) -> None:
    answers(
        disk_usage=SimpleNamespace(total=1_250_000_000),
        disk_partitions=[
            part("/dev/sda2", "/srv/bound"),
            part("/dev/sda2", "/"),
            part("/dev/sda3", "/home"),
            part("/dev/sdb1", "/home/ann"),
            part("tank/data", "/tank", "zfs"),
            part("/dev/loop3", "/snap/core", "squashfs"),
            part("/dev/loop4", "/mnt/image"),
            part("/dev/sr0", "/mnt/disc", "udf"),
            part("/dev/sr1", "D:\\", "CDFS", "ro,cdrom"),
            part("/dev/sdc1", "/run/media/ann/STICK", "vfat"),
        ],
    )
    problems = Problems()
    assert _psutil.volumes(problems) == (
        Volume("/", 1.2),
        Volume("/dev/sdb1", 1.2),
        Volume("/home", 1.2),
        Volume("/tank"),
    )
    assert problems.noted == []


def test_a_volume_that_does_not_answer_is_told_without_its_capacity(answers: Callable[..., None]) -> None:
    answers(disk_partitions=[part("/dev/sda2", "/")], disk_usage=OSError(5, "Input/output error"))
    problems = Problems()
    assert _psutil.volumes(problems) == (Volume("/"),)
    assert problems.is_full
    assert str(problems.noted[0]) == "capacity of volume /: the system does not tell: Input/output error"


@pytest.mark.parametrize("error", [OSError(13, "Permission denied"), psutil.AccessDenied()])
def test_what_the_system_does_not_tell_is_a_problem(answers: Callable[..., None], error: Exception) -> None:
    answers(disk_partitions=error, net_connections=error)
    problems = Problems()
    assert _psutil.volumes(problems) == ()
    assert _psutil.listeners(problems) == ()
    assert not problems.is_full
    assert [each.subject for each in problems.noted] == ["volumes", "services"]


# Services


def connection(port: int | None, pid: int | None, status: str = psutil.CONN_LISTEN) -> SimpleNamespace:
    return SimpleNamespace(laddr=SimpleNamespace(port=port) if port else (), pid=pid, status=status)


def test_listeners_are_told_by_program_and_port(answers: Callable[..., None]) -> None:
    me = os.getpid()
    name = psutil.Process(me).name()
    no_process = 2**22 + 1  # above the greatest number of a process
    answers(
        net_connections=[
            connection(443, me),
            connection(443, me),
            connection(443, None),
            connection(80, me, psutil.CONN_ESTABLISHED),
            connection(None, me),
            connection(40000, me),
            connection(22, None),
            connection(25, no_process),
        ]
    )
    problems = Problems()
    assert _psutil.listeners(problems) == (Listener(name, 443),)
    assert not problems.is_full
    (problem,) = problems.noted
    assert str(problem) == (
        "services: the system does not tell who listens on 22, 25; an administrator can see it"
    )


def test_if_everybody_who_listens_is_known_it_is_a_full_load(answers: Callable[..., None]) -> None:
    answers(net_connections=[connection(443, os.getpid())])
    problems = Problems()
    assert len(_psutil.listeners(problems)) == 1
    assert problems.is_full
