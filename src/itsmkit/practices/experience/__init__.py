"""
Experience: asking people how it was, hearing what they complain of, and what follows from both.

>>> from itsmkit.practices.experience import Measure
>>> Measure.CSAT.figure([5, 4, 2, 5])
Fraction(3, 4)
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.practices.experience.measure import Measure
    from itsmkit.practices.experience.survey import (
        Round,
        Survey,
        answer,
        asked,
        digest_of,
        invite,
        question,
        reason_not_to_ask,
        token_of,
        token_parts,
    )
    from itsmkit.practices.experience.survey_policy import Respondent, SurveyPolicy, SurveyWords
    from itsmkit.practices.experience.themes import (
        THEME,
        CrossedTheme,
        ThemeRules,
        ThemeThreshold,
        crossed_themes,
        themes_of,
    )
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.practices.experience.measure": ("Measure",),
            "itsmkit.practices.experience.survey": (
                "Round",
                "Survey",
                "answer",
                "asked",
                "digest_of",
                "invite",
                "question",
                "reason_not_to_ask",
                "token_of",
                "token_parts",
            ),
            "itsmkit.practices.experience.survey_policy": ("Respondent", "SurveyPolicy", "SurveyWords"),
            "itsmkit.practices.experience.themes": (
                "CrossedTheme",
                "THEME",
                "ThemeRules",
                "ThemeThreshold",
                "crossed_themes",
                "themes_of",
            ),
        },
    )

__all__ = [
    "CrossedTheme",
    "Measure",
    "Respondent",
    "Round",
    "Survey",
    "SurveyPolicy",
    "SurveyWords",
    "THEME",
    "ThemeRules",
    "ThemeThreshold",
    "answer",
    "asked",
    "crossed_themes",
    "digest_of",
    "invite",
    "question",
    "reason_not_to_ask",
    "themes_of",
    "token_of",
    "token_parts",
]
