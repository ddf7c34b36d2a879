from io import StringIO

import attrs
import pytest
from rich.cells import cell_len
from rich.console import Console

from itsmkit.cli._consoles import error_console, output_console
from itsmkit.cli._progress import RunProgress
from itsmkit.cli._result import ReplayResult
from itsmkit.cli._tables import print_result


def printed(result: ReplayResult, width: int) -> str:
    out = StringIO()
    print_result(Console(file=out, width=width, markup=False, highlight=False, emoji=False), result)
    return out.getvalue()


@pytest.mark.parametrize("width", [30, 40, 72, 200])
def test_no_line_is_wider_than_the_terminal(result: ReplayResult, width: int) -> None:
    assert [line for line in printed(result, width).splitlines() if cell_len(line) > width] == []


@pytest.mark.parametrize("width", [40, 200])
def test_the_figures_are_there_at_any_width(result: ReplayResult, width: int) -> None:
    out = printed(result, width)
    assert [part for part in ("Incidents", "Median", "2.0 h", "تهران", "Kept") if part not in out] == []


def test_text_of_the_log_is_no_markup(result: ReplayResult) -> None:
    report = attrs.evolve(result.report, by_group={"[red]network[/red] :smile:": 2})
    assert "[red]network[/red] :smile:" in printed(attrs.evolve(result, report=report), 120)


def test_a_log_cannot_steer_the_terminal(result: ReplayResult) -> None:
    wild = "\x1b]0;title\x07\x1b[2J\x9b31m"
    counts = {wild: 2}
    report = attrs.evolve(
        result.report, by_group=counts, by_site=counts, by_channel=counts, final_states=counts
    )
    out = printed(attrs.evolve(result, report=report, title=wild, source=wild, note=wild), 120)
    assert not {"\x1b", "\x07", "\x9b"} & set(out)


def test_beyond_a_few_names_the_rest_is_one_line(result: ReplayResult) -> None:
    sites = {f"site {n:02}": 1 for n in range(20)}
    out = printed(attrs.evolve(result, report=attrs.evolve(result.report, by_site=sites)), 120)
    assert "site 05" in out
    assert "site 06" not in out
    assert "14 others" in out


def test_an_empty_report_prints_its_account(empty_result: ReplayResult) -> None:
    out = printed(empty_result, 80)
    assert "no incidents" in out
    assert "0 events read = 0 applied + 0 dropped" in out
    assert "Priority" not in out


def test_a_note_stands_above_the_figures(result: ReplayResult) -> None:
    out = printed(attrs.evolve(result, note="A day to remember."), 80)
    assert out.index("A day to remember.") < out.index("Incidents")


def test_a_terminal_sees_one_bar_and_others_see_none() -> None:
    drawn = []
    for terminal in (True, False):
        out = StringIO()
        console = Console(file=out, force_terminal=terminal, width=80)
        with RunProgress(console) as progress:
            progress.reading(5, 10)
            told = progress.reliving(1024)
            for done in range(1, 1025):
                told(done)
        drawn.append(out.getvalue())
    assert "Reliving 1,024 events" in drawn[0]
    assert "100%" in drawn[0]
    assert drawn[1] == ""


def test_consoles_respect_the_wish_for_no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert output_console().no_color
    assert error_console().no_color
