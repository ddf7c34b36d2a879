"""
The errors of the command line.

.. code-block:: text

    DefinitionError
    └── UsageError   options that cannot be meant, or an output that cannot be written
"""

from itsmkit.errors import DefinitionError

__all__ = ["UsageError"]


class UsageError(DefinitionError):
    """What was asked of the command line cannot be done; nothing was written."""
