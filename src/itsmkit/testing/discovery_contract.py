"""
The contract suite of plugins that find out which configuration items there are.

Subclass it, provide the fixture ``plugin``, and let pytest collect the subclass:

.. code-block:: python

    class TestRackScanner(DiscoveryContract):
        @pytest.fixture
        def plugin(self) -> object:
            return RackScanner(recorded_answers)

Each promise is tested by itself, so that a test that fails names the promise that is broken.
"""

import os
import re
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from errno import ENETUNREACH
from itertools import chain
from pathlib import PurePath
from typing import Any, NoReturn

import pytest
from attrs import evolve

from itsmkit.cmdb import (
    AttributeFault,
    CIId,
    ClassModel,
    ConfigurationGraph,
    ConfigurationItem,
    GovernanceViolation,
    LookUp,
    Relation,
    SourceRecord,
    SourceRelation,
    standard_class_model,
)
from itsmkit.cmdb._plain_forms import attribute_to_plain
from itsmkit.errors import DefinitionError
from itsmkit.plugin import DiscoveryRun, Plugins
from itsmkit.testing.builders import A_MONDAY

__all__ = ["DiscoveryContract"]

A_USER = "itsmkitdecoyuser"
A_SECRET = "itsmkitdecoysecret"  # noqa: S105  # it is none: it only must not be told
_NOBODY = {"", "~", "root"}

_SECRET_NAMES = re.compile(
    r"passw|passphrase|secret|token|credential|(private|api|access)[ _-]?key", re.IGNORECASE
)
_PRIVATE_KEY = re.compile(r"PRIVATE KEY-----")

Discover = Callable[[datetime], DiscoveryRun]


