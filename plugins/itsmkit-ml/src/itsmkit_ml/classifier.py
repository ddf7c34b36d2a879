"""The plugin as an object: models, and the hook that asks them."""

from collections.abc import Iterable, Sequence
from os import PathLike
from pathlib import Path

from attrs import field, frozen

from itsmkit.errors import DefinitionError
from itsmkit.plugin import hookimpl
from itsmkit.practices.classification import Prediction, text_of
from itsmkit.tickets import Ticket
from itsmkit_ml._values import as_tuple
from itsmkit_ml.model_file import load_model
from itsmkit_ml.text_model import TextModel

__all__ = ["TicketClassifier"]


@frozen(eq=False)
class TicketClassifier:
    """
    What predicts fields of tickets: hand it to a desk as a plugin.

    Args:
        models: The models, one for each field at most.

    Raises:
        DefinitionError: If two are of the same field.
    """

    models: tuple[TextModel, ...] = field(default=(), converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        fields = [each.field for each in self.models]
        twice = sorted({name for name in fields if fields.count(name) > 1})
        if twice:
            raise DefinitionError(*(f"models: two are of the field {name!r}; keep one" for name in twice))

    @classmethod
    def load(cls, paths: Iterable[str | PathLike[str]]) -> "TicketClassifier":
        """
        Return what predicts by the models of files.

        Raises:
            DefinitionError: As `load_model`, and if two are of the same field.
        """
        return cls(load_model(each) for each in paths)

    @classmethod
    def from_folder(cls, folder: str | PathLike[str]) -> "TicketClassifier":
        """Return what predicts by all models of a folder, files that end on ``.itsmkit-ml``: as `load`."""
        return cls.load(sorted(Path(folder).glob("*.itsmkit-ml")))

    @hookimpl
    def itsmkit_classify(self, ticket: Ticket, fields: Sequence[str]) -> tuple[Prediction, ...]:
        """Predict what is asked for, as far as there are models for it."""
        text = text_of(ticket)
        if not text.strip():
            return ()
        return tuple(each.predict(text) for each in self.models if each.field in fields)
