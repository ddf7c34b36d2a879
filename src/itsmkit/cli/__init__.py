"""
The face of itsmkit: ``itsmkit demo``, ``replay``, ``cmdb …``, ``sla …``, ``store …``, ``workflow …``.

It needs the libraries of the extra ``cli``, which load only when a command runs. Only here is the wall
clock read, to say how long a run took and which year it is; no figure depends on it.
"""

import sys
from collections.abc import Sequence
from importlib.util import find_spec

from itsmkit import __version__

__all__ = ["main"]

_LIBRARIES = ("cyclopts", "jinja2", "rich")


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run one command, and return the exit status for the shell.

    ======  =====================================================================
    Status  Meaning
    ======  =====================================================================
    0       done
    1       done, and ``cmdb check``, ``sla check``, ``store verify`` or ``workflow check`` found an error
    2       what was asked cannot be done; a sentence on stderr says why
    70      a defect of itsmkit (``EX_SOFTWARE`` of ``sysexits.h``)
    130     interrupted from the keyboard, as a shell reports it
    ======  =====================================================================

    Args:
        arguments: What follows the program's name; by default, what the process was started with.

    >>> main(["--version"])
    0.1.0
    0
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given == ["--version"]:  # answered here, for it needs none of the libraries
        sys.stdout.write(f"{__version__}\n")
        return 0
    missing = [name for name in _LIBRARIES if find_spec(name) is None]
    if missing:
        sys.stderr.write(
            f"error: the command line needs {', '.join(missing)}; install it with: "
            "python -m pip install 'itsmkit[cli]'\n"
        )
        return 2
    from itsmkit.cli._app import run  # noqa: PLC0415  the libraries take longer to load than --version to answer

    return run(given)
