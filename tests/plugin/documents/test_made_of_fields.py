"""Which classes are made of their fields alone, so that reading may fill them in one go."""

from collections.abc import Mapping
from typing import Self

import attrs
import pytest

from itsmkit._frozen import EMPTY, frozen_dict
from itsmkit.plugin.documents import DOCUMENTS
from itsmkit.plugin.documents._made_of_fields import is_made_of_its_fields
from itsmkit.tickets import Ticket


@attrs.frozen(slots=False)
class _Plain:
    name: str
    details: Mapping[str, object] = attrs.field(default=EMPTY, converter=frozen_dict)


class _Below(_Plain):
    """What adds a method and no field."""

    def shout(self) -> str:
        return self.name.upper()


class _MadeOtherwise(_Plain):
    def __init__(self, name: str) -> None:
        super().__init__(name.strip())


class _MadeAnew(_Plain):
    def __new__(cls, *_args: object, **_fields: object) -> Self:
        return super().__new__(cls)


@attrs.frozen(slots=False)
class _Checked(_Plain):
    number: int = attrs.field(default=1, validator=attrs.validators.ge(1))


@attrs.frozen(slots=False)
class _Afterwards(_Plain):
    def __attrs_post_init__(self) -> None:
        """Look at it once more."""


@attrs.frozen
class _InSlots:
    name: str


@pytest.mark.parametrize("kind", [_Plain, _Below])
def test_a_class_that_checks_and_changes_nothing_is_made_of_its_fields(kind: type) -> None:
    assert is_made_of_its_fields(kind)


@pytest.mark.parametrize("kind", [_MadeOtherwise, _MadeAnew, _Checked, _Afterwards, _InSlots])
def test_a_class_that_does_more_is_made_by_its_own_means(kind: type) -> None:
    assert not is_made_of_its_fields(kind)


def test_tickets_of_every_kind_are_made_of_their_fields() -> None:
    kinds = [each.kind for each in DOCUMENTS.types if issubclass(each.kind, Ticket)]
    assert len(kinds) > 5
    assert [kind for kind in kinds if not is_made_of_its_fields(kind)] == []
