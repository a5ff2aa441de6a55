"""What an employee's page says of the checks to come: how often, how long until then, and the way to a time (H8).

Who of all employees is due is in `due`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.bookings.search import BookingRow
from models.checks.search import DueRow, State, due_of_employee
from models.core.scope import Right
from models.customers.units import norwegian
from models.employees.employee import Employee
from routes.web.visit import Visit
from routes.web.words import day_month
from routes.web.words.labels import label, tone

_TONES = {State.OVERDUE: "bad", State.SOON: "wait", State.LATER: "plan"}

_SPANS = ((30, "måned", "måneder"), (7, "uke", "uker"), (1, "dag", "dager"))
"""So many days, as one says it of two or more of them."""


@dataclass(frozen=True, slots=True)
class NextCheck:
    """A check of an employee, in words, and what to press where there is no time for it."""

    row: DueRow
    every: str
    when: str
    tone: str
    label: str = ""
    way: str = ""


def checks_ahead(visit: Visit, employee: Employee, free: Sequence[BookingRow]) -> list[NextCheck]:
    """What the employee is to come to again; `free` are the bookings on which there is a place."""
    return [_check(visit, row, free) for row in due_of_employee(visit.db, employee.id)]


def _check(visit: Visit, row: DueRow, free: Sequence[BookingRow]) -> NextCheck:
    every = how_often(row.last_on, row.due) if row.last_on and row.due else ""
    if booked := row.booked(visit.today):
        return NextCheck(row, every, f"Time {day_month(booked)}", "good")
    state = row.state(visit.today)
    when = until(row.due, visit.today) if row.due else label(state)
    shown = NextCheck(row, every, when, _TONES.get(state, tone(state)))
    if state is State.LATER:
        return shown
    named = next((one for one in free if norwegian(row.name) in norwegian(one.title)), None)
    if named:
        way = visit.url("booking", id=named.id, employee=row.employee_id)
        return NextCheck(row, every, when, shown.tone, "Meld på", way)
    if visit.may(Right.ORDERS):
        return NextCheck(row, every, when, shown.tone, "Bestill", visit.url("choose_due", due=row.id, order=1))
    return shown


def how_often(last: date, due: date) -> str:
    """`Hvert 2. år`, `Hver 18. måned`: from one to the next."""
    months = 12 * (due.year - last.year) + due.month - last.month
    number, name = (months // 12, "år") if months % 12 == 0 else (months, "måned")
    each = "Hvert" if name == "år" else "Hver"
    return f"{each} {name}" if number == 1 else f"{each} {number}. {name}"


def until(due: date, today: date) -> str:
    """`Om 6 måneder`, `7 uker over`: how far away a day is, no more exactly than one needs."""
    days = (due - today).days
    if not days:
        return "I dag"
    much = abs(days)
    size, one, several = next(each for each in _SPANS if much >= 2 * each[0] or each[0] == 1)
    number = much // size
    far = f"{number} {one if number == 1 else several}"
    return f"Om {far}" if days > 0 else f"{far} over"
