"""The plugin as it is installed: the models of the folder that ``ITSMKIT_ML_MODELS`` names."""

import os
from collections.abc import Sequence
from functools import lru_cache

from itsmkit.plugin import hookimpl
from itsmkit.practices.classification import Prediction
from itsmkit.tickets import Ticket
from itsmkit_ml.classifier import TicketClassifier

__all__ = ["FOLDER", "itsmkit_classify"]

FOLDER = "ITSMKIT_ML_MODELS"
"""The variable of the environment that names the folder; without it, nothing is predicted."""


@hookimpl
def itsmkit_classify(ticket: Ticket, fields: Sequence[str]) -> tuple[Prediction, ...]:
    """Predict what is asked for, as far as there are models for it."""
    folder = os.environ.get(FOLDER)
    return _classifier(folder).itsmkit_classify(ticket, fields) if folder else ()


@lru_cache(maxsize=4)
def _classifier(folder: str) -> TicketClassifier:
    return TicketClassifier.from_folder(folder)
