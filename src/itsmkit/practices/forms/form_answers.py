"""What was answered to a form."""

from collections.abc import Mapping

from attrs import field, frozen

from itsmkit._frozen import EMPTY, as_tuple, frozen_dict
from itsmkit.practices.forms.form_field import answer_facts

__all__ = ["FormAnswers", "FormReading"]


@frozen
class FormAnswers:
    """
    What was answered to a form, as it is kept.

    Args:
        form: The name of the form.
        version: Its version.
        values: The answers by the names of their fields, in the order of the form; none that is empty, and
            none to a field that was not shown.
        dropped: The fields to which something was answered that was left out, as they were not shown.
    """

    form: str
    version: int
    values: Mapping[str, object] = field(default=EMPTY, converter=frozen_dict)
    dropped: tuple[str, ...] = field(default=(), converter=as_tuple, kw_only=True)

    def facts(self) -> dict[str, object]:
        """Return what conditions see of the answers: see `FormField.facts`."""
        return dict(fact for name, value in self.values.items() for fact in answer_facts(name, value))


@frozen
class FormReading:
    """
    How a form stands while it is filled in.

    Args:
        shown: The fields that are shown, in the order of the form.
        required: Those of them that must be answered.
        values: The answers to them that can be taken, what is answered by default among them.
        problems: What is wrong, by field or unknown name: each at least one sentence.
        dropped: The fields to which something was answered that is left out, as they are not shown.
    """

    shown: tuple[str, ...] = field(converter=as_tuple)
    required: tuple[str, ...] = field(converter=as_tuple)
    values: Mapping[str, object] = field(converter=frozen_dict)
    problems: Mapping[str, tuple[str, ...]] = field(default=EMPTY, converter=frozen_dict)
    dropped: tuple[str, ...] = field(default=(), converter=as_tuple)
