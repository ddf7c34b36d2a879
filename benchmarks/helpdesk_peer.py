"""
django-helpdesk on SQLite, the nearest peer in Python, worked in a process of its own.

This module is both ends of a pipe: `peer` starts the process and tells whether there is one, and the process
is this file, run by itself in an empty folder. The process makes a Django project, migrates it, and does what
the views of django-helpdesk do with what was sent to them: by its `TicketForm` it opens a ticket, by its
`update_ticket` it comments, assigns and resolves. What a view does around that for a browser (sessions,
permissions, redirects, pages) is left out, and nobody is sent mail.

There are two ways to run it:

- ``shipped``: as it comes. Each statement is a commit of its own, in Django's rollback journal.
- ``tuned``: each operation is one transaction, as our commands are, in a write-ahead log, as ours are.

Both are durable: ``synchronous`` is ``FULL``.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, NamedTuple

__all__ = ["MISSING", "OPERATIONS", "Helpdesk", "Pragmas", "Taken", "is_installed", "peer", "timed"]

OPERATIONS = ("create", "comment", "assign", "resolve", "create in a batch")
"""What can be asked of it, each for a number of tickets."""

MISSING = (
    "django-helpdesk is not installed beside this interpreter, so that nothing is measured beside it; "
    "`pip install --group bench` brings it."
)


class Taken(NamedTuple):
    """What some work has taken, in seconds: by the clock, and of the processor."""

    clock: float
    processor: float


class Pragmas(NamedTuple):
    """How a connection to SQLite writes."""

    journal_mode: str
    synchronous: int

    def __str__(self) -> str:
        names = ("OFF", "NORMAL", "FULL", "EXTRA")
        return f"journal_mode={self.journal_mode.upper()}, synchronous={names[self.synchronous]}"


class Helpdesk(NamedTuple):
    """
    A running django-helpdesk.

    Args:
        name: What it is, with its version.
        pragmas: How it writes.
        ask: Sends it a question, and returns its answer.
    """

    name: str
    pragmas: Pragmas
    ask: Callable[..., Any]

    def taken(self, operation: str, count: int) -> Taken:
        """Return what it takes to do an operation on each of *count* new tickets."""
        return Taken(*self.ask(operation, count))

    def found(self) -> list[dict[str, Any]]:
        """Return what it tells of its tickets, for the answers to be checked."""
        return [*self.ask("found", 0)]


def is_installed() -> bool:
    """Tell whether this interpreter has django-helpdesk."""
    return find_spec("helpdesk") is not None


@contextmanager
def peer(folder: Path, way: str) -> Iterator[Helpdesk]:
    """
    Lend a django-helpdesk whose project is made in an empty folder.

    Args:
        folder: The folder.
        way: ``"shipped"`` or ``"tuned"``.
    """
    command = [sys.executable, str(Path(__file__).resolve()), str(folder), way]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        asked, answers = process.stdin, process.stdout

        def answer() -> Any:
            line = answers.readline()
            if not line:
                message = f"django-helpdesk ended with {process.wait()}; what it said of that stands above"
                raise ChildProcessError(message)
            return json.loads(line)

        def ask(*question: object) -> Any:
            asked.write(json.dumps(question) + "\n")
            asked.flush()
            return answer()

        journal_mode, synchronous = answer()
        yield Helpdesk(
            f"django-helpdesk {version('django-helpdesk')}", Pragmas(journal_mode, synchronous), ask
        )
        asked.close()  # by which it ends


def timed(work: Callable[[], object]) -> Taken:
    """Return what *work* takes."""
    clock, processor = perf_counter(), process_time()
    work()
    return Taken(perf_counter() - clock, process_time() - processor)


# -- the process: nothing below is called in ours ---------------------------------------------------


_URLS = """\
from django.urls import include, path
urlpatterns = [path("helpdesk/", include("helpdesk.urls"))]
"""


def _set_up(folder: Path, way: str) -> None:
    """Make the project: with what django-helpdesk needs, and nothing that would slow it down."""
    import django  # noqa: PLC0415  # here and below: only the process has it, and only once it is set up
    from django.conf import settings  # noqa: PLC0415

    (folder / "project_urls.py").write_text(_URLS)
    sys.path.insert(0, str(folder))
    options = {"transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode = WAL"}
    settings.configure(
        SECRET_KEY="only for this benchmark",
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(folder / "helpdesk.db"),
                "OPTIONS": options if way == "tuned" else {},
            }
        },
        INSTALLED_APPS=[
            "django.contrib.admin",
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.humanize",
            "django.contrib.messages",
            "django.contrib.sessions",
            "django.contrib.sites",
            "rest_framework",
            "helpdesk",
        ],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        ROOT_URLCONF="project_urls",
        SITE_ID=1,
        USE_TZ=True,
        EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        MEDIA_ROOT=str(folder),
        LOGGING_CONFIG=None,
        HELPDESK_TEAMS_MODE_ENABLED=False,
    )
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)


class _Project:
    """
    A project that is set up, and what is done in it.

    Args:
        way: As for `peer`.
    """

    def __init__(self, way: str) -> None:
        from django.contrib.auth import get_user_model  # noqa: PLC0415
        from django.db import connection, transaction  # noqa: PLC0415
        from helpdesk.forms import TicketForm  # noqa: PLC0415
        from helpdesk.models import Queue, Ticket  # noqa: PLC0415
        from helpdesk.update_ticket import update_ticket  # noqa: PLC0415

        self._form, self._tickets, self._update, self._connection = (
            TicketForm,
            Ticket.objects,
            update_ticket,
            connection,
        )
        self._atomic = transaction.atomic
        self._one: Callable[[], AbstractContextManager[Any]] = (
            transaction.atomic if way == "tuned" else nullcontext
        )
        self._ann = get_user_model().objects.create_user("ann", is_staff=True)
        self._queue = Queue.objects.create(title="Mail", slug="mail")
        self._updates = {
            "comment": {"comment": "Please look at the plug."},
            "assign": {"owner": self._ann.id},
            "resolve": {"new_status": Ticket.RESOLVED_STATUS, "comment": "It was the plug."},
        }

    def pragmas(self) -> list[object]:
        """Return how it writes, in the order of `Pragmas`."""
        with self._connection.cursor() as cursor:
            return [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in Pragmas._fields]

    def answer(self, question: str, count: int) -> object:
        """Return the answer to a question of `Helpdesk`."""
        if question == "found":
            return self._found()
        if question == "create":
            return timed(lambda: self._create(count, self._one))
        if question == "create in a batch":
            return timed(lambda: self._create_in_a_batch(count))
        self._create_in_a_batch(count)
        newest = [*self._tickets.order_by("-id").values_list("id", flat=True)[:count]]
        changes = self._updates[question]

        def update() -> None:
            for id_ in newest:
                with self._one():
                    self._update(self._ann, self._tickets.select_related("queue").get(id=id_), **changes)

        return timed(update)

    def _create_in_a_batch(self, count: int) -> None:
        with self._atomic():
            self._create(count, nullcontext)

    def _create(self, count: int, one: Callable[[], AbstractContextManager[Any]]) -> None:
        choices = [(self._queue.id, self._queue.title)]
        data = {
            "queue": self._queue.id,
            "title": "Mail is down",
            "body": "It was up before lunch.",
            "priority": 3,
        }
        for _ in range(count):
            with one():
                form = self._form(queue_choices=choices, data=data)
                assert form.is_valid(), form.errors
                form.save(user=self._ann)

    def _found(self) -> list[dict[str, Any]]:
        return [
            {
                "status": ticket.get_status_display(),
                "assignee": ticket.assigned_to and ticket.assigned_to.username,
                "comments": [each.comment for each in ticket.followup_set.order_by("id") if each.comment],
            }
            for ticket in self._tickets.order_by("id")
        ]


def _serve(folder: Path, way: str) -> None:
    """Answer until nobody asks any more."""
    _set_up(folder, way)
    project = _Project(way)
    print(json.dumps(project.pragmas()), flush=True)
    for line in sys.stdin:
        print(json.dumps(project.answer(*json.loads(line))), flush=True)


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), sys.argv[2])
