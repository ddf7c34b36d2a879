"""Ladders on a database: workers at the same time take each step once, and gather what is told together."""

from collections import Counter
from contextlib import ExitStack, closing
from datetime import timedelta
from random import Random
from threading import Barrier, Thread

from attrs import evolve

from itsmkit.desk import Desk, DeskConfig, InMemoryNotifier, ManualClock
from itsmkit.practices import EscalationPolicy
from itsmkit.practices.escalation import DeliveryRule, Ladder, LadderStep, Trigger
from itsmkit.testing import A_MONDAY, AN_AGENT
from itsmkit.tickets import EscalationStepTaken
from itsmkit_sql import SQLStore

MINUTE = timedelta(minutes=1)
WAITS = (0, 20, 90)
LADDER = Ladder(
    name="long",
    on=Trigger.IDLE,
    calendar="always",
    steps=[LadderStep(each * MINUTE, ["owner", "boss"]) for each in WAITS],
)
POLICY = EscalationPolicy(ladders=[LADDER], delivery=[DeliveryRule(of=["boss"], digest=15 * MINUTE)])
CONFIG = evolve(DeskConfig.standard(), agreements=[], escalation=POLICY)
WORKERS, TICKETS = 4, 12


def test_workers_at_the_same_time_take_each_step_once_and_tell_of_each_once(url: str) -> None:
    clock, notifier = ManualClock(A_MONDAY), InMemoryNotifier()
    with ExitStack() as stack:
        desks = [
            Desk(
                CONFIG,
                store=stack.enter_context(closing(SQLStore.open(url))),
                clock=clock,
                random=Random(seed),  # the same keys each time
                plugins=[notifier],
            ).acting_as(AN_AGENT)
            for seed in range(WORKERS)
        ]
        tickets = [desks[0].incidents.log("No network", requester="bob").id for _ in range(TICKETS)]
        for _ in range(3):  # what has failed comes back when its lease ends
            clock.advance(2 * 60 * MINUTE)
            begin = Barrier(WORKERS)

            def work(desk: Desk, begin: Barrier = begin) -> None:
                begin.wait()
                desk.run_due()

            threads = [Thread(target=work, args=(desk,)) for desk in desks]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        desks[0].deliver()
        for each in tickets:
            facts = [event.fact for event in desks[1].tickets.history(each)]
            taken = [fact.step for fact in facts if isinstance(fact, EscalationStepTaken)]
            assert taken == [1, 2, 3]
        told = Counter(each.key for each in notifier.delivered)
        assert set(told.values()) == {1}
        digests = [each.body for each in notifier.delivered if each.recipient == "boss"]
        lines = Counter(line for body in digests for line in body.splitlines())
        assert set(lines.values()) == {1}
        assert lines.total() == len(told) - len(digests) == TICKETS * len(WAITS)
        assert desks[0].audit.verify().findings == ()
