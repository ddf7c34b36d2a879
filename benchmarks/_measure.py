"""How things are measured: interleaved, several times, by the median."""

import resource
import subprocess
import sys
from collections.abc import Callable, Mapping
from statistics import median
from time import process_time

__all__ = ["Row", "children_seconds", "interleaved", "micro", "table"]

Row = tuple[str, str, str, str]


def micro(work: Callable[[], object], *, repeats: int) -> float:
    """Return the CPU seconds that one call of *work* takes, over *repeats* calls."""
    began = process_time()
    for _ in range(repeats):
        work()
    return (process_time() - began) / repeats


def interleaved(measures: Mapping[str, Callable[[], float]], *, rounds: int) -> dict[str, float]:
    """Return the median of *rounds* runs of each measure, taken in turns so that noise hits all alike."""
    found: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            found[name].append(measure())
    return {name: median(values) for name, values in found.items()}


def children_seconds(*command: str, environment: Mapping[str, str] | None = None) -> float:
    """Return the CPU seconds of a run of this interpreter with *command*; by default, in our environment."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def table(title: str, rows: list[Row]) -> str:
    """Return *rows* as a Markdown table."""
    head = [f"## {title}", "", "| what | measured | beside | ratio |", "| --- | ---: | ---: | ---: |"]
    return "\n".join([*head, *(f"| {' | '.join(row)} |" for row in rows), ""])
