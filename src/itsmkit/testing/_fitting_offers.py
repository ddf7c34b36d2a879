"""Strategies for forms, offers of the catalogue and articles, whose fields must fit each other."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from itsmkit.conditions import ALWAYS, equals
from itsmkit.money import Money
from itsmkit.practices.appointments import Appointment, AppointmentState
from itsmkit.practices.catalogue import CatalogueItem, Per, PublishedItem, RecurringPrice
from itsmkit.practices.forms import Check, Form, FormField
from itsmkit.practices.knowledge import Article, ArticleText, PublishedVersion, Variant
from itsmkit.practices.work_aids import Schedule
from itsmkit.testing._fitting_configurations import INSTANTS, NAMES, SOME_NAMES, Of
from itsmkit.tickets import TicketId
from itsmkit.workflow.tasks import Task

__all__ = ["OFFERED"]

_PRICES = st.sampled_from([None, Money("12.50", "EUR"), Money("0.00", "EUR")])


@st.composite
def _fields(draw: st.DrawFn) -> FormField:
    choices = draw(st.sampled_from([(), ("light", "strong")]))
    return FormField(
        draw(st.sampled_from(["model", "dock"])),
        "choice" if choices else draw(st.sampled_from(["text", "number", "date", "yes_no"])),
        help=draw(st.sampled_from(["", "Ask us."])),
        choices=choices,
        required_when=draw(st.sampled_from([ALWAYS, equals("other", "light")])),
        personal=draw(st.booleans()),
    )


def _checks(_: Of) -> st.SearchStrategy[Check]:
    return st.builds(Check, st.just(equals("model", "strong")), NAMES)


def _forms(_: Of) -> st.SearchStrategy[Form]:
    model = FormField("model", "choice", choices=["light", "strong"], required_when=ALWAYS)
    dock = FormField("dock", "yes_no", shown_when=equals("model", "strong"))
    return st.builds(Form, NAMES, st.sampled_from([(), (model,), (model, dock)]), version=st.integers(1, 3))


@st.composite
def _items(draw: st.DrawFn) -> CatalogueItem:
    tasks = (Task("buy", group="purchasing"), Task("hand over", after="buy", group="workplace"))
    return CatalogueItem(
        key=draw(NAMES),
        title=draw(NAMES),
        price=draw(_PRICES),
        recurring=draw(st.sampled_from([None, RecurringPrice(Money("3.00", "EUR"), Per.MONTH)])),
        form=draw(_forms(lambda _kind: st.nothing())),
        tasks=draw(st.sampled_from([(), tasks])),
    )


def _published(_: Of) -> st.SearchStrategy[PublishedItem]:
    return st.builds(PublishedItem, id=NAMES, item=_items())


def _variants(of: Of) -> st.SearchStrategy[Variant]:
    return st.builds(
        Variant,
        language=st.sampled_from(["en", "sv", "pt-BR"]),
        state=st.sampled_from(["Draft", "Published", "Retired"]),
        author=NAMES,
        draft=st.none() | of(ArticleText),
        versions=st.lists(of(PublishedVersion), max_size=2),
        review_at=st.none() | INSTANTS,
    )


def _articles(of: Of) -> st.SearchStrategy[Article]:
    return st.builds(
        Article,
        id=NAMES,
        owner=NAMES,
        variants=st.lists(_variants(of), min_size=1, max_size=2, unique_by=lambda each: each.language),
        services=SOME_NAMES,
        categories=SOME_NAMES,
    )


@st.composite
def _appointments(draw: st.DrawFn) -> Appointment:
    start = draw(INSTANTS)
    return Appointment(
        id=draw(NAMES),
        ticket_id=TicketId(draw(NAMES)),
        site=draw(st.none() | NAMES),
        start=start,
        end=start + timedelta(minutes=draw(st.integers(1, 90))),
        attendees=draw(st.lists(NAMES, min_size=1, max_size=2, unique=True)),
        state=draw(st.sampled_from(AppointmentState)),
    )


def _schedules(_: Of) -> st.SearchStrategy[Schedule]:
    return st.builds(
        Schedule,
        id=NAMES,
        name=NAMES,
        template=NAMES,
        rule=st.sampled_from(["FREQ=DAILY", "FREQ=MONTHLY;BYMONTHDAY=1"]),
        first=st.just("2026-03-02T09:00:00"),
        tz=st.sampled_from(["UTC", "Europe/Berlin"]),
        done_until=st.none() | INSTANTS,
    )


OFFERED: Mapping[type, Callable[[Of], st.SearchStrategy[Any]]] = {
    Appointment: lambda _: _appointments(),
    Article: _articles,
    CatalogueItem: lambda _: _items(),
    Check: _checks,
    Form: _forms,
    FormField: lambda _: _fields(),
    PublishedItem: _published,
    Schedule: _schedules,
    Variant: _variants,
}
"""The strategies, by class; each is given `Of`."""
