import os
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from itsmkit.cli._outputs import check_outputs, print_written, write_outputs
from itsmkit.cli.errors import UsageError


def test_all_files_are_written_whole(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    second.write_text("what was there")
    write_outputs({first: "one\n", second: "تهران"})
    assert (first.read_bytes(), second.read_text(encoding="utf-8")) == (b"one\n", "تهران")
    assert sorted(tmp_path.iterdir()) == [first, second]


def test_if_one_cannot_be_written_none_is(tmp_path: Path) -> None:
    first = tmp_path / "first"
    first.write_text("what was there")
    with pytest.raises(UsageError, match="cannot write"):
        write_outputs({first: "new", tmp_path / "gone" / "second": "new"})
    assert first.read_text() == "what was there"
    assert list(tmp_path.iterdir()) == [first]


def test_bytes_that_are_no_text_are_told_as_escapes(tmp_path: Path) -> None:
    write_outputs({tmp_path / "out": "log-\udcff.csv"})
    assert (tmp_path / "out").read_text() == "log-\\udcff.csv"


@pytest.mark.skipif(os.name != "posix", reason="links need a privilege there")
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    place, link = tmp_path / "place", tmp_path / "link"
    link.symlink_to(place)
    write_outputs({link: "new"})
    assert link.is_symlink()
    assert place.read_text() == "new"


def test_every_problem_is_named(tmp_path: Path) -> None:
    taken = tmp_path / "log.csv"
    with pytest.raises(UsageError) as caught:
        check_outputs(
            {"--a": taken, "--b": tmp_path, "--c": None, "--d": tmp_path / "no" / "x"}, inputs=[taken]
        )
    assert [problem.split()[0] for problem in caught.value.problems] == ["--a", "--b", "--d"]


def test_a_terminal_gets_a_link_to_what_was_written(tmp_path: Path) -> None:
    out = StringIO()
    print_written(Console(file=out, force_terminal=True), [tmp_path / "a report.html"])
    assert f"{tmp_path.as_uri()}/a%20report.html" in out.getvalue()
