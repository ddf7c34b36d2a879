"""Numbers of tickets."""

from itsmkit.plugin import (
    Store,
)
from itsmkit.testing.contracts.steps import run_together

__all__ = ["NumberContract"]


class NumberContract:
    """Numbers are drawn once."""

    def test_numbers_are_unique_and_increasing(self, store: Store) -> None:
        drawn: list[int] = []
        for _ in range(3):
            with store.begin() as unit:
                drawn += [unit.next_number("incident"), unit.next_number("incident")]
        assert drawn == sorted(set(drawn))
        with store.begin() as unit:
            assert unit.next_number("change") == 1

    def test_threads_never_draw_the_same_number(self, store: Store) -> None:
        drawn: list[int] = []

        def draw() -> None:
            for _ in range(20):
                with store.begin() as unit:
                    drawn.append(unit.next_number("incident"))

        run_together([draw] * 4)
        assert len(set(drawn)) == 80

    def test_numbers_that_are_taken_are_skipped(self, store: Store) -> None:
        with store.begin() as unit:
            unit.skip_numbers("incident", 7)
            unit.skip_numbers("incident", 3)
            drawn = [unit.next_number("incident"), unit.next_number("incident")]
            unit.skip_numbers("incident", 8)
            drawn.append(unit.next_number("incident"))
            unit.skip_numbers("incident", 40)
        with store.begin() as unit:
            drawn.append(unit.next_number("incident"))
            assert unit.next_number("change") == 1
        assert drawn == [8, 9, 10, 41]
