"""
What importing costs, in fresh interpreters.

Modules are read as those of an installed package are: compiled. Otherwise most of the time would be that of
the compiler, whatever is imported.
"""

import os
from collections.abc import Mapping
from functools import partial
from tempfile import TemporaryDirectory

from benchmarks._measure import children_seconds, interleaved, table

STATEMENTS = {
    "bare interpreter": "pass",
    "import attrs": "import attrs",
    "import itsmkit": "import itsmkit",
    "import itsmkit.sla": "import itsmkit.sla",
    "import itsmkit.workflow": "import itsmkit.workflow",
    "import itsmkit.cmdb": "import itsmkit.cmdb",
    "from itsmkit import Desk": "from itsmkit import Desk",
    "from itsmkit import Desk; Desk()": "from itsmkit import Desk; Desk()",
}


def run() -> str:
    """Return the table of import times over the bare interpreter."""
    with TemporaryDirectory() as folder:
        seconds = _seconds({**os.environ, "PYTHONPYCACHEPREFIX": folder})
    bare, attrs = seconds["bare interpreter"], seconds["import attrs"]
    rows = [
        (
            name,
            f"{(value - bare) * 1000:.1f} ms over the interpreter",
            "importing attrs",
            f"{(value - bare) / (attrs - bare):.2f} ×",
        )
        for name, value in seconds.items()
        if name != "bare interpreter"
    ]
    return table("Start-up, of compiled modules", rows)


def _seconds(environment: Mapping[str, str]) -> dict[str, float]:
    compiling = {name: value for name, value in environment.items() if name != "PYTHONDONTWRITEBYTECODE"}
    measures = {
        name: partial(children_seconds, "-c", statement, environment=compiling)
        for name, statement in STATEMENTS.items()
    }
    for compile_first in measures.values():
        compile_first()
    return interleaved(measures, rounds=21)
