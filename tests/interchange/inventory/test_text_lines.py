import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.interchange.inventory import ImportLimits, InventoryFileError
from itsmkit.interchange.inventory._source_file import SourceFile
from itsmkit.interchange.inventory._text_lines import text_lines

LIMITS = ImportLimits()


@given(text=st.text("ab\r\n\u2028", max_size=30), step=st.integers(1, 7))
def test_lines_end_where_python_says(trickle, text, step):
    lines = list(text_lines(SourceFile(trickle(text.encode(), step), LIMITS), LIMITS))
    assert lines == list(io.StringIO(text, newline=""))


def test_a_line_without_end_is_refused(trickle):
    file = SourceFile(trickle(b"one\n" + b"x" * 100, 8), LIMITS)
    with pytest.raises(InventoryFileError, match="line 2: is longer than 20 characters"):
        list(text_lines(file, ImportLimits(record_length=20)))
