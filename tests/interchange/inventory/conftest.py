import json
from datetime import UTC, datetime
from io import BytesIO

import pytest

from itsmkit.cmdb import CIId, ConfigurationGraph, ConfigurationItem, Relation, standard_class_model

SEEN_AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Trickle(BytesIO):
    """A file that hands out a few bytes at a time, as a pipe or a network drive may."""

    def __init__(self, content: bytes, step: int) -> None:
        super().__init__(content)
        self._step = step

    def read(self, size: int | None = -1) -> bytes:
        return super().read(self._step if size is None or size < 0 else min(size, self._step))


@pytest.fixture(scope="session")
def trickle():
    return Trickle


@pytest.fixture(scope="session")
def seen_at():
    return SEEN_AT


@pytest.fixture(scope="session")
def as_file():
    """Return what makes a file of plain data, as JSON, or of text or bytes as they are."""

    def make(content):
        if isinstance(content, str):
            content = content.encode()
        return BytesIO(content if isinstance(content, bytes) else json.dumps(content).encode())

    return make


@pytest.fixture(scope="session")
def questionable():
    """Return what lists the faults that the standard class model finds in records, made into items."""
    model = standard_class_model()

    def faults(records):
        graph = ConfigurationGraph(
            [ConfigurationItem(CIId(r.key), r.ci_class, r.name or r.key, r.attributes) for r in records],
            [
                Relation(CIId(each.other), each.type, CIId(r.key))
                if each.from_other
                else Relation(CIId(r.key), each.type, CIId(each.other))
                for r in records
                for each in r.relations
            ],
            model=model,
        )
        return [str(each) for each in graph.findings]

    return faults
