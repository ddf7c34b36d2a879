"""
django-helpdesk on SQLite, the nearest peer in Python, worked in a process of its own.

This module is both ends of a pipe: `peer` starts the process and tells whether there is one, and the process
is this file, run by itself in an empty folder. The process makes a Django project, migrates it, and does as it
is told what the views of django-helpdesk do with what was sent to them: its `TicketForm` to open a ticket and
its `update_ticket` to comment, assign and resolve. What a view does around that for a browser (sessions,
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
from time import perf_counter
from typing import Any, NamedTuple

__all__ = ["MISSING", "OPERATIONS", "Helpdesk", "Pragmas", "is_installed", "peer"]

OPERATIONS = ("create", "comment", "assign", "resolve", "create in a batch")
"""What can be asked of it, each for a number of tickets."""

MISSING = (
    "django-helpdesk is not installed beside this interpreter, so that nothing is measured beside it; "
    "`pip install --group bench` brings it."
)


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

    def seconds(self, operation: str, count: int) -> float:
        """Return how long it takes, by the clock, to do an operation on each of *count* new tickets."""
        return float(self.ask(operation, count))

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


def _operations(way: str) -> dict[str, Callable[[int], Any]]:
    """Return what can be asked, by name."""
    from django.contrib.auth import get_user_model  # noqa: PLC0415
    from django.db import transaction  # noqa: PLC0415
    from helpdesk.forms import TicketForm  # noqa: PLC0415
    from helpdesk.models import Queue, Ticket  # noqa: PLC0415
    from helpdesk.update_ticket import update_ticket  # noqa: PLC0415

    users = get_user_model().objects
    ann = users.create_user("ann", is_staff=True)
    queue = Queue.objects.create(title="Mail", slug="mail")
    choices = [(queue.id, queue.title)]

    def one() -> AbstractContextManager[Any]:
        return transaction.atomic() if way == "tuned" else nullcontext()

    def create() -> Any:
        data = {"queue": queue.id, "title": "Mail is down", "body": "It was up before lunch.", "priority": 3}
        form = TicketForm(queue_choices=choices, data=data)
        assert form.is_valid(), form.errors
        return form.save(user=ann)

    def created(count: int) -> list[int]:
        return [create().id for _ in range(count)]

    def each(ids: list[int], **changes: Any) -> float:
        began = perf_counter()
        for id_ in ids:
            with one():
                update_ticket(ann, Ticket.objects.select_related("queue").get(id=id_), **changes)
        return perf_counter() - began

    def create_each(count: int) -> float:
        began = perf_counter()
        for _ in range(count):
            with one():
                create()
        return perf_counter() - began

    def create_in_a_batch(count: int) -> float:
        began = perf_counter()
        with transaction.atomic():
            created(count)
        return perf_counter() - began

    def found(_: int) -> list[dict[str, Any]]:
        return [
            {
                "status": ticket.get_status_display(),
                "assignee": ticket.assigned_to and ticket.assigned_to.username,
                "comments": [followup.comment for followup in ticket.followup_set.order_by("id")],
            }
            for ticket in Ticket.objects.order_by("id")
        ]

    return {
        "create": create_each,
        "comment": lambda count: each(created(count), comment="Please look at the plug."),
        "assign": lambda count: each(created(count), owner=ann.id),
        "resolve": lambda count: each(
            created(count), new_status=Ticket.RESOLVED_STATUS, comment="It was the plug."
        ),
        "create in a batch": create_in_a_batch,
        "found": found,
    }


def _serve(folder: Path, way: str) -> None:
    """Answer until nobody asks any more."""
    _set_up(folder, way)
    known = _operations(way)
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        told = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    print(json.dumps(told), flush=True)
    for line in sys.stdin:
        name, count = json.loads(line)
        print(json.dumps(known[name](count)), flush=True)


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), sys.argv[2])
