import pickle

from itsmkit.errors import NotFoundError
from itsmkit.packs import UnknownPackError


def test_an_unknown_pack_is_something_not_found():
    error = UnknownPackError("hr", ("it", "office"))
    assert isinstance(error, NotFoundError)
    assert (error.kind, error.key, error.name, error.known) == ("pack", "hr", "hr", ("it", "office"))
    assert str(error) == "no pack 'hr'; known: it, office"


def test_the_error_survives_pickling():
    error = UnknownPackError("hr", ("it", "office"))
    copied = pickle.loads(pickle.dumps(error))
    assert (str(copied), copied.known) == (str(error), error.known)
