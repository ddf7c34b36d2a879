"""The ingest ledger: what was done already."""

from threading import Barrier

import pytest
from attrs import evolve

from itsmkit.errors import ConflictError
from itsmkit.plugin import LedgerEntry, Store
from itsmkit.testing.builders import A_MONDAY
from itsmkit.testing.contracts.steps import HOUR, Undo, commented, done, run_together, save, saved

__all__ = ["LedgerContract"]


class LedgerContract:
    """What was done under an idempotency key is remembered, once."""

    def test_what_is_remembered_comes_back_equal(self, store: Store) -> None:
        answer = {"ticket": "ticket-1", "version": 3, "share": 0.5, "parts": {"none": None}, "is_new": True}
        entry = evolve(done("form 17"), answer=answer)
        with store.begin() as unit:
            assert unit.remembered(entry.key) is None
            unit.remember(entry)
            assert unit.remembered(entry.key) == entry
            assert unit.remembered("form 18") is None
        with store.begin() as unit:
            assert unit.remembered(entry.key) == entry

    def test_what_is_undone_is_not_remembered(self, store: Store) -> None:
        with pytest.raises(Undo), store.begin() as unit:
            unit.remember(done("form 17"))
            raise Undo
        with store.begin() as unit:
            assert unit.remembered("form 17") is None

    def test_a_key_is_remembered_once(self, store: Store) -> None:
        incident = saved(store)
        with store.begin() as unit:
            unit.remember(done("form 17"))
        with pytest.raises(ConflictError), store.begin() as unit:
            save(unit, commented(incident), expected=1)
            unit.remember(evolve(done("form 17"), request="something else"))
        with pytest.raises(ConflictError), store.begin() as unit:
            save(unit, commented(incident), expected=1)
            unit.remember(done("form 18"))
            unit.remember(done("form 18"))
        assert store.find_ticket("INC-1").ticket == incident
        with store.begin() as unit:
            assert unit.remembered("form 17") == done("form 17")
            assert unit.remembered("form 18") is None

    def test_of_two_who_do_the_same_one_does_it(self, store: Store) -> None:
        incident = saved(store)
        other = saved(store, "INC-2")
        together = Barrier(2)
        outcomes: list[str] = []

        def work(request: str) -> None:
            together.wait()
            try:
                with store.begin() as unit:
                    save(unit, commented(incident if request == "one" else other), expected=1)
                    unit.remember(LedgerEntry("form 17", request, {}, A_MONDAY))
            except ConflictError:
                outcomes.append("conflict")
            else:
                outcomes.append(request)

        run_together([lambda: work("one"), lambda: work("two")])
        (won,) = set(outcomes) - {"conflict"}
        assert outcomes.count("conflict") == 1
        with store.begin() as unit:
            found = unit.remembered("form 17")
            assert found is not None
            assert found.request == won
        versions = {number: store.find_ticket(number).ticket.version for number in ("INC-1", "INC-2")}
        assert versions == ({"INC-1": 2, "INC-2": 1} if won == "one" else {"INC-1": 1, "INC-2": 2})

    def test_what_is_old_is_forgotten(self, store: Store) -> None:
        with store.begin() as unit:
            for hours in range(4):
                unit.remember(evolve(done(f"form {hours}"), at=A_MONDAY + hours * HOUR))
        assert store.forget(A_MONDAY) == 0
        assert store.forget(A_MONDAY + 2 * HOUR) == 2
        with store.begin() as unit:
            kept = [hours for hours in range(4) if unit.remembered(f"form {hours}") is not None]
            unit.remember(done("form 0"))
        assert kept == [2, 3]
        assert store.forget(A_MONDAY + 9 * HOUR) == 3
