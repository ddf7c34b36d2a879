"""
An itsmkit plugin that lets the workers of Procrastinate do the work of a desk.

`DeskJobs` defers a job in the transaction of each command that leaves something to do; `register` gives an
application of Procrastinate the tasks that do it.
"""

from itsmkit_procrastinate.jobs import DeskJobs
from itsmkit_procrastinate.tasks import register

__all__ = ["DeskJobs", "register"]
