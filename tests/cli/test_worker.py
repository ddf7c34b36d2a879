"""``itsmkit worker`` in this process: its options, its signals and its lines."""

import logging
import os
import signal
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from itsmkit.cli import main
from itsmkit.cli._logs import logs_on_stderr
from itsmkit.cli._signals import StopSignals
from itsmkit.desk import Desk, InMemoryNotifier, InMemoryStore, ManualClock
from itsmkit.errors import ItsmkitError
from itsmkit.testing import A_MONDAY, AN_AGENT


class BrokenError(ItsmkitError):
    """The store is broken."""


def overdue(store: InMemoryStore, *, tenant: str | None = None) -> Desk:
    """Return a desk with an incident of which all checkpoints are due by now."""
    desk = Desk(store=store, tenant=tenant, plugins=[InMemoryNotifier()], clock=ManualClock(A_MONDAY))
    desk.incidents.log("No network", impact="high", urgency="high", by=AN_AGENT)
    return desk


def test_once_does_what_is_due(
    opened: Callable[[InMemoryStore], None], capsys: pytest.CaptureFixture[str]
) -> None:
    store = InMemoryStore()
    opened(store)
    desk = overdue(store)
    assert main(["worker", "memory://", "--once"]) == 0
    assert desk.next_due() is None
    written = capsys.readouterr().err
    assert "Z INFO tenant default: 5 checkpoints passed" in written
    assert main(["worker", "memory://", "--once"]) == 0
    assert capsys.readouterr().err == ""


def test_rules_of_access_do_not_keep_a_worker_off(
    opened: Callable[[InMemoryStore], None], tmp_path: Path
) -> None:
    store = InMemoryStore()
    opened(store)
    desk = overdue(store)
    config = tmp_path / "desk.toml"
    config.write_text('[[roles]]\nname = "agent"\n')
    assert main(["worker", "memory://", "--once", "--config", str(config)]) == 0
    assert desk.next_due() is None


def test_tenants_are_named_or_all_are_meant(opened: Callable[[InMemoryStore], None]) -> None:
    store = InMemoryStore()
    opened(store)
    desks = [overdue(store, tenant=name) for name in ("acme", "bolt", "corp")]
    assert main(["worker", "memory://", "--once", "--tenant", "acme", "--tenant", "corp"]) == 0
    assert [desk.next_due() is None for desk in desks] == [True, False, True]
    assert main(["worker", "memory://", "--once", "--all-tenants"]) == 0
    assert desks[1].next_due() is None


def test_what_fails_as_a_whole_is_told_as_an_error(
    opened: Callable[[InMemoryStore], None], capsys: pytest.CaptureFixture[str]
) -> None:
    class BrokenStore(InMemoryStore):
        def next_due(self) -> None:
            raise BrokenError("the store is broken")

    opened(BrokenStore())
    assert main(["worker", "memory://", "--once"]) == 2
    assert "error: the store is broken" in capsys.readouterr().err


def test_a_timer_that_fails_gives_the_status_1(opened: Callable[[InMemoryStore], None]) -> None:
    class HalfBrokenStore(InMemoryStore):
        is_broken = False

        def claim_due(self, *args, **options):  # type: ignore[no-untyped-def]  # as the one that it overrides
            claimed = super().claim_due(*args, **options)
            self.is_broken = bool(claimed)
            return claimed

        def begin(self):  # type: ignore[no-untyped-def]  # as above
            if self.is_broken:
                raise BrokenError("nothing can be saved")
            return super().begin()

    store = HalfBrokenStore()
    opened(store)
    overdue(store)
    assert main(["worker", "memory://", "--once"]) == 1


def test_it_works_until_it_is_told_to_stop(
    opened: Callable[[InMemoryStore], None], capsys: pytest.CaptureFixture[str]
) -> None:
    class StoppingStore(InMemoryStore):
        def wait(self, timeout: timedelta) -> None:
            os.kill(os.getpid(), signal.SIGTERM)

    store = StoppingStore()
    opened(store)
    desk = overdue(store)
    assert main(["worker", "memory://"]) == 0
    assert desk.next_due() is None
    lines = [line.split("Z INFO ")[1] for line in capsys.readouterr().err.splitlines()]
    assert (lines[0], lines[-1]) == ("began to work", "stopped")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (
            ["--tenant", "a", "--all-tenants"],
            "--tenant and --all-tenants exclude each other; give one of them",
        ),
        (["--lease", "0"], "--lease 0: give more than 0 and at most 86400 seconds"),
        (["--lease", "nan"], "--lease nan: give more than 0"),
        (["--lease", "1e9"], "--lease 1e+09: give more than 0"),
        ([], "install it: pip install 'itsmkit-sql'"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    options: Sequence[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["worker", "sqlite:///desk.db", *options]) == 2
    assert problem in capsys.readouterr().err


# -- signals and lines ---------------------------------------------------------------------------------


@pytest.mark.parametrize("first", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.usefixtures("interruptible")
def test_the_first_signal_asks_and_the_second_does_what_it_did_before(first: signal.Signals) -> None:
    before = [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)]
    with StopSignals() as stop:
        assert not stop()
        signal.raise_signal(first)
        assert stop()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)] == before


def test_without_a_signal_all_is_as_before() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with StopSignals() as stop:
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before
    assert not stop()


def test_lines_steer_no_terminal_and_end_with_the_context(capsys: pytest.CaptureFixture[str]) -> None:
    logger = logging.getLogger("itsmkit.worker")
    with logs_on_stderr():
        logger.info("a \x1b[2J b")
    logger.info("unseen")
    written = capsys.readouterr().err
    assert written.endswith("Z INFO a \ufffd[2J b\n")
    assert written.count("\n") == 1
