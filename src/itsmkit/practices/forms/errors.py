"""
The errors of forms.

.. code-block:: text

    ItsmkitError
    └── RefusedError
        └── AnswersRefusedError   a form was not filled in as it has to be
"""

from collections.abc import Mapping

from itsmkit._frozen import FrozenDict
from itsmkit.errors import RefusedError

__all__ = ["AnswersRefusedError"]


class AnswersRefusedError(RefusedError):
    """
    A form was not filled in as it has to be, and nothing of it was kept.

    Args:
        form: The name of the form.
        problems: For each field, and each name that there is not, what is wrong with what was answered: at
            least one sentence. In the order of the form; under an empty name, what is wrong with the whole.
    """

    def __init__(self, form: str, problems: Mapping[str, tuple[str, ...]]) -> None:
        told = ((f"answers.{name}" if name else "answers", each) for name, each in problems.items())
        super().__init__(*(f"{path}: {sentence}" for path, each in told for sentence in each))
        self.args = (form, FrozenDict(problems))  # what it is pickled by
        self.form = form
        self.problems = FrozenDict(problems)

    def __str__(self) -> str:
        return f"cannot take the answers to {self.form!r}: {super().__str__()}"
