"""
Lost updates: 16 processes send 10,000 random commands to 100 tickets, and log tickets in between.

Each command is signed by an actor of its own, and its process notes when it began and ended, and what was
answered. Afterwards, ticket by ticket: every event is of one command that was acknowledged; what was answered
is what the history makes of it up to there; and a command that began after another had ended comes after it.
So there is one order of all commands that explains all answers: the desk is linearisable.
"""

import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from random import Random
from time import monotonic_ns, perf_counter
from typing import Any

from bench.reliability._places import place
from bench.reliability._report import Options, Report, main
from bench.reliability._whole import problems_of
from itsmkit.desk import Desk
from itsmkit.errors import ConflictError, RefusedError
from itsmkit.plugin.documents import DOCUMENTS
from itsmkit.plugin.documents.canonical import digest
from itsmkit.practices import Incident
from itsmkit.tickets import Actor, Ticket, TicketEvent, TicketId, replay
from itsmkit_sql import SQLStore

PROCESSES = 16
TICKETS = 100
COMMANDS = 10_000
SETUP = Actor("setup")
MOVES: dict[str, dict[str, str]] = {
    "start": {},
    "wait": {"pending_reason": "a part is on order"},
    "resume": {},
    "resolve": {"resolution": "a new cable"},
    "reopen": {},
}


def script(options: Options) -> Iterator[Report]:
    """Run it in each place."""
    # Most of a short run is to start the processes; as many meet at a ticket.
    processes, commands, tickets = (6, 240, 4) if options.short else (PROCESSES, COMMANDS, TICKETS)
    for asked in options.places:
        with place(asked) as url:
            yield _run(asked, url, options.seed, processes=processes, commands=commands, tickets=tickets)


