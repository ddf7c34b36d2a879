import pickle

import pytest

from itsmkit.errors import DefinitionError
from itsmkit.interchange import EventLogError


@pytest.mark.parametrize(
    ("line", "sentence"), [(7, "log.csv, line 7: is broken; mend it"), (None, "log.csv: is broken; mend it")]
)
def test_the_sentence_names_file_and_line(line, sentence):
    error = EventLogError("log.csv", line, "is broken; mend it")
    assert str(error) == sentence
    assert error.problems == (sentence,)
    assert isinstance(error, DefinitionError)


def test_it_survives_a_pickle():
    copy = pickle.loads(pickle.dumps(EventLogError("log.csv", 7, "is broken")))
    assert (copy.path, copy.line, copy.problem) == ("log.csv", 7, "is broken")
    assert str(copy) == "log.csv, line 7: is broken"
