"""
The errors of inventories.

.. code-block:: text

    DefinitionError
    ├── InventoryFileError   a file that is damaged, or no inventory of the format that was asked for
    └── InventoryError       an inventory of which records had to be left out, where all were asked for

A record that cannot be right is no error but a finding of the report, unless all or nothing is asked for.
"""

from itsmkit.errors import DefinitionError
from itsmkit.interchange.inventory.findings import ImportFinding

__all__ = ["InventoryError", "InventoryFileError"]


class InventoryFileError(DefinitionError):
    """
    An inventory that cannot be read on.

    Args:
        file: The file.
        position: Where it is at fault; empty if the fault is not in one place.
        problem: What is wrong and what to do about it.
    """

    def __init__(self, file: str, position: str, problem: str) -> None:
        super().__init__(f"{file}, {position}: {problem}" if position else f"{file}: {problem}")
        self.args = (file, position, problem)  # what a pickle calls the class with
        self.file = file
        self.position = position
        self.problem = problem


class InventoryError(DefinitionError):
    """
    An inventory of which not every record could be read, and from which nothing is taken therefore.

    Args:
        *findings: Each record that cannot be right, and why.
    """

    def __init__(self, *findings: ImportFinding) -> None:
        super().__init__(*map(str, findings))
        self.args = findings  # as above
        self.findings = findings
