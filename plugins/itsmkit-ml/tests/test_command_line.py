"""`itsmkit ml`: from CSV files, and from the history of a desk in a database."""

import csv
import gzip
import io
import random
from datetime import timedelta
from importlib.metadata import entry_points

import pytest

from itsmkit.cli import main as itsmkit
from itsmkit.desk import Desk, ManualClock
from itsmkit.testing import A_MONDAY
from itsmkit.tickets import Actor

pytest.importorskip("sklearn")

from itsmkit_ml import examples_from_desk, load_model, texts_from_desk  # it needs scikit-learn
from itsmkit_ml.command_line import itsmkit_run_command  # as above

_WORDS = {
    "network": ["wifi", "router", "vpn", "connection"],
    "printing": ["printer", "toner", "paper", "ink"],
    "access": ["password", "login", "account", "locked"],
}


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Return what runs a command as the program does, with the plugin as it is installed."""
    info = tmp_path / "site" / "itsmkit_ml_here-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: itsmkit-ml-here\nVersion: 1.0\n")
    entries = "[itsmkit.commands]\nlearned = itsmkit_ml_here\n"
    if not entry_points(group="itsmkit.storage", name="sqlite"):  # where it is not installed, but there
        entries += "[itsmkit.storage]\nsqlite = itsmkit_sql.plugin\n"
    (info / "entry_points.txt").write_text(entries)
    (tmp_path / "site" / "itsmkit_ml_here.py").write_text(
        "from itsmkit.plugin import hookimpl\n"
        "import itsmkit_ml.command_line as _line\n"
        "@hookimpl\n"
        "def itsmkit_run_command(name, arguments):\n"
        "    return _line.itsmkit_run_command('ml', arguments)\n"
    )
    monkeypatch.syspath_prepend(tmp_path / "site")

    def go(*words):
        status = itsmkit(["learned", *map(str, words)])
        out, err = capsys.readouterr()
        return status, out, err

    return go


def _tickets(count, seed=0, labels=("access", "network", "printing")):
    draw = random.Random(seed)
    for _ in range(count):
        label = draw.choice(labels)
        yield f"please help {draw.choice(_WORDS[label])} {draw.choice(_WORDS[label])} since monday", label


def _table(path, tickets):
    lines = io.StringIO()
    csv.writer(lines).writerows([["text", "label"], *tickets])
    data = lines.getvalue().encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def test_from_files_it_trains_evaluates_explains_and_tells_of_drift(run, tmp_path):
    table = _table(tmp_path / "tickets.csv.gz", _tickets(150))
    other = _table(tmp_path / "other.csv", _tickets(150, 2, ("network",)))
    out = tmp_path / "category.itsmkit-ml"

    status, said, _ = run("train", table, "--out", out)
    assert (status, "3 labels from 150 tickets" in said) == (0, True), _
    status, said, _ = run("evaluate", table, "--model", out)
    assert (status, said.startswith("150 of 150 right")) == (0, True)
    status, said, _ = run("evaluate", table, "--seeds", 2)
    assert (status, "accuracy: mean of 2: 1.0000, standard deviation 0.0000" in said) == (0, True)
    status, said, _ = run("evaluate", table)
    assert said.endswith("accuracy: mean of 1: 1.0000\nmacro-F1: mean of 1: 1.0000\n")
    status, said, _ = run("drift", "--model", out, "--before", table, "--now", table)
    assert (status, said.startswith("stable")) == (0, True)
    status, said, _ = run("drift", "--model", out, "--before", table, "--now", other)
    assert (status, said.startswith("drifted")) == (1, True)


def test_it_explains_a_text_by_its_words(run, tmp_path, monkeypatch):
    out = tmp_path / "category.itsmkit-ml"
    run("train", _table(tmp_path / "tickets.csv", _tickets(150)), "--out", out)
    status, said, _ = run("explain", "the printer eats ink", "--model", out)
    lines = said.splitlines()
    assert (status, lines[0].startswith("category printing by itsmkit-ml ")) == (0, True)
    told = {line.split()[1]: float(line.split()[0]) for line in lines[1:]}
    assert told.keys() == {"the", "printer", "eats", "ink"}
    assert min(told["printer"], told["ink"]) > max(told["the"], told["eats"])
    monkeypatch.setattr("sys.stdin", io.StringIO("the printer eats ink"))
    assert run("explain", "-", "--model", out)[1] == said


@pytest.fixture
def url(tmp_path, run):
    """Return where a desk is kept that has done sixty tickets; two are open, and one came by itself."""
    del run  # only so that there is what makes such stores
    pytest.importorskip("itsmkit_sql")
    found, clock = f"sqlite:///{tmp_path / 'desk.db'}", ManualClock(A_MONDAY)
    desk = Desk(store=found, clock=clock).acting_as(Actor("ann"))
    for text, group in _tickets(60):
        ticket = desk.incidents.log(text)
        desk.tickets.assign(ticket.id, support_group=group)
        desk.incidents.transition(ticket.id, "cancel", cancellation_reason="an example")
        clock.advance(timedelta(hours=1))
    for text, group in _tickets(2, seed=1):
        desk.tickets.assign(desk.incidents.log(text).id, support_group=group)
    robot = desk.acting_as(Actor("robot", automated=True))
    ticket = robot.incidents.log("the printer says so itself")
    robot.tickets.assign(ticket.id, support_group="printing")
    robot.incidents.transition(ticket.id, "cancel", cancellation_reason="an example")
    desk.store.close()
    return found


def test_from_a_desk_it_learns_what_people_decided(run, url, tmp_path):
    out = tmp_path / "group.itsmkit-ml"
    status, said, _ = run("train", "--store", url, "--field", "support_group", "--out", out)
    assert (status, "3 labels from 60 tickets" in said) == (0, True)
    assert load_model(out).predict("no toner").value == "printing"
    status, said, _ = run("evaluate", "--store", url, "--field", "support_group", "--seeds", 3)
    assert (status, "accuracy: mean of 1: 1.0000\n" in said, "12 of 12 right" in said) == (0, True, True)
    since = (A_MONDAY + timedelta(hours=30)).isoformat()
    status, said, _ = run("drift", "--model", out, "--store", url, "--since", since)
    assert (status, "33 tickets beside 30 of before" in said) == (int(said.startswith("drifted")), True)
    desk = Desk(store=url).privileged("to look")
    assert len(texts_from_desk(desk)) == 63
    assert [each.label for each in examples_from_desk(desk, "support_group")] == [
        label for _, label in _tickets(60)
    ]
    assert examples_from_desk(desk, "urgency") == ()
    desk.store.close()


def test_a_desk_may_be_read_by_the_rules_of_a_file(run, url, tmp_path):
    (tmp_path / "desk.toml").write_text('[desk]\nname = "Here"\n')
    out = tmp_path / "group.itsmkit-ml"
    words = ("--store", url, "--config", tmp_path / "desk.toml", "--field", "support_group", "--out", out)
    assert run("train", *words)[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(
            ["train", "{csv}", "--label", "topic", "--out", "x"], "there is no column topic", id="column"
        ),
        pytest.param(["evaluate", "absent.csv"], "cannot be read", id="no file"),
        pytest.param(["evaluate"], "give either a CSV file or --store URL", id="nothing"),
        pytest.param(["evaluate", "{csv}", "--store", "sqlite:///x"], "give either", id="both"),
        pytest.param(["drift", "--model", "x", "--before", "{csv}"], "give --before and --now", id="half"),
        pytest.param(
            ["drift", "--model", "x", "--store", "sqlite:///x", "--since", "2026-03-02"],
            "--since must be an instant with its zone",
            id="no zone",
        ),
        pytest.param(["drift", "--model", "x", "--store", "sqlite:///x"], "not None", id="no instant"),
        pytest.param(["train", "{csv}"], "--out", id="an option is missing"),
    ],
)
def test_it_says_what_is_wrong(run, tmp_path, words, said):
    table = str(_table(tmp_path / "tickets.csv", _tickets(20)))
    status, _, err = run(*(table if word == "{csv}" else word for word in words))
    assert (status, said in err) == (2, True), err


def test_it_is_the_command_ml_and_no_other():
    assert itsmkit_run_command("weather", ["--help"]) is None
