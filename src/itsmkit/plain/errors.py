"""
What goes wrong elsewhere, and is told here.

.. code-block:: text

    ItsmkitError
    └── ReportedError   an error of another process, of which only the name and the sentence are left
"""

from itsmkit.errors import ItsmkitError

__all__ = ["ReportedError"]


class ReportedError(ItsmkitError):
    """
    An error that was written as JSON and read again.

    Args:
        name: The name of its class.
        sentence: What it told.
    """

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(name, sentence)
        self.name = name
        self.sentence = sentence

    def __str__(self) -> str:
        return self.sentence
