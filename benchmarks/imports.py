"""What importing costs, in fresh interpreters."""

from functools import partial

from benchmarks._measure import children_seconds, interleaved, table

STATEMENTS = {
    "bare interpreter": "pass",
    "import attrs": "import attrs",
    "import itsmkit": "import itsmkit",
    "import itsmkit.sla": "import itsmkit.sla",
    "import itsmkit.workflow": "import itsmkit.workflow",
    "import itsmkit.cmdb": "import itsmkit.cmdb",
    "from itsmkit import Desk": "from itsmkit import Desk",
}


def run() -> str:
    """Return the table of import times over the bare interpreter."""
    measures = {name: partial(children_seconds, "-c", statement) for name, statement in STATEMENTS.items()}
    seconds = interleaved(measures, rounds=21)
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
    return table("Start-up", rows)
