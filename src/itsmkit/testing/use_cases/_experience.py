"""What can be asked of surveys and of continual improvement."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from itsmkit.plugin import RowKind
from itsmkit.practices.experience import Survey
from itsmkit.practices.improvement import Improvement
from itsmkit.testing.use_cases._beginnings import resolved
from itsmkit.testing.use_cases._stage import Stage, UseCase

__all__ = ["USE_CASES"]


def _asked_how(stage: Stage) -> str:
    """Let it be asked how it was, and return the token."""
    resolved(stage)
    stage.steady.surveys.send()
    [told] = [str(row.data) for row in stage.store.dump() if row.kind is RowKind.OUTBOX]
    [token] = re.findall("token: ([0-9a-f.]+)", told)
    return str(token)


def _answered(stage: Stage) -> Survey:
    return stage.steady.surveys.answer(_asked_how(stage), 5, "Bob Onym was pleased")


def _complained(stage: Stage) -> None:
    for title in ("Nobody called", "Nobody wrote", "Nobody came"):
        stage.steady.tickets.tag(stage.steady.complaints.log(title).id, "theme-waiting")


_FEWER_CALLS: Mapping[str, Any] = {
    "figure": "calls per ticket",
    "better": "down",
    "baseline": Decimal("2.5"),
    "action": "a form that asks at once",
}


def _idea(stage: Stage) -> Improvement:
    return stage.steady.improvements.propose("Fewer calls", owner="kim")


def _begun(stage: Stage) -> Improvement:
    return stage.steady.improvements.begin(_idea(stage).id, **_FEWER_CALLS)


def _measured(stage: Stage) -> Improvement:
    return stage.steady.improvements.remeasure(_begun(stage).id, Decimal("1.5"))


USE_CASES = (
    UseCase("surveys.send", lambda desk, _, __: desk.surveys.send(), resolved),
    UseCase("surveys.answer", lambda desk, token, once: desk.surveys.answer(token, 5, **once), _asked_how),
    UseCase(
        "surveys.answer",
        lambda desk, token, once: desk.surveys.answer(token, 1, "It took three calls", **once),
        _asked_how,
        variant="which is followed up",
    ),
    UseCase(
        "surveys.erase",
        lambda desk, survey, once: desk.surveys.erase(survey.id, "asked for by the person", **once),
        _answered,
    ),
    UseCase(
        "improvements.propose",
        lambda desk, _, once: desk.improvements.propose("Fewer calls", owner="kim", **once),
    ),
    UseCase(
        "improvements.propose_from_themes",
        lambda desk, _, __: desk.improvements.propose_from_themes(owner="kim"),
        _complained,
    ),
    UseCase(
        "improvements.begin",
        lambda desk, idea, once: desk.improvements.begin(idea.id, **_FEWER_CALLS, **once),
        _idea,
    ),
    UseCase(
        "improvements.remeasure",
        lambda desk, idea, once: desk.improvements.remeasure(idea.id, Decimal("1.5"), **once),
        _begun,
    ),
    UseCase(
        "improvements.close",
        lambda desk, idea, once: desk.improvements.close(idea.id, effective=True, lesson="ask first", **once),
        _measured,
    ),
    UseCase(
        "improvements.drop",
        lambda desk, idea, once: desk.improvements.drop(idea.id, "nobody has time", **once),
        _idea,
    ),
)
