"""
What goes wrong with a database.

.. code-block:: text

    ItsmkitError
    ├── DefinitionError            of `itsmkit.errors`: the URL cannot be right
    ├── ConflictError
    │   └── ConcurrentUnitError    the database undid a unit of work in favour of another
    └── DatabaseError              the database cannot be reached, read or written; says what to do
        ├── DamagedRowError        a row of it is no longer what was written, and cannot be read
        └── SchemaError            its tables are none that this version can work on
"""

from itsmkit.errors import ConflictError, ItsmkitError
from itsmkit.plugin import DamagedStoreError

__all__ = ["ConcurrentUnitError", "DamagedRowError", "DatabaseError", "SchemaError"]


class ConcurrentUnitError(ConflictError):
    """
    The database undid a unit of work in favour of another that ran at the same time; run it again.

    Args:
        problem: What the database says.
    """

    def __init__(self, problem: str) -> None:
        super().__init__("unit of work", "as a whole", 0, None)
        self.args = (problem,)
        self.problem = problem

    def __str__(self) -> str:
        return f"the database undid a unit of work in favour of another; run it again ({self.problem})"


class DatabaseError(ItsmkitError):
    """
    The database cannot be reached, read or written. What was asked for did not happen.

    Only when a connection is lost while a unit of work is committed, nobody can tell whether it was saved;
    the problem says so then.

    Args:
        database: Which database it is, without any password.
        problem: What is wrong.
        way_out: What to do.
    """

    def __init__(self, database: str, problem: str, way_out: str) -> None:
        super().__init__(database, problem, way_out)
        self.database = database
        self.problem = problem
        self.way_out = way_out

    def __str__(self) -> str:
        return f"{self.database}: {self.problem}; {self.way_out}"


class DamagedRowError(DatabaseError, DamagedStoreError):
    """A row is no longer what was written, and cannot be read, or was written by a newer itsmkit."""


class SchemaError(DatabaseError):
    """The tables of the database are none that this version can work on. Nothing was changed."""
