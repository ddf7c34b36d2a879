"""What reading a clock costs, beside the questions to the calendar that it cannot do without."""

from datetime import timedelta
from functools import partial

from benchmarks._measure import interleaved, micro, table
from benchmarks._workload import FIRST, office
from itsmkit.sla import ClockEvent, Target, read_clock

STATES = (
    "new",
    "active",
    "pending",
    "active",
    "active",
    "pending",
    "active",
    "pending",
    "active",
    "resolved",
)


def run() -> str:
    """Return the table of a clock's reading."""
    calendar, target = office(), Target("resolve", timedelta(hours=40))
    history = [
        ClockEvent(FIRST + number * timedelta(hours=17), "state_changed" if number else "opened", state)
        for number, state in enumerate(STATES)
    ]
    at = history[-1].at + timedelta(days=1)
    runs = [(0, 2), (3, 5), (6, 7), (8, 9)]
    spans = [(history[start].at, history[end].at) for start, end in runs]
    reading = read_clock(target, calendar, history, at)
    if reading.elapsed != sum((calendar.elapsed(*span) for span in spans), timedelta(0)):
        message = f"the clock is wrong: {reading.explain()}"
        raise AssertionError(message)

    def questions() -> None:
        for start, end in spans:
            calendar.elapsed(start, end)

    seconds = interleaved(
        {
            "clock": partial(micro, lambda: read_clock(target, calendar, history, at), repeats=500),
            "questions": partial(micro, questions, repeats=500),
        },
        rounds=9,
    )
    return table(
        "Reading a clock",
        [
            (
                "ten events, three pauses",
                f"{seconds['clock'] * 1e6:.1f} µs",
                f"the four questions to the calendar, {seconds['questions'] * 1e6:.1f} µs",
                f"{seconds['clock'] / seconds['questions']:.1f} ×",
            )
        ],
    )
