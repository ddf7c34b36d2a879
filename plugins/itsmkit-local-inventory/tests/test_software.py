"""What is installed, by databases that are made up here."""

from importlib.metadata import Distribution, version
from pathlib import Path

import pytest

from itsmkit_local_inventory import _software
from itsmkit_local_inventory.facts import Problems, Software

DPKG = """\
Package: libc6
Status: install ok installed
Architecture: amd64
Version: 2.36-9
Description: C library
 with a long description.

Package: libc6
Status: hold ok installed
Architecture: i386
Version: 2.36-9

Package: gone
Status: deinstall ok config-files
Architecture: all
Version: 1

Package: bash
Status: install ok installed
Architecture: amd64
Version: 5.2
"""
APK = "C:Q1abc=\nP:musl\nV:1.2.5-r0\nA:x86_64\n\nP:busybox\nV:1.36\n\nX:nonsense\nno field\n"


def put(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True)
    path.write_text(text, "utf-8")


def test_packages_of_debian_are_those_that_are_installed(tmp_path: Path) -> None:
    put(tmp_path, "var/lib/dpkg/status", DPKG)
    problems = Problems()
    assert _software.packages(tmp_path, problems) == (
        Software("package", "bash:amd64", "5.2"),
        Software("package", "libc6:amd64", "2.36-9"),
        Software("package", "libc6:i386", "2.36-9"),
    )
    assert problems.is_full


def test_packages_of_alpine(tmp_path: Path) -> None:
    put(tmp_path, "lib/apk/db/installed", APK)
    assert _software.packages(tmp_path, Problems()) == (
        Software("package", "busybox:all", "1.36"),
        Software("package", "musl:x86_64", "1.2.5-r0"),
    )


def test_an_unknown_database_is_a_problem(tmp_path: Path) -> None:
    problems = Problems()
    assert _software.packages(tmp_path, problems) == ()
    assert not problems.is_full
    assert [each.subject for each in problems.noted] == ["packages"]


def test_a_database_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "var/lib/dpkg/status").mkdir(parents=True)
    problems = Problems()
    assert _software.packages(tmp_path, problems) == ()
    assert not problems.is_full
    assert "cannot be read: Is a directory" in str(problems.noted[0])


def test_python_distributions_are_those_of_this_python() -> None:
    found = {each.name: each for each in _software.python_distributions(Problems())}
    assert found["attrs"] == Software("python", "attrs", version("attrs"))
    assert found["pytest-cov"].version == version("pytest-cov")


class Made(Distribution):
    def __init__(self, *lines: str) -> None:
        self._text = "\n".join(["Metadata-Version: 2.1", *lines]) + "\n"

    def read_text(self, filename: str) -> str | None:
        return self._text if filename == "METADATA" else None

    def locate_file(self, path: object) -> Path:
        return Path(str(path))


def test_of_doubles_the_first_is_told_and_what_is_broken_is_a_problem(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = [
        Made("Name: A_b", "Version: 2"),
        Made("Name: a-B", "Version: 1"),
        Made("Version: 1"),
        Made("Name: c"),
    ]
    monkeypatch.setattr(_software, "distributions", lambda: made)
    problems = Problems()
    assert _software.python_distributions(problems) == (Software("python", "a-b", "2"),)
    assert not problems.is_full
    assert str(problems.noted[0]).startswith("Python distributions: 2 of them have no name or version")
