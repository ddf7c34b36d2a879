"""A worker as a process of its own, which prints what it delivers and holds it in hand until it is killed."""

import sys
from datetime import datetime
from threading import Event

from procrastinate import App, PsycopgConnector

from itsmkit.desk import Desk, ManualClock
from itsmkit.plugin import DeliveryReceipt, Notification, hookimpl
from itsmkit_procrastinate import DeskJobs, register
from itsmkit_sql import SQLStore


class Holding:
    """A notifier that never comes back."""

    @hookimpl
    def itsmkit_deliver(self, notification: Notification) -> DeliveryReceipt:
        print(notification.key, flush=True)  # noqa: T201  # its reader waits for it
        Event().wait()
        raise AssertionError


def main(url: str, now: str) -> None:
    clock = ManualClock(datetime.fromisoformat(now))

    def open_desk() -> Desk:
        return Desk(store=SQLStore.open(url, companions=[DeskJobs()]), plugins=[Holding()], clock=clock)

    app = App(connector=PsycopgConnector(conninfo=url))
    register(app, open_desk, sweep="0 0 29 2 *")
    app.run_worker(concurrency=2)


if __name__ == "__main__":
    main(*sys.argv[1:])