class DiscoveryContract:
    """What every discovery keeps: provide the fixture ``plugin``, which has something to find."""

    @pytest.fixture
    def plugin(self) -> object:
        """Return the plugin, ready to discover: an object, a module, or the name of an installed one."""
        message = "subclass DiscoveryContract and provide the fixture `plugin`"
        raise NotImplementedError(message)

    @pytest.fixture
    def model(self) -> ClassModel:
        """Return the class model that the records keep; by default, the standard one."""
        return standard_class_model()

    @pytest.fixture
    def at(self) -> datetime:
        """
        Return the instant of the first question.

        Give a later one if what the plugin reads has instants of its own, such as a recorded answer.
        """
        return A_MONDAY

    @pytest.fixture
    def private(self, monkeypatch: pytest.MonkeyPatch) -> Iterable[str]:
        """
        Return words that must not be told: who is logged in, and a secret in the environment.

        Both stand in the environment for the length of the test. The name of the home directory, which is
        that of its owner, must not be told either.
        """
        owner = PurePath(os.path.expanduser("~")).name  # noqa: PTH111  # unlike that of `Path`, it never raises
        for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
            monkeypatch.setenv(name, A_USER)
        monkeypatch.setenv("ITSMKIT_DECOY_PASSWORD", A_SECRET)
        return {A_USER, A_SECRET, owner} - _NOBODY

    @pytest.fixture
    def discover(self, plugin: object) -> Discover:
        """Return the discovery, through the hook, as it is called at work."""
        return Plugins([plugin]).discover

    # -- the answer ------------------------------------------------------------------------------

    def test_it_answers_and_finds_something(self, discover: Discover, at: datetime) -> None:
        run = discover(at)
        assert not run.failures, run.explain()
        assert run.records, "it found nothing; give it something to find"

    def test_its_source_is_one_and_keeps_its_name(self, discover: Discover, at: datetime) -> None:
        runs = (discover(at), discover(at + timedelta(hours=1)))
        sources = {each.source for run in runs for each in run.discoveries}
        assert len(sources) <= 1, (
            f"it speaks for {sorted(sources)}; a source has one name, the same each time"
        )

    def test_keys_stay_the_same(self, discover: Discover, at: datetime) -> None:
        first, second = (
            {each.key for each in discover(instant).records} for instant in (at, at + timedelta(hours=1))
        )
        assert first == second, (
            f"only one of two runs has {sorted(first ^ second)}; keys are the same each time"
        )

    def test_what_has_not_changed_is_told_the_same(self, discover: Discover, at: datetime) -> None:
        first = {each.key: each for each in discover(at).records}
        second = {each.key: each for each in discover(at + timedelta(hours=1)).records}
        changed = [
            f"{old} and then {second[key]!r}"
            for key, old in first.items()
            if key in second and _but_when(old) != _but_when(second[key])
        ]
        assert not changed, _all("a record differs in more than when it was seen", changed)

    def test_nothing_is_seen_after_the_instant_of_the_question(
        self, discover: Discover, at: datetime
    ) -> None:
        for instant in (at, at + timedelta(hours=1)):
            late = [
                f"{each} at {each.seen_at}" for each in discover(instant).records if each.seen_at > instant
            ]
            assert not late, _all(f"seen after {instant}; what is seen now is seen `at`", late)

    # -- the records -----------------------------------------------------------------------------

    def test_the_records_keep_the_class_model(
        self, discover: Discover, at: datetime, model: ClassModel
    ) -> None:
        records = discover(at).records
        items = [_item(each) for each in records]
        known = {item.id for item in items}
        relations = dict.fromkeys(
            each
            for each in chain.from_iterable(map(_relations, records))
            if {each.source, each.target} <= known
        )
        try:
            found = ConfigurationGraph(items, tuple(relations), model=model).findings
            faults = [str(each) for each in found if isinstance(each, AttributeFault | GovernanceViolation)]
        except DefinitionError as error:
            faults = list(error.problems)
        assert not faults, _all("the class model says otherwise", faults)

    def test_relations_lead_to_records_of_the_same_run(self, discover: Discover, at: datetime) -> None:
        records = discover(at).records
        known = {each.key for each in records}
        lost = [
            f"{each} {relation.type} {relation.other!r}"
            for each in records
            for relation in each.relations
            if relation.other not in known
        ]
        assert not lost, _all("relations lead to no record", lost)

    def test_values_are_plain(self, discover: Discover, at: datetime) -> None:
        problems = []
        for record in discover(at).records:
            for name, value in _values(record):
                try:
                    attribute_to_plain(value)
                except DefinitionError as error:
                    problems.append(f"{record}: {name} {error}")
        assert not problems, _all("what cannot be written as JSON", problems)

    # -- what it leaves alone --------------------------------------------------------------------

    def test_it_tells_neither_secrets_nor_who_is_logged_in(
        self, discover: Discover, at: datetime, private: Iterable[str]
    ) -> None:
        words = "|".join(map(re.escape, sorted(private)))
        suspicious = re.compile(rf"(?<![\w-])({words})(?![\w-])|{_PRIVATE_KEY.pattern}")
        run = discover(at)
        told = [
            f"{record}: {name}"
            for record in run.records
            for name, value in (("key", record.key), ("name", record.name), *_values(record))
            if _SECRET_NAMES.search(name) or any(map(suspicious.search, _texts(value)))
        ]
        told += [
            f"problem of {each.source}: {problem}"
            for each in run.discoveries
            for problem in each.problems
            if suspicious.search(str(problem))
        ]
        assert not told, _all("what nobody asked to be told", told)

    def test_it_finishes_without_a_network(
        self, discover: Discover, at: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        online = discover(at)
        _block(monkeypatch)
        offline = discover(at)
        told = f"with a network: {online.explain()}\nwithout: {offline.explain()}"
        assert len(offline.failures) == len(online.failures), told
        assert len(offline.records) == len(online.records), told


def _all(what: str, problems: Iterable[str]) -> str:
    return "\n".join([f"{what}:", *(f"- {each}" for each in problems)])


def _but_when(record: SourceRecord) -> SourceRecord:
    return evolve(record, source="any", seen_at=A_MONDAY)


def _item(record: SourceRecord) -> ConfigurationItem:
    known = {name: value for name, value in record.attributes.items() if value is not None}
    return ConfigurationItem(CIId(record.key), record.ci_class, record.name or record.key, known)


def _relations(record: SourceRecord) -> Iterator[Relation]:
    for each in record.relations:
        source, target = CIId(record.key), CIId(each.other)
        if each.from_other:
            source, target = target, source
        yield Relation(source, each.type, target, qualifier=each.qualifier)


def _values(record: SourceRecord) -> Iterator[tuple[str, object]]:
    """Yield what is known of a record and of its parts, with the name of each attribute."""
    parts: tuple[SourceRecord | LookUp | SourceRelation, ...] = (record, *record.lookups, *record.relations)
    for part in parts:
        yield from ((name, value) for name, value in part.attributes.items() if value is not None)


def _texts(value: object) -> Iterator[str]:
    """Yield every text in *value*, the keys of mappings too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts((*value.keys(), *value.values()))
    elif isinstance(value, tuple | list | set | frozenset):
        yield from chain.from_iterable(map(_texts, value))


def _block(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process reach no other machine, and resolve no name; sockets of the same machine work."""

    def guarded(method: Callable[..., Any]) -> Callable[..., Any]:
        def call(self: socket.socket, *arguments: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6):
                raise OSError(ENETUNREACH, "the contract suite lets nothing through to the network")
            return method(self, *arguments)

        return call

    def unresolved(*_arguments: object, **_options: object) -> NoReturn:
        raise socket.gaierror(socket.EAI_AGAIN, "the contract suite resolves no names")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, guarded(getattr(socket.socket, name)))
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr", "getnameinfo"):
        monkeypatch.setattr(socket, name, unresolved)