def _run(asked: str, url: str, seed: int, *, processes: int, commands: int, tickets: int) -> Report:
    report = Report(
        f"Lost updates on {asked}: {processes} processes, {commands:,} commands, {tickets} tickets"
    )
    with closing(SQLStore.open(url)) as store:
        desk = Desk(store=store).acting_as(SETUP)
        ids = [desk.incidents.log(f"Ticket {n}", impact="high").id for n in range(tickets)]
        began = perf_counter()
        clients = [
            subprocess.Popen(
                [sys.executable, "-m", "bench.reliability.lost_updates", "client", url, str(n), str(seed)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for n in range(processes)
        ]
        each, more = divmod(commands, processes)
        for n, client in enumerate(clients):
            assert client.stdin is not None
            client.stdin.write(json.dumps({"tickets": ids, "commands": each + (n < more)}))
            client.stdin.close()
        answers: list[dict[str, Any]] = []
        for client in clients:
            assert client.stdout is not None
            answers += map(json.loads, client.stdout)
            client.wait()
        seconds = perf_counter() - began
        outcomes = Counter(answer["outcome"] for answer in answers)
        for outcome, number in sorted(outcomes.items()):
            report.figure(f"commands {outcome}", number)
        report.figure("commands/s, all processes together, their start included", len(answers) / seconds)
        report.must(
            "processes that failed",
            (f"exit code {client.returncode}" for client in clients if client.returncode),
        )
        if len(answers) != commands:
            report.violations.append(f"{len(answers)} of {commands} commands came to an end")
        histories: dict[str, list[TicketEvent]] = defaultdict(list)
        for positioned in _feed(store):
            histories[positioned.ticket_id].append(positioned)
        done = [answer for answer in answers if answer["outcome"] == "done"]
        report.must("lost or foreign updates", _lost(done, histories))
        report.must("answers out of order", _out_of_order(done))
        numbers = Counter(ticket.number for ticket in desk.tickets)
        report.must("duplicate ticket numbers", (number for number, times in numbers.items() if times > 1))
        report.must("other faults of the whole, chains among them", problems_of(store.dump()))
    return report


def _feed(store: SQLStore) -> Iterator[TicketEvent]:
    position = 0
    while page := store.events(after=position, limit=1000):
        position = page[-1].position
        yield from (each.event for each in page)


def _lost(done: Iterable[dict[str, Any]], histories: dict[str, list[TicketEvent]]) -> Iterator[str]:
    """Compare every answer with the history, and every event with the answers."""
    signed: dict[tuple[str, str], list[int]] = defaultdict(list)
    for ticket_id, history in histories.items():
        for event in history:
            signed[ticket_id, event.actor.id].append(event.sequence)
    for answer in done:
        ticket_id, actor, version = answer["ticket"], answer["actor"], answer["version"]
        sequences = signed.pop((ticket_id, actor), [])
        if sequences and sequences != list(range(sequences[0], version + 1)):
            yield f"{actor} was told version {version} of {ticket_id}, and its events are {sequences}"
        elif not sequences and answer["changes"]:
            yield f"{actor} was told version {version} of {ticket_id}, and has no event"
        history = histories[ticket_id][:version]
        if len(history) != version or _digest(replay(history, Incident)) != answer["digest"]:
            yield f"{actor} was told another version {version} of {ticket_id} than its history makes"
    yield from (
        f"{actor} was told nothing, and has events {sequences} of {ticket_id}"
        for (ticket_id, actor), sequences in signed.items()
        if actor != SETUP.id
    )


def _out_of_order(done: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Compare the order of the answers with that of the clock that all processes of the machine share."""
    of_tickets: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for answer in done:
        of_tickets[answer["ticket"]].append(answer)
    for ticket_id, answers in of_tickets.items():
        ends = sorted(answers, key=lambda answer: answer["ended"])
        newest, place = 0, 0
        for answer in sorted(answers, key=lambda answer: answer["began"]):
            while ends[place]["ended"] < answer["began"]:
                newest, place = max(newest, ends[place]["version"]), place + 1
            if answer["version"] < newest + answer["changes"]:
                seen = answer["version"]
                yield f"{answer['actor']} saw version {seen} of {ticket_id} after {newest} was answered"


def _digest(ticket: Ticket) -> str:
    return digest(DOCUMENTS.to_document(ticket))


# -- a process -----------------------------------------------------------------------------------


def client(url: str, name: str, seed: int) -> None:
    """Send random commands, and print what was answered."""
    asked = json.loads(sys.stdin.read())
    random = Random(f"{seed}/{name}")
    lines: list[str] = []
    with closing(SQLStore.open(url)) as store:
        desk = Desk(store=store)
        for n in range(asked["commands"]):
            actor = Actor(f"{name}-{n}")
            ticket_id = TicketId(random.choice(asked["tickets"]))
            answer: dict[str, object] = {"actor": actor.id, "began": monotonic_ns()}
            try:
                ticket, changes = _command(desk, ticket_id, actor, random)
            except ConflictError:
                answer["outcome"] = "refused as a conflict"
            except RefusedError:
                answer["outcome"] = "refused by a rule"
            else:
                answer |= {"outcome": "done", "ended": monotonic_ns(), "ticket": ticket.id}
                answer |= {"version": ticket.version, "digest": _digest(ticket), "changes": changes}
            lines.append(json.dumps(answer))
    print("\n".join(lines))


def _command(desk: Desk, ticket_id: TicketId, actor: Actor, random: Random) -> tuple[Ticket, bool]:
    """Run a random command; return its answer, and whether it cannot but leave an event."""
    word = f"{random.getrandbits(40):x}"
    level = ("low", "medium", "high")
    match random.randrange(12):
        case 0:
            return desk.incidents.log(word, impact=random.choice(level), by=actor), True
        case 1 | 2 | 3:
            return desk.tickets.comment(ticket_id, word, public=random.random() < 0.5, by=actor), True
        case 4 | 5:
            return desk.tickets.assign(ticket_id, support_group=word, assignee=actor.id, by=actor), True
        case 6:
            return desk.tickets.describe(ticket_id, site=word, by=actor), True
        case 7:
            # It may be as it was.
            impact, urgency = random.choice(level), random.choice(level)
            return desk.incidents.prioritise(ticket_id, impact=impact, urgency=urgency, by=actor), False
        case _:
            trigger, details = random.choice(list(MOVES.items()))
            return desk.incidents.transition(ticket_id, trigger, by=actor, **details), True


if __name__ == "__main__":
    if sys.argv[1:2] == ["client"]:
        client(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        main(script)
