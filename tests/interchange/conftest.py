from pathlib import Path

import pytest

from itsmkit.interchange import EventLogColumns, EventLogFormat


@pytest.fixture(scope="session")
def small_format():
    """Few columns, one of each sort."""
    return EventLogFormat(
        columns=EventLogColumns(
            ticket="number", order="mod", at="updated", opened_at="opened", state="state", group="group"
        ),
        facts={"moves": "moves", "closed_at": "closed"},
        counters=("moves",),
        revealed={"closed_at": ("Closed", "Cancelled")},
        states=("New", "Active", "Closed", "Cancelled"),
        time_format="%d/%m/%Y %H:%M",
    )


@pytest.fixture(scope="session")
def write(tmp_path_factory):
    """Write lines, with their header or another, to a file of its own and return its path."""
    header = "number,mod,updated,opened,state,group,moves,closed"

    def write_lines(*lines: str, header: str = header) -> Path:
        path = tmp_path_factory.mktemp("log") / "log.csv"
        path.write_text("\n".join([header, *lines, ""]), encoding="utf-8", newline="")
        return path

    return write_lines


@pytest.fixture(scope="session")
def real_format():
    facts = (
        "reassignment_count", "reopen_count", "made_sla", "resolved_at", "resolved_by", "closed_at",
        "closed_code",
    )  # fmt: skip
    return EventLogFormat(
        columns=EventLogColumns(
            ticket="number",
            order="sys_mod_count",
            at="sys_updated_at",
            opened_at="opened_at",
            state="incident_state",
            actor="sys_updated_by",
            requester="caller_id",
            channel="contact_type",
            site="location",
            category="category",
            impact="impact",
            urgency="urgency",
            priority="priority",
            group="assignment_group",
            assignee="assigned_to",
            service="subcategory",
            configuration_item="cmdb_ci",
        ),
        facts={name: name for name in facts},
        counters=("reassignment_count", "reopen_count"),
        revealed={
            "resolved_at": ("Resolved",),
            "resolved_by": ("Resolved",),
            "closed_at": ("Closed",),
            "closed_code": ("Closed",),
        },
        time_format="%d/%m/%Y %H:%M",
        states=(
            "New", "Active", "Awaiting User Info", "Awaiting Problem", "Awaiting Vendor", "Awaiting Evidence",
            "Resolved", "Closed",
        ),
    )  # fmt: skip
