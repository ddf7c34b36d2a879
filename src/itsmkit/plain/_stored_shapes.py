"""What the documents of a store look like, for JSON Schemas: they are written and read by `Documents`."""

from collections.abc import Callable, Iterable
from typing import Any

from itsmkit._frozen import EMPTY
from itsmkit.cmdb.history import RecordKey
from itsmkit.plain._anything import Anything
from itsmkit.plain._codec import Codec, Schema, any_of
from itsmkit.plain._codecs import codec_of
from itsmkit.plain._declared import DeclaredField, class_behind, has_fields
from itsmkit.plain._fields import fields_codec
from itsmkit.plugin.documents import Documents, DocumentType
from itsmkit.plugin.documents._codecs import bare

__all__ = ["StoredShapes"]


class StoredShapes:
    """
    The shapes of documents, in which what is no type of its own is a part without one.

    Args:
        documents: The types.
        fields_of: Gives the fields of a class.
        anything: What details and attributes hold.
    """

    def __init__(
        self,
        documents: Documents,
        fields_of: Callable[[type], Iterable[DeclaredField]],
        anything: Anything,
    ) -> None:
        self._types = documents.types
        self._fields_of = fields_of
        self._anything = anything

    def codec(self, kind: DocumentType) -> Codec:
        """Return what has the shape of the documents of a type."""
        fields = [
            each._replace(key=kind.keys.get(each.key, each.key))
            for each in self._fields_of(kind.kind)
            if each.key not in kind.without
        ]
        head = {"type": kind.name, "schema": kind.schema}
        return fields_codec(kind.kind, fields, self._find, head, kind.kind)

    def _find(self, kind: Any) -> Codec:
        kinds = tuple(map(class_behind, kind)) if isinstance(kind, tuple) else (class_behind(kind),)
        names = [
            each.name
            for each in self._types
            if all(isinstance(of, type) and of is not object for of in kinds) and issubclass(each.kind, kinds)
        ]
        if names:
            return self._shaped(lambda: any_of([{"$ref": f"#/$defs/{name}"} for name in names]))
        if kinds == (RecordKey,):
            return self._shaped(lambda: {"type": "array", "items": {"type": "string"}, "minItems": 1})
        (part,) = kinds
        if has_fields(part):
            return fields_codec(part, self._fields_of(part), self._find, EMPTY, part)
        return codec_of(bare(kind), self._find, self._anything)

    def _shaped(self, schema: Callable[[], Schema]) -> Codec:
        return Codec(self._anything.write, self._anything.read, schema)
