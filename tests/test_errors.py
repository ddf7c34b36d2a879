import copy
import pickle

import pytest

from itsmkit.errors import (
    ConflictError,
    DefinitionError,
    ItsmkitError,
    NotFoundError,
    PluginError,
    RefusedError,
)

ERRORS = [
    pytest.param(
        DefinitionError("within must be more than zero"), "within must be more than zero", id="one problem"
    ),
    pytest.param(DefinitionError("this", "that"), "2 problems:\n- this\n- that", id="two problems"),
    pytest.param(RefusedError("no resolution", "no group"), "no resolution; no group", id="refused"),
    pytest.param(NotFoundError("ticket", "INC-1"), "no ticket 'INC-1'", id="not found"),
    pytest.param(
        ConflictError("ticket", "INC-1", 2, 3),
        "cannot save ticket INC-1 at version 2: it is stored at version 3; load it again and retry",
        id="conflict",
    ),
    pytest.param(
        ConflictError("ticket", "INC-1", 2, None),
        "cannot save ticket INC-1 at version 2: it is not stored; load it again and retry",
        id="conflict with nothing",
    ),
    pytest.param(
        PluginError("mail", "itsmkit_deliver", "no such host"),
        "plugin 'mail' failed in itsmkit_deliver: no such host",
        id="plugin",
    ),
]


@pytest.mark.parametrize(("error", "sentence"), ERRORS)
def test_an_error_is_a_sentence(error: ItsmkitError, sentence: str) -> None:
    assert str(error) == sentence
    assert isinstance(error, ItsmkitError)


@pytest.mark.parametrize(("error", "sentence"), ERRORS)
@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
def test_an_error_keeps_its_facts_when_it_travels(again, error: ItsmkitError, sentence: str) -> None:
    travelled = again(error)
    assert type(travelled) is type(error)
    assert vars(travelled) == vars(error)
    assert str(travelled) == sentence


@pytest.mark.parametrize(
    ("error", "facts"),
    [
        (DefinitionError("this", "that"), {"problems": ("this", "that")}),
        (RefusedError("this", "that"), {"reasons": ("this", "that")}),
        (NotFoundError("ticket", 7), {"kind": "ticket", "key": 7}),
        (ConflictError("ticket", "a", 2, 3), {"kind": "ticket", "key": "a", "expected": 2, "found": 3}),
        (PluginError("mail", "load", "why"), {"plugin": "mail", "hook": "load", "problem": "why"}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_carries_its_facts(error: ItsmkitError, facts: dict[str, object]) -> None:
    assert vars(error) == facts


@pytest.mark.parametrize(
    ("error", "builtin"),
    [(DefinitionError("why"), ValueError), (NotFoundError("ticket", "INC-1"), LookupError)],
    ids=lambda value: getattr(value, "__name__", type(value).__name__),
)
def test_an_error_is_what_python_calls_it_too(error: ItsmkitError, builtin: type[Exception]) -> None:
    assert isinstance(error, builtin)
