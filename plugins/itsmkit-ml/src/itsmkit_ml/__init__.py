"""
Tickets classified by what a desk has learned, with scikit-learn.

`train` learns a `TextModel` from examples, `save_model` and `load_model` keep it in files that can run
nothing, `TicketClassifier` is the plugin, and `drift` tells when it is time to learn anew.
"""

from itsmkit_ml.classifier import TicketClassifier
from itsmkit_ml.drift import Drift, DriftState, DriftThresholds, Shift, drift, stability_index
from itsmkit_ml.model_file import load_model, save_model
from itsmkit_ml.tables import examples_from_csv, examples_from_desk, texts_from_csv, texts_from_desk
from itsmkit_ml.text_model import TextModel
from itsmkit_ml.training import TrainingOptions, train

__all__ = [
    "Drift",
    "DriftState",
    "DriftThresholds",
    "Shift",
    "TextModel",
    "TicketClassifier",
    "TrainingOptions",
    "drift",
    "examples_from_csv",
    "examples_from_desk",
    "load_model",
    "save_model",
    "stability_index",
    "texts_from_csv",
    "texts_from_desk",
    "train",
]
