"""Whom a list may be about is asked of the database; who is found is whoever would be, if everybody was read."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from models.core.scope import Right, Scope, bind
from models.core.sealed import Keyring
from models.customers.units import UnitRow, units_in_scope
from models.employees.details import DETAILS, Details
from models.employees.employee import UNFOLDED, Employee
from models.employees.national_ids import NationalId
from models.exchange.sheets.files import read
from models.imports.cells.headings import is_list
from models.imports.dry_run import DryRun, answer, begin, read_all
from models.imports.judging import known
from models.imports.judging.fates import judge
from models.imports.judging.matching import Colleague, Known
from tests.stage.house import House
from tests.stage.material.golden import delimited
from tests.stage.stores.databases import FIELD_KEYS

RING, TODAY = Keyring(FIELD_KEYS), date(2026, 10, 1)
HEADINGS = [
    "Portal-ID",
    "Fornavn",
    "Etternavn",
    "E-post",
    "Født",
    "Fødselsnummer",
    "Ansattnummer",
    "Avdeling",
    "Status",
]
LISTS = 40


def everybody(wanted: Any, db: Session) -> Iterator[Colleague]:
    """The answer of whoever reads all employees of the scope."""
    columns = (Employee.id, Employee.version, Employee.deactivated_at, *(getattr(Employee, name) for name in DETAILS))
    for id, version, deactivated_at, *values in db.execute(select(*columns).order_by(Employee.id)).all():
        one = Colleague(id, version, Details(*values), deactivated_at is None)
        if wanted._includes(one):
            yield one


def customer_of(house: House) -> int:
    with house.behind() as db:
        of_large = select(Employee.customer_id).where(Employee.family_name == "Ånonsen")
        return int(db.scalars(of_large).first() or 0)


def with_others(house: House, customer_id: int, rng: Random) -> list[list[str]]:
    """The customer's people as a list may have them, once some were written in odd ways, and some have left."""
    with house.behind() as db:
        people = db.scalars(
            select(Employee).where(Employee.customer_id == customer_id).order_by(Employee.id).limit(60)
        ).all()
        numbers = {
            one.employee_id: RING.open(one.sealed, place=one.place)
            for one in db.scalars(select(NationalId).where(NationalId.customer_id == customer_id))
        }
        for at, one in enumerate(people):
            one.email = rng.choice([one.email, (one.email or "").upper() or None, f"P{at % 9}@Østby.example", None])
            if rng.random() < 0.2:
                one.given_name, one.family_name = people[0].given_name.upper(), people[0].family_name
            if rng.random() < 0.2:
                one.deactivated_at = one.deactivated_at or datetime(2026, 9, 1, tzinfo=UTC)
            one.employee_number = f"A{at}" if rng.random() < 0.3 else None
        db.commit()
        for at, one in enumerate(people[::5]):  # as the release before does, which serves while tables are brought up
            one.email = f"Fra{at}.Foer@Østby.example"
            db.expunge(one)
            db.connection().execute(
                text("UPDATE employees SET email = :email WHERE id = :id"), {"email": one.email, "id": one.id}
            )
        db.commit()
        return [
            [
                *(str(one.id), one.given_name, one.family_name, one.email or ""),
                *(f"{one.birth_date:%d.%m.%Y}" if one.birth_date else "", numbers.get(one.id, "")),
                *(one.employee_number or "", "Bergen", ""),
            ]
            for one in people
        ]


def a_list(people: list[list[str]], rng: Random) -> list[list[str]]:
    """Some of them, each with a part of what is known, written in another way, or mixed up with another one."""
    found = []
    for of_one in rng.sample(people, rng.randint(1, 8)):
        row = [cell if rng.random() < 0.6 else "" for cell in of_one]
        row[1:3] = rng.choice([of_one[1:3], [name.upper() for name in of_one[1:3]], ["Ny", "Ansatt"]])
        row[3] = rng.choice([row[3], row[3].lower(), row[3].title(), of_one[3], rng.choice(people)[3]])
        row[8] = rng.choice(["", "", "", "Sluttet"])
        found.append(row)
    if rng.random() < 0.5:
        found.append(["", *people[0][1:3], f"ny{rng.randrange(9)}@x.example", "", "", "", "Bergen", ""])
    return found


