"""A series of times as somebody writes it on a command line; what becomes of it is in `series`."""

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.bookings.booking import Booking
from models.bookings.news import tell_crm
from models.bookings.series import Hours, Series, SeriesRefused, publish
from models.core.audit import Named
from models.customers.units import Unit
from models.values.dates import parse_date

_AHEAD = re.compile(r"([0-9]{1,3})([hd])")
_DIGITS = re.compile(r"[0-9]{1,9}")
THE_PROVIDER = Named("Bedriftshelsetjenesten")


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the series, the units that get it, and the facts of the bookings."""

    series: Series
    units: list[str]
    facts: dict[str, Any]


def read(words: Sequence[str]) -> Written:
    """Read the words of the command; wrong ones end the program with a sentence and status 2."""
    parser = argparse.ArgumentParser("app.py publish-slots", description="Publish a series of times as bookings.")
    parser.add_argument("--unit", action="append", required=True, help="id or organisation number; several times")
    parser.add_argument("--title", required=True)
    parser.add_argument("--place", required=True)
    parser.add_argument("--day", action="append", required=True, type=parse_date, help="2026-10-13; several times")
    parser.add_argument("--hours", action="append", required=True, type=_hours, help="08:00-15:00; several times")
    parser.add_argument("--break", action="append", default=[], type=_hours, dest="breaks", help="11:30-12:00")
    parser.add_argument("--minutes", required=True, type=int, help="the length of a time")
    parser.add_argument("--capacity", default=1, type=int, help="places on each time")
    parser.add_argument("--closes", default=timedelta(hours=24), type=_ahead, help="24h or 7d before the first time")
    parser.add_argument("--order", type=int, help="the number of the order")
    parser.add_argument("--preparation", default="")
    parser.add_argument("--self-declaration", default="", metavar="URL")
    parser.add_argument("--names-hidden", action="store_true", help="only how many sit, not who")
    parser.add_argument("--needs-national-id", action="store_true", help="those who come must be identified")
    found = parser.parse_args(words)
    return Written(
        Series(
            tuple(found.day),
            tuple(found.hours),
            timedelta(minutes=found.minutes),
            found.capacity,
            tuple(found.breaks),
        ),
        found.unit,
        {
            "title": found.title,
            "place": found.place,
            "closes_before": found.closes,
            "order_number": found.order,
            "preparation": found.preparation,
            "self_declaration_url": found.self_declaration,
            "names_hidden": found.names_hidden,
            "needs_national_id": found.needs_national_id,
        },
    )


def publish_for_units(db: Session, written: Written, now: datetime) -> list[Booking]:
    """A booking for each of the units; raises SeriesRefused for an unknown unit, too."""
    made = [
        publish(db, _unit(db, text), written.series, **written.facts, by=THE_PROVIDER, now=now)
        for text in written.units
    ]
    for booking in made:
        tell_crm(db, booking, "published", now)
    return made


def _unit(db: Session, text: str) -> int:
    by_id = Unit.id == (int(text) if _DIGITS.fullmatch(text) else 0)
    id = db.scalar(select(Unit.id).where(or_(Unit.organisation_number == text, by_id)).order_by(Unit.id))
    if id is None:
        raise SeriesRefused(f"there is no unit {text}")
    return id


def _hours(text: str) -> Hours:
    opens, closes = map(time.fromisoformat, text.split("-"))
    return opens, closes


def _ahead(text: str) -> timedelta:
    found = _AHEAD.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return timedelta(hours=int(found[1])) if found[2] == "h" else timedelta(days=int(found[1]))
