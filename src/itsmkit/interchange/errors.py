"""
The errors of interchange.

.. code-block:: text

    DefinitionError
    ├── CalendarFileError   a file that is no iCalendar file, or says what cannot be
    └── EventLogError       a file that is no event log, or not the one that its format describes

A row that cannot be right is no error but a finding of the log: see `itsmkit.interchange.Finding`.
"""

from itsmkit.errors import DefinitionError

__all__ = ["CalendarFileError", "EventLogError"]


class _FileError(DefinitionError):
    """A file that is at fault, perhaps in one line of it."""

    def __init__(self, path: str, line: int | None, problem: str) -> None:
        super().__init__(f"{path}: {problem}" if line is None else f"{path}, line {line}: {problem}")
        self.args = (path, line, problem)  # what a pickle calls the class with
        self.path = path
        self.line = line
        self.problem = problem


class CalendarFileError(_FileError):
    """
    An iCalendar file that cannot be read.

    Args:
        path: The file.
        line: The line at fault, from 1; ``None`` if it is not known.
        problem: What is wrong and what to do about it.
    """


class EventLogError(_FileError):
    """
    An event log that cannot be read, or written.

    Args:
        path: The file.
        line: The line at fault, from 1; ``None`` if the fault is not in one line.
        problem: What is wrong and what to do about it.
    """