def looked_over(
    db: Session, scope: Scope, rows: list[list[str]], units: list[UnitRow], *, complete: bool
) -> tuple[Known, DryRun]:
    table = read(delimited(rows=[HEADINGS, *rows]).encode(), is_list)
    dry_run = begin(table, units, today=TODAY, unit_id=units[0].id, complete=complete)
    answer(dry_run, {one.key: one.choices[0][0] for one in dry_run.open_questions}, units, today=TODAY)
    lines = read_all(dry_run, units, today=TODAY, synthetic=True)
    found = known.known_to(db, RING, scope.customer_id, read=lines, units=units, dry_run=dry_run)
    judge(lines, found, today=TODAY)
    return found, dry_run


@pytest.mark.parametrize("is_whole", [True, False])
def test_who_is_asked_for_is_whoever_would_be_found_among_all(
    quiet_house: House, monkeypatch: pytest.MonkeyPatch, is_whole: bool
) -> None:
    """Random lists and employees: every answer is the same, also for who sees a few units only."""
    monkeypatch.setattr(known, "_AT_ONCE", 3)
    rng, customer_id = Random(is_whole), customer_of(quiet_house)  # noqa: S311  # the same lists each time
    people, fates = with_others(quiet_house, customer_id, rng), set()
    with quiet_house.behind() as db:
        scope = Scope.whole(customer_id)
        bind(db, scope, read_only=True)
        if not is_whole:
            scope = Scope(
                customer_id,
                {Right.EMPLOYEES: frozenset(unit.id for unit in units_in_scope(db, scope, Right.EMPLOYEES)[1:4])},
            )
            bind(db, scope, read_only=True)
        units = units_in_scope(db, scope, Right.EMPLOYEES)
        for _ in range(LISTS):
            rows, complete = a_list(people, rng), rng.random() < 0.4
            found, dry_run = looked_over(db, scope, rows, units, complete=complete)
            with monkeypatch.context() as patched:
                patched.setattr(known._Wanted, "found", everybody)
                before, as_before = looked_over(db, scope, rows, units, complete=complete)
            assert vars(found) == vars(before), rows
            assert vars(dry_run) == vars(as_before), rows
            fates |= {row.fate.value for row in dry_run.rows} | {bool(found.by_email), bool(dry_run.gone)}
    assert fates >= {"new", "changed", "faulty", "gone", True, False}, "the lists say too little"


def test_a_short_list_asks_for_its_own_people_alone(quiet_house: House) -> None:
    """However many employees there are: as many rows are read as the list is about."""
    customer_id, came = customer_of(quiet_house), []

    def count(_connection: Any, cursor: Any, statement: str, *_more: object) -> None:
        if "FROM employees" in statement:
            came.append(statement)

    with quiet_house.behind() as db:
        scope = Scope.whole(customer_id)
        bind(db, scope, read_only=True)
        units = units_in_scope(db, scope, Right.EMPLOYEES)
        row = ["", "Siv", "Ånonsen", "siv@x.example", "", "", "", "Bergen", ""]
        event.listen(Engine, "before_cursor_execute", count)
        try:
            looked_over(db, scope, [row], units, complete=False)
        finally:
            event.remove(Engine, "before_cursor_execute", count)
    assert came
    [not_folded] = [statement for statement in came if " IN (" not in statement]
    assert "lower(employees.email) IS " in not_folded, "what another release wrote, of which there is little"
    with quiet_house.behind() as db:
        if db.get_bind().dialect.name == "postgresql":  # which has no figures of a few rows
            db.execute(text("SET enable_seqscan = off"))
        explain = "EXPLAIN QUERY PLAN" if db.get_bind().dialect.name == "sqlite" else "EXPLAIN"
        theirs = select(Employee.id).where(Employee.customer_id == customer_id, UNFOLDED)
        said = theirs.compile(db.get_bind(), compile_kwargs={"literal_binds": True})
        plan = db.execute(text(f"{explain} {said}"))
        assert "ix_employees_unfolded" in str(plan.all())
