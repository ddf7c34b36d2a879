"""What the jobs of a desk are called in the database: whoever defers and whoever works must agree."""

from datetime import datetime

__all__ = ["DELIVER", "QUEUE", "RUN_DUE", "SWEEP", "lock_of"]

RUN_DUE = "itsmkit.run_due"
"""The task that runs the timers of a tenant that have become due."""

DELIVER = "itsmkit.deliver"
"""The task that delivers for a tenant."""

SWEEP = "itsmkit.sweep"
"""The periodic task that does both for all tenants."""

QUEUE = "itsmkit"
"""The queue of all of them, unless another is asked for."""


def lock_of(task: str, tenant: str, at: datetime) -> str:
    """Return what no two jobs that wait for the same work at the same instant may both hold."""
    return f"{task} {at.isoformat()} {tenant}"
