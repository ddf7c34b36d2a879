"""What the sources say."""

from threading import Barrier

import pytest

from itsmkit.cmdb import (
    CIId,
)
from itsmkit.cmdb.reconciliation import StagingArea
from itsmkit.errors import ConflictError
from itsmkit.plugin import (
    Store,
    StoredStaging,
)
from itsmkit.testing.contracts.steps import Undo, newest, run_together, said, staged

__all__ = ["StagingContract"]


class StagingContract:
    """What the sources say is kept as a whole."""

    def test_a_staging_area_comes_back_equal(self, store: Store) -> None:
        assert store.staging() == StoredStaging(StagingArea(), 0)
        area = staged()
        with store.begin() as unit:
            unit.save_staging(area, expected=0)
        assert store.staging() == StoredStaging(area, 1)
        less = area.without_records([("scan", "1")]).without_lock(CIId("host-1"), "memory")
        with store.begin() as unit:
            unit.save_staging(less, expected=1)
        assert store.staging() == StoredStaging(less, 2)

    def test_a_staging_area_is_not_saved_over_another(self, store: Store) -> None:
        with store.begin() as unit:
            unit.save_staging(staged(), expected=0)
        for expected in (0, 2):
            with pytest.raises(ConflictError), store.begin() as unit:
                unit.save_staging(StagingArea(), expected=expected)
        assert store.staging() == StoredStaging(staged(), 1)

    def test_of_two_who_read_the_same_staging_area_one_saves(self, store: Store) -> None:
        together = Barrier(2)
        outcomes: list[str] = []

        def work(key: str) -> None:
            together.wait()
            try:
                with store.begin() as unit:
                    unit.save_staging(staged(key), expected=0)
            except ConflictError:
                outcomes.append("conflict")
            else:
                outcomes.append("saved")

        run_together([lambda: work("1"), lambda: work("2")])
        assert sorted(outcomes) == ["conflict", "saved"]
        assert store.staging().version == 1

    def test_a_unit_of_work_can_save_a_staging_area_twice(self, store: Store) -> None:
        with store.begin() as unit:
            unit.save_staging(staged("1"), expected=0)
            unit.save_staging(staged("2"), expected=1)
        assert store.staging() == StoredStaging(staged("2"), 2)
        with pytest.raises(ConflictError), store.begin() as unit:
            unit.save_staging(staged("1"), expected=2)
            unit.save_staging(staged("3"), expected=2)
        assert store.staging() == StoredStaging(staged("2"), 2)

    def test_a_staging_area_and_the_configuration_are_saved_together_or_not_at_all(
        self, store: Store
    ) -> None:
        with pytest.raises(ConflictError), store.begin() as unit:
            unit.save_staging(staged(), expected=0)
            unit.record([said()], after=7)
        assert store.staging().version == 0
        with pytest.raises(Undo), store.begin() as unit:
            unit.record([said()], after=0)
            unit.save_staging(staged(), expected=0)
            raise Undo
        assert (store.staging().version, newest(store)) == (0, 0)
