"""What is installed: packages of the operating system, distributions of Python."""

import re
from collections.abc import Iterator
from email.parser import HeaderParser
from importlib.metadata import distributions
from pathlib import Path

from itsmkit_local_inventory._files import text_of
from itsmkit_local_inventory.facts import Problems, Software

__all__ = ["packages", "python_distributions"]

_DPKG = Path("var/lib/dpkg/status")
_APK = Path("lib/apk/db/installed")


def packages(root: Path, problems: Problems) -> tuple[Software, ...]:
    """
    Return the installed packages of the operating system, sorted by name.

    Read are the databases of dpkg (Debian, Ubuntu) and apk (Alpine), which are plain files; no program is
    run for it. A package that is there for several architectures counts once for each.

    Args:
        root: Where the databases are.
        problems: Where to note what cannot be read.
    """
    for path, read in ((_DPKG, _dpkg), (_APK, _apk)):
        try:
            text = text_of(root / path)
        except OSError as error:
            problems.lost("packages", f"{root / path} cannot be read: {error.strerror}")
            return ()
        if text is not None:
            found = {name: Software("package", name, version) for name, version in read(text)}
            return tuple(found[name] for name in sorted(found))
    problems.lost("packages", "only the databases of dpkg and apk can be read, and there is none of them")
    return ()


def python_distributions(problems: Problems) -> tuple[Software, ...]:
    """Return what is installed for the Python that runs this, sorted; of doubles, what is imported."""
    found: dict[str, Software] = {}
    broken = 0
    for each in distributions():
        told = each.metadata
        if "Name" in told and "Version" in told:
            name = re.sub(r"[-_.]+", "-", told["Name"]).lower()
            found.setdefault(name, Software("python", name, told["Version"]))
        else:
            broken += 1
    if broken:
        problems.lost(
            "Python distributions", f"{broken} of them have no name or version; their metadata is broken"
        )
    return tuple(found[name] for name in sorted(found))


def _dpkg(text: str) -> Iterator[tuple[str, str]]:
    for paragraph in re.split(r"\n\s*\n", text):
        fields = HeaderParser().parsestr(paragraph)
        if fields["Package"] and (fields["Status"] or "").split()[-1:] == ["installed"]:
            yield f"{fields['Package']}:{fields['Architecture']}", fields["Version"]


def _apk(text: str) -> Iterator[tuple[str, str]]:
    for paragraph in re.split(r"\n\s*\n", text):
        fields = dict(line.split(":", 1) for line in paragraph.splitlines() if ":" in line)
        if "P" in fields:
            yield f"{fields['P']}:{fields.get('A', 'all')}", fields["V"]
