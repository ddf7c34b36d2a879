"""Robots: their tasks wait in the outbox, and what they report comes back to the ticket."""

from json import loads
from typing import TYPE_CHECKING, Any

from attrs import frozen

from itsmkit.desk._commands import Runner
from itsmkit.errors import ConflictError, PluginError, RefusedError
from itsmkit.plugin import Notification, UnitOfWork
from itsmkit.practices import Occasion, happen
from itsmkit.tickets import Actor, RobotReported, RuleFired, TicketId

if TYPE_CHECKING:
    from itsmkit.practices.automation import RobotReport, RobotTask

__all__ = ["ROBOT_CHANNEL", "Robots"]

ROBOT_CHANNEL = "robot"
"""The channel of what waits in the outbox for a robot."""


@frozen(eq=False)
class Robots:
    """
    Hands tasks to robots.

    Args:
        runner: What runs commands, as the desk itself.
    """

    runner: Runner

    def run(self, asked: Notification) -> str | None:
        """
        Give a robot the task that waits for it, and record what it reports.

        It may be given the same task again, under the same key, as when what it reports could not be saved.

        Returns:
            Why it is to be tried again; ``None`` if it is done.
        """
        from itsmkit.practices.automation import RobotTask  # noqa: PLC0415  # many a desk has no robots

        told: dict[str, Any] = loads(asked.body)
        task = RobotTask(
            asked.key, asked.recipient, asked.ticket_id, told["number"], told["rule"], told["arguments"]
        )
        try:
            report = self.runner.plugins.run_robot(task)
        except PluginError as error:
            return str(error)
        if report is None:
            return f"no plugin runs the robot {task.robot!r}"
        try:
            self.runner.retried(lambda unit: self._record(unit, task, told["occasion"], report))
        except (ConflictError, RefusedError) as error:
            return f"what it reports cannot be recorded: {error}"
        return None

    def _record(self, unit: UnitOfWork, task: "RobotTask", occasion: str, report: "RobotReport") -> None:
        """Record what a robot reports, once."""
        from itsmkit.practices.automation import settled  # noqa: PLC0415  # as above

        stored = unit.ticket(TicketId(task.ticket_id))
        history = unit.history(stored.ticket.id)
        fired = settled(history, task.rule, occasion)
        known = any(isinstance(each.fact, RobotReported) and each.fact.key == task.key for each in history)
        if known or not isinstance(fired, RuleFired) or stored.ticket.merged_into is not None:
            return
        sequence = next(each.sequence for each in history if each.fact is fired)
        fact = RobotReported(task.robot, task.key, sequence, report.outcome.value, report.text)
        occasion_now = Occasion(Actor(task.robot, automated=True), self.runner.clock())
        self.runner.save(unit, happen(stored.ticket, occasion_now, fact), stored)
