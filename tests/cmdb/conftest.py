from collections.abc import Callable, Iterable

import pytest

from itsmkit.cmdb import CIId, ConfigurationGraph, ConfigurationItem, Relation


@pytest.fixture(scope="session")
def a_graph() -> Callable[..., ConfigurationGraph]:
    """
    Make a graph of servers from sentences.

    *relations* are texts such as ``"web runs_on host"``; *items* are ids, by default all that occur.
    """

    def make(
        relations: Iterable[str] = (), *, items: Iterable[str] | None = None, **options: object
    ) -> ConfigurationGraph:
        sentences = [sentence.split() for sentence in relations]
        ids = dict.fromkeys(end for source, _, target in sentences for end in (source, target))
        return ConfigurationGraph(
            [ConfigurationItem(CIId(each), "server", each) for each in (ids if items is None else items)],
            [Relation(CIId(source), name, CIId(target)) for source, name, target in sentences],
            **options,
        )

    return make
