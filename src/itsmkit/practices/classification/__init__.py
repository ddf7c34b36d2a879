"""
Classification that learns: which category, group, impact and urgency a ticket would get, and how surely.

A model predicts, a policy decides what is done with it, and people have the last word: what they did is what
a model is measured by, and what it learns from. The model that itsmkit brings is small and needs nothing;
others come by plugins.

Source:
    ITIL 4, practices "Incident management" and "Service desk": categorisation and prioritisation.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.practices.classification.advice import (
        Advice,
        AdviceAction,
        ClassificationMode,
        ClassificationPolicy,
        advise,
    )
    from itsmkit.practices.classification.baseline import BaselineModel, train_baseline
    from itsmkit.practices.classification.classification import (
        Classification,
        Outlook,
        ShadowReport,
        TrainedModel,
        shadow_report,
    )
    from itsmkit.practices.classification.evaluation import (
        AtGate,
        Band,
        Evaluation,
        Judged,
        OfLabel,
        evaluated,
        gate_reaching,
        judged,
    )
    from itsmkit.practices.classification.example import (
        Decided,
        Example,
        decided_of,
        example_of,
        stratified_split,
        time_split,
    )
    from itsmkit.practices.classification.prediction import FIELDS, Prediction, blanked, text_of
else:
    # A desk reads its policy at the start; models and measures are for those who train some.
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.practices.classification.advice": (
                "Advice",
                "AdviceAction",
                "ClassificationMode",
                "ClassificationPolicy",
                "advise",
            ),
            "itsmkit.practices.classification.baseline": (
                "BaselineModel",
                "train_baseline",
            ),
            "itsmkit.practices.classification.classification": (
                "Classification",
                "Outlook",
                "ShadowReport",
                "TrainedModel",
                "shadow_report",
            ),
            "itsmkit.practices.classification.evaluation": (
                "AtGate",
                "Band",
                "Evaluation",
                "Judged",
                "OfLabel",
                "evaluated",
                "gate_reaching",
                "judged",
            ),
            "itsmkit.practices.classification.example": (
                "Decided",
                "Example",
                "decided_of",
                "example_of",
                "stratified_split",
                "time_split",
            ),
            "itsmkit.practices.classification.prediction": (
                "FIELDS",
                "Prediction",
                "blanked",
                "text_of",
            ),
        },
    )

__all__ = [
    "Advice",
    "AdviceAction",
    "AtGate",
    "Band",
    "BaselineModel",
    "Classification",
    "ClassificationMode",
    "ClassificationPolicy",
    "Decided",
    "Evaluation",
    "Example",
    "FIELDS",
    "Judged",
    "OfLabel",
    "Outlook",
    "Prediction",
    "ShadowReport",
    "TrainedModel",
    "advise",
    "blanked",
    "decided_of",
    "evaluated",
    "example_of",
    "gate_reaching",
    "judged",
    "shadow_report",
    "stratified_split",
    "text_of",
    "time_split",
    "train_baseline",
]
