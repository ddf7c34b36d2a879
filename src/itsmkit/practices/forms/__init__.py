"""
Forms: what somebody is asked, when it is shown, and what may be answered.

Visibility, requirement and validation are conditions of the one condition language, evaluated where the
answers come in: so what is not shown is never stored and never required.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.practices.forms._filling import HiddenAnswers
    from itsmkit.practices.forms.comparison import AnswerComparison
    from itsmkit.practices.forms.errors import AnswersRefusedError
    from itsmkit.practices.forms.form import MOST_FIELDS, Form
    from itsmkit.practices.forms.form_answers import FormAnswers, FormReading
    from itsmkit.practices.forms.form_field import Check, FormField, FormFieldKind
    from itsmkit.practices.forms.json_schema import form_from_schema, form_schema
    from itsmkit.practices.forms.mapping_form import form_from, form_to_mapping
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.practices.forms._filling": ("HiddenAnswers",),
            "itsmkit.practices.forms.comparison": ("AnswerComparison",),
            "itsmkit.practices.forms.errors": ("AnswersRefusedError",),
            "itsmkit.practices.forms.form": ("Form", "MOST_FIELDS"),
            "itsmkit.practices.forms.form_answers": ("FormAnswers", "FormReading"),
            "itsmkit.practices.forms.form_field": ("Check", "FormField", "FormFieldKind"),
            "itsmkit.practices.forms.json_schema": ("form_from_schema", "form_schema"),
            "itsmkit.practices.forms.mapping_form": ("form_from", "form_to_mapping"),
        },
    )

__all__ = [
    "AnswerComparison",
    "AnswersRefusedError",
    "Check",
    "Form",
    "FormAnswers",
    "FormField",
    "FormFieldKind",
    "FormReading",
    "HiddenAnswers",
    "MOST_FIELDS",
    "form_from",
    "form_from_schema",
    "form_schema",
    "form_to_mapping",
]
