"""Student's t distribution for whole degrees of freedom, by which the mean of few replications is told."""

from math import atan, cos, pi, sin, sqrt, tan

__all__ = ["student_quantile"]


def student_quantile(confidence: float, freedom: int) -> float:
    """
    Return the bound that a variable of Student's distribution is within, to both sides, with a confidence.

    Args:
        confidence: Above 0, below 1.
        freedom: The degrees of freedom, 1 or more.

    >>> round(student_quantile(0.95, 9), 3)
    2.262

    Source:
        M. Abramowitz and I. A. Stegun, "Handbook of Mathematical Functions" (1964), 26.7.3 and 26.7.4, solved
        for the angle by bisection.
    """
    low, high = 0.0, pi / 2
    for _ in range(60):
        middle = (low + high) / 2
        if _share_within(middle, freedom) < confidence:
            low = middle
        else:
            high = middle
    return sqrt(freedom) * tan((low + high) / 2)


def _share_within(angle: float, freedom: int) -> float:
    squared = cos(angle) ** 2
    if freedom % 2:
        term, total = cos(angle), 0.0
        for number in range(1, freedom - 1, 2):
            total += term
            term *= squared * (number + 1) / (number + 2)
        return 2 / pi * (atan(sin(angle) / cos(angle)) + sin(angle) * total)
    term, total = 1.0, 0.0
    for number in range(1, freedom, 2):
        total += term
        term *= squared * number / (number + 1)
    return sin(angle) * total
