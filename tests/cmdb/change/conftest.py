from datetime import UTC, datetime

import pytest

from itsmkit.calendars import TimeSpan
from itsmkit.cmdb import ConfigurationGraph, ConfigurationItem, RedundancySet, Relation
from itsmkit.cmdb.change import PlannedChange


@pytest.fixture(scope="session")
def hours():
    """Make a span of hours of one day."""
    return lambda start, end: TimeSpan(*(datetime(2026, 5, 4, hour, tzinfo=UTC) for hour in (start, end)))


@pytest.fixture(scope="session")
def a_change(hours):
    """Make a change of CIs, from one hour to another."""

    def make(key, cis, start=1, end=5, **options):
        return PlannedChange(key, cis, hours(start, end), **options)

    return make


@pytest.fixture(scope="session")
def a_shop():
    """Make a shop that needs one of so many web servers; and a user of it."""

    def make(servers, rule="any", **options):
        webs = [f"web-{number}" for number in range(1, servers + 1)]
        classes = {"shop": "service", "Ada": "user"}
        return ConfigurationGraph(
            [
                ConfigurationItem(ci, classes.get(ci, "server"), ci)
                for ci in [*webs, "shop", "Ada", "rack", "host"]
            ],
            [
                Relation("Ada", "depends_on", "shop"),
                *(Relation("shop", "depends_on", web) for web in webs),
                *(Relation(web, "runs_on", "host") for web in webs),
                Relation("host", "depends_on", "rack"),
            ],
            [RedundancySet("shop", "web servers", webs, rule)],
            **options,
        )

    return make
